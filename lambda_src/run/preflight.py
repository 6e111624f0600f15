"""Last check before training is paid for: the deployed data and the deployed grader, as Bedrock will see them."""

import io
import json
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from botocore.exceptions import ClientError

from ..reward.rubric import Rubric
from .audit import audit
from .dataset import DatasetError, Record, Report, check

_MIN_VALIDATION_RECORDS = 1  # the service documents no minimum
_SHOWN = 5  # findings
_LENGTH = 1500  # characters; CloudFormation takes 4 KB of a custom resource's answer


class PreflightError(ValueError):
    """Why this run was not started, as one paragraph."""


class GraderError(RuntimeError):
    """The grader could not be invoked or raised."""


def preflight(run: Mapping[str, Any], *, s3: Any, lambda_: Any) -> None:
    """Refuse a run that could only fail or teach the wrong thing.

    Args:
        run: The ``Run`` property: ``dataset``, ``rubric``, ``waive``, ``graderArn``.

    Raises:
        PreflightError: Names what is wrong and that nothing was started.
    """
    with _refused("the dataset cannot be used"):
        report = _check(s3, run["dataset"]["train"]).require()
        validation = run["dataset"].get("validation")
        if validation is not None:
            _check(s3, validation, min_records=_MIN_VALIDATION_RECORDS).require()
    _require_good_grader(run, report.sample, lambda_)


def grade_with(lambda_: Any, function_arn: str) -> Callable[[Sequence[Mapping[str, Any]]], Any]:
    """The deployed grader as a function.

    Raises, when called:
        GraderError: With the error type and message that the function ended with.
    """

    def grade(items: Sequence[Mapping[str, Any]]) -> Any:
        try:
            response = lambda_.invoke(FunctionName=function_arn, Payload=json.dumps(items).encode())
        except ClientError as error:
            raise GraderError(f"{function_arn} could not be invoked: {error}") from error
        payload = response["Payload"].read()
        if "FunctionError" in response:
            raise GraderError(_described(payload))
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


def _require_good_grader(run: Mapping[str, Any], sample: Sequence[Record], lambda_: Any) -> None:
    with _refused("the grader cannot be used"):
        rubric = Rubric.from_config(run["rubric"])
        findings = audit(grade_with(lambda_, run["graderArn"]), sample, rubric, run["waive"])
    if findings:
        shown = "; ".join(finding.message for finding in findings[:_SHOWN])
        more = f"; and {len(findings) - _SHOWN} more" if len(findings) > _SHOWN else ""
        rules = ", ".join(sorted({finding.rule for finding in findings}))
        raise _error(
            f"the grader breaks {rules} on a sample of {len(sample)} records. Correct the reward functions or the "
            f"records; a rule may be waived in the project file, with a reason. {shown}{more}"
        )


@contextmanager
def _refused(what: str) -> Iterator[None]:
    try:
        yield
    except ValueError as error:
        raise _error(f"{what}. {error}") from error


def _error(reason: str) -> PreflightError:
    return PreflightError(textwrap.shorten(f"Training was not started: {reason}", _LENGTH, placeholder=" ..."))


def _described(payload: bytes) -> str:
    """Type and message of a Lambda's error payload; a crash on import has both, a killed process has the message."""
    try:
        error = json.loads(payload)
        kind, message = error.get("errorType", "unknown error"), error.get("errorMessage", "no message")
    except (ValueError, AttributeError):
        kind, message = "unknown error", payload[:200].decode(errors="replace")
    return f"{kind}: {message}"
