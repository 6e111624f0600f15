"""What people read when a run has ended: an SNS message without a word of JSON."""

from collections.abc import Iterator, Mapping
from typing import Any

from .run_name import RUN_DIGITS

_SUBJECT = 100  # characters, printable ASCII: https://docs.aws.amazon.com/sns/latest/api/API_Publish.html

_OUTCOMES = {
    "healthy": "healthy",
    "alarm": "needs a look",
    "hacking": "pays for something other than the answer",
    "failed": "failed",
    "stopped": "was stopped",
}


def subject(record: Mapping[str, Any]) -> str:
    """At most 100 characters of ASCII.

    >>> subject({"project": "gsm8k", "stage": "dev", "digest": "0123456789abcdef", "verdict": "alarm"})
    'Bedrock RFT: gsm8k dev, run 0123456789ab needs a look'
    """
    text = (
        f"Bedrock RFT: {record['project']} {record['stage']}, "
        f"run {record['digest'][:RUN_DIGITS]} {_OUTCOMES[record['verdict']]}"
    )
    return text.encode("ascii", "replace").decode()[:_SUBJECT]


def message(record: Mapping[str, Any], record_uri: str) -> str:
    """Verdict, reason, curves in one line, what to do, and where everything is."""
    return "\n".join(_lines(record, record_uri))


def _lines(record: Mapping[str, Any], record_uri: str) -> Iterator[str]:
    yield f"The run {record['run']} {_OUTCOMES[record['verdict']].replace('healthy', 'is healthy')}."
    yield f"Why: {record['verdictReason']}"
    for label, name in (("Training reward", "trainingReward"), ("Validation reward", "validationReward")):
        values = [step[name] for step in record["curves"] if step[name] is not None]
        if values:
            yield f"{label}: {values[0]:.3f} at first, {values[-1]:.3f} at last, in {len(record['curves'])} steps"
    for detector in record["detectors"]:
        if detector["alarm"]:
            yield f"{detector['name']} at step {detector['step']}: {detector['evidence']}. {detector['advice']}"
    for note in record["notes"]:
        yield f"Note: {note}"
    yield ""
    yield f"Model: {record['customModelArn'] or 'none'}"
    yield f"Job: {record['jobArn'] or 'none'}"
    yield f"Record: {record_uri}"
