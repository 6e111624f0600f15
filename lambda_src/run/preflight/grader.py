"""The deployed grader: asked, and audited."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from ...reward.batched import Deadline
from ...reward.rollout import TransientError
from ...reward.rubric import Rubric
from ..audit import Audit, Job, Limits, Prices, Terms, audit
from ..dataset import DatasetReport
from .refusal import PreflightError, refused

_SHOWN: Final = 2  # examples of each rule that failed


class GraderError(RuntimeError):
    """The grader could not be invoked or raised."""


def grade_with(lambda_: Any, function_arn: str) -> Callable[[Sequence[Mapping[str, Any]]], Any]:
    """The deployed grader as a function.

    Raises, when called:
        GraderError: With the error type and message that the function ended with.
        TransientError: The function asks for another try.
    """

    def grade(items: Sequence[Mapping[str, Any]]) -> Any:
        try:
            response = lambda_.invoke(FunctionName=function_arn, Payload=json.dumps(items).encode())
        except (BotoCoreError, ClientError) as error:
            raise GraderError(f"{function_arn} could not be invoked: {error}") from error
        payload = response["Payload"].read()
        if "FunctionError" in response:
            kind, message = _error_of(payload)
            raise TransientError(message) if kind == TransientError.__name__ else GraderError(f"{kind}: {message}")
        return json.loads(payload)

    return grade


def audited(run: Mapping[str, Any], rubric: Rubric, dataset: DatasetReport, lambda_: Any, deadline: Deadline) -> Audit:
    """Try the deployed grader on a sample of the training records.

    Raises:
        PreflightError: It cannot be tried at all.
    """
    with refused("the grader cannot be used"):
        size = {"records": dataset.count("train"), "validation_records": dataset.count("validation")}
        job = Job.of(run["hyperParameters"], **size)
        terms = Terms(waive=run["waive"], job=job, limits=Limits.of(run["alarms"]), prices=Prices.of(run.get("judge")))
        grade = grade_with(lambda_, run["graderArn"])
        return audit(grade, dataset["train"].sample, rubric, terms, deadline=deadline)


def require_sound(found: Audit, sampled: int) -> None:
    """Make sure that the grader passed.

    Args:
        sampled: Records that there were to try it on.

    Raises:
        PreflightError: It breaks rules, or there was no time to find out.
    """
    if not found.passed:
        rules = ", ".join(result.rule for result in found.failed)
        raise PreflightError(
            f"the grader breaks {rules} on a sample of {found.records or sampled} records. Correct the reward "
            "functions or the records; all but grader-answers and reference-is-readable may be waived in the project "
            f"file, with a reason. {'; '.join(found.complaints(_SHOWN))}"
        )
    if not found.records:
        raise PreflightError(
            f"the grader could not be tried: {'; '.join(found.notes)}. Deploy again; if that repeats, the grader is "
            "too slow: it has to answer 16 rollouts within seconds."
        )


def _error_of(payload: bytes) -> tuple[str, str]:
    """Type and message of a Lambda's error payload; a crash on import has both, a killed process has the message."""
    try:
        error = json.loads(payload)
        return error.get("errorType", "unknown error"), error.get("errorMessage", "no message")
    except (ValueError, AttributeError):
        return "unknown error", payload[:200].decode(errors="replace")
