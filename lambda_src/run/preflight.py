"""Last check before training is paid for: the deployed data and the deployed grader, as Bedrock will see them."""

import io
import json
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from botocore.exceptions import ClientError

from ..reward.batched import NEVER, Deadline
from ..reward.rollout import TransientError
from ..reward.rubric import Rubric
from .audit import Audit, Job, Limits, Prices, Terms, audit
from .dataset import DatasetError, Record, Report, check

_MIN_VALIDATION_RECORDS = 1  # the service documents no minimum
_SHOWN = 2  # examples of each rule that failed
_LENGTH = 1500  # characters; CloudFormation takes 4 KB of a custom resource's answer


class PreflightError(ValueError):
    """Why this run was not started, as one paragraph."""


class GraderError(RuntimeError):
    """The grader could not be invoked or raised."""


def preflight(run: Mapping[str, Any], *, s3: Any, lambda_: Any, deadline: Deadline = NEVER) -> dict[str, Any]:
    """Refuse a run that could only fail or teach the wrong thing.

    Args:
        run: The ``Run`` property: ``dataset``, ``rubric``, ``judge``, ``waive``, ``alarms``, ``hyperParameters``,
            ``graderArn``.
        deadline: When to have done; the grader is not asked again where the answer might come later.

    Returns:
        The summary of the grader audit, for the run's record.

    Raises:
        PreflightError: Names what is wrong and that nothing was started.
    """
    with _refused("the dataset cannot be used"):
        train = _check(s3, run["dataset"]["train"]).require()
        validation = run["dataset"].get("validation")
        validation_records = 0
        if validation is not None:
            validation_records = _check(s3, validation, min_records=_MIN_VALIDATION_RECORDS).require().count
    job = Job.of(run["hyperParameters"], records=train.count, validation_records=validation_records)
    found = _audited(run, train.sample, job, lambda_, deadline)
    if not found.passed:
        raise _error(_complaint(found, len(train.sample)))
    if not found.records:
        raise _error(
            f"the grader could not be tried: {'; '.join(found.notes)}. Deploy again; if that repeats, the grader is "
            "too slow: it has to answer 16 rollouts within seconds."
        )
    return found.summary()


def grade_with(lambda_: Any, function_arn: str) -> Callable[[Sequence[Mapping[str, Any]]], Any]:
    """The deployed grader as a function.

    Raises, when called:
        GraderError: With the error type and message that the function ended with.
        TransientError: The function asks for another try.
    """

    def grade(items: Sequence[Mapping[str, Any]]) -> Any:
        try:
            response = lambda_.invoke(FunctionName=function_arn, Payload=json.dumps(items).encode())
        except ClientError as error:
            raise GraderError(f"{function_arn} could not be invoked: {error}") from error
        payload = response["Payload"].read()
        if "FunctionError" in response:
            kind, message = _error_of(payload)
            raise TransientError(message) if kind == TransientError.__name__ else GraderError(f"{kind}: {message}")
        return json.loads(payload)

    return grade


def _check(s3: Any, uri: str, **options: int) -> Report:
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    try:
        body = s3.get_object(Bucket=bucket, Key=key)["Body"]
    except ClientError as error:
        raise DatasetError(f"{uri} cannot be read: {error}") from error
    with io.BufferedReader(body) as lines:
        return check(lines, key.rsplit("/", 1)[-1], **options)


def _audited(run: Mapping[str, Any], sample: Sequence[Record], job: Job, lambda_: Any, deadline: Deadline) -> Audit:
    with _refused("the grader cannot be used"):
        terms = Terms(waive=run["waive"], job=job, limits=Limits.of(run["alarms"]), prices=Prices.of(run.get("judge")))
        rubric = Rubric.from_config(run["rubric"])
        return audit(grade_with(lambda_, run["graderArn"]), sample, rubric, terms, deadline=deadline)


def _complaint(found: Audit, sampled: int) -> str:
    rules = ", ".join(result.rule for result in found.failed)
    return (
        f"the grader breaks {rules} on a sample of {found.records or sampled} records. Correct the reward functions or "
        "the records; all but grader-answers and reference-is-readable may be waived in the project file, with a "
        f"reason. {'; '.join(found.complaints(_SHOWN))}"
    )


@contextmanager
def _refused(what: str) -> Iterator[None]:
    try:
        yield
    except ValueError as error:
        raise _error(f"{what}. {error}") from error


def _error(reason: str) -> PreflightError:
    return PreflightError(textwrap.shorten(f"Training was not started: {reason}", _LENGTH, placeholder=" ..."))


def _error_of(payload: bytes) -> tuple[str, str]:
    """Type and message of a Lambda's error payload; a crash on import has both, a killed process has the message."""
    try:
        error = json.loads(payload)
        return error.get("errorType", "unknown error"), error.get("errorMessage", "no message")
    except (ValueError, AttributeError):
        return "unknown error", payload[:200].decode(errors="replace")
