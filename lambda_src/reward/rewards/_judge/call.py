"""Asking a judge until it has answered, or until it is plain that it will not.

* Throttled, timed out, 5xx, no connection: waits with full jitter and asks again; in the end the batch fails, to be
  tried again by Bedrock.
* An answer that cannot be read: asks twice more; in the end this one response has no verdict.
* Denied, unknown model, parameter refused: the batch fails at once, and so does every batch until that is put right.
  Paying everybody the lowest score instead would be training, too.
"""

import random
import re
import threading
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from ...batched import Deadline
from ...rollout import TransientError
from .client import Converse
from .prompt import again
from .verdict import UnreadableVerdictError, Verdict, read, used_tokens

CALL_SECONDS: Final = 8.0
"""A typical judgement's time with room to spare: no call begins with less left."""

_TRIES: Final = 3  # of an answer that cannot be read
_ATTEMPTS: Final = 6  # of a call that fails
_FIRST_PAUSE_SECONDS: Final = 0.5
_LONGEST_PAUSE_SECONDS: Final = 20.0

_TRANSIENT: Final = frozenset(
    {
        "ThrottlingException",
        "TooManyRequestsException",
        "ModelNotReadyException",
        "ModelTimeoutException",
        "InternalServerException",
        "ServiceUnavailableException",
        "RequestTimeout",
        "RequestTimeoutException",
    }
)
_TRANSIENT_STATUS: Final = (408, 429)
_FAULT_OF_THE_MODEL: Final = "ModelErrorException"  # Nova's for a tool call that it could not finish
_TOO_LONG: Final = re.compile(
    r"too long|too many (?:input )?tokens|maximum (?:context )?length|tokens exceeded", re.IGNORECASE
)


class JudgeRefusedError(TransientError):
    """The judge cannot be asked as the project is configured; every batch fails until that is put right."""


class NoVerdictError(ValueError):
    """One response has no verdict, however often the judge is asked."""


def ask(request: Mapping[str, Any], converse: Converse, deadline: Deadline, given_up: threading.Event) -> Verdict:
    """The judge's verdict.

    Args:
        given_up: Set when nobody waits for the verdict any more.

    Raises:
        NoVerdictError: The judge gives none for this request.
        TransientError: The judge is out of reach, or time is short.
    """
    model, tokens = request["modelId"], (0, 0)
    problem, wording = "", request
    for _ in range(_TRIES):
        try:
            answer = _answered(wording, converse, deadline, given_up)
            used = used_tokens(answer)
            tokens = tokens[0] + used[0], tokens[1] + used[1]
            return replace(read(request, answer), input_tokens=tokens[0], output_tokens=tokens[1])
        except UnreadableVerdictError as error:
            problem, wording = str(error), again(request)
    raise NoVerdictError(f"judge {model} gave no verdict in {_TRIES} tries: {problem}")


def _answered(
    request: Mapping[str, Any], converse: Converse, deadline: Deadline, given_up: threading.Event
) -> Mapping[str, Any]:
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - see the client

    model, problem = request["modelId"], ""
    for attempt in range(_ATTEMPTS):
        if attempt:
            _pause(attempt, deadline, given_up, f"judge {model}: {problem}")
        deadline.require(CALL_SECONDS, f"asking judge {model}")
        try:
            return converse(**request)
        except ClientError as error:
            problem = _problem(error)
            _check_client_error(model, error)
        except BotoCoreError as error:
            problem = str(error)
            _check_botocore_error(model, error)
    raise TransientError(f"judge {model} failed {_ATTEMPTS} times, at last with {problem}")


def _pause(attempt: int, deadline: Deadline, given_up: threading.Event, what: str) -> None:
    """Wait for a random part of a time that doubles; https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/."""
    longest = min(_FIRST_PAUSE_SECONDS * 2 ** (attempt - 1), _LONGEST_PAUSE_SECONDS)
    seconds = random.uniform(0, longest)  # noqa: S311 - not for security
    deadline.require(seconds + CALL_SECONDS, what)
    if given_up.wait(seconds):
        raise TransientError(what)


def _check_client_error(model: str, error: Any) -> None:
    """Return for an error that may pass.

    Raises:
        UnreadableVerdictError: The model stumbled over this request.
        NoVerdictError: It will always do so.
        JudgeRefusedError: The request is refused, whatever it asks.
    """
    code = error.response.get("Error", {}).get("Code", "")
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if code == _FAULT_OF_THE_MODEL:
        raise UnreadableVerdictError(_problem(error)) from error
    if code in _TRANSIENT or status in _TRANSIENT_STATUS or status >= 500:  # noqa: PLR2004 - HTTP's server errors
        return
    if code == "ValidationException" and _TOO_LONG.search(str(error)):
        raise NoVerdictError(f"judge {model}: {_problem(error)}") from error
    raise _refused(model, _problem(error)) from error


def _check_botocore_error(model: str, error: Exception) -> None:
    from botocore.exceptions import ConnectionError as NoConnectionError  # noqa: PLC0415 - as above
    from botocore.exceptions import HTTPClientError  # noqa: PLC0415 - as above

    if not isinstance(error, NoConnectionError | HTTPClientError):
        raise _refused(model, str(error)) from error


def _refused(model: str, problem: str) -> JudgeRefusedError:
    hint = "; models without that parameter need the option temperature: null" if "temperature" in problem else ""
    return JudgeRefusedError(
        f"judge {model} cannot be asked: {problem}{hint}. Nothing is graded until the judge's model, its access or the "
        "grader's permissions are put right"
    )


def _problem(error: Any) -> str:
    found = error.response.get("Error", {})
    return f"{found.get('Code', 'error')}: {found.get('Message', '')}"
