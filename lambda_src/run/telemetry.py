"""Publishes a run's curves and judgements to CloudWatch."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from ..reward import metrics
from .customization_jobs import Job
from .detectors.finding import Finding
from .run_name import RUN_DIGITS
from .steps import Step

_BATCH = 1000  # metrics per PutMetricData
_CURVES = {
    metrics.TRAINING_REWARD: "training_reward",
    metrics.VALIDATION_REWARD: "validation_reward",
    metrics.TRAINING_EPISODE_LENGTH: "training_episode_length",
    metrics.VALIDATION_EPISODE_LENGTH: "validation_episode_length",
    metrics.POLICY_ENTROPY: "policy_entropy",
    metrics.GRADIENT_NORM: "gradient_norm",
}

Datum = dict[str, Any]


def dimensions(run: Mapping[str, Any], source: str) -> list[dict[str, str]]:
    """CloudWatch dimensions of what ``source`` measures in this run."""
    values = {
        metrics.PROJECT: run["project"],
        metrics.STAGE: run["stage"],
        metrics.RUN: run["digest"][:RUN_DIGITS],
        metrics.SOURCE: source,
    }
    return [{"Name": name, "Value": value} for name, value in values.items()]


def curve_data(run: Mapping[str, Any], job: Job, steps: Sequence[Step]) -> Iterator[Datum]:
    """Every known value of every step, spread evenly over the time that training took.

    The artifacts carry step numbers but no times.
    """
    start = job.training_started or job.created
    span = (job.training_ended or job.ended or start) - start
    for index, step in enumerate(steps):
        time = start + span * (index + 1) / len(steps)
        for name, field in _CURVES.items():
            value = getattr(step, field)
            if value is not None:
                yield _datum(name, value, time, dimensions(run, metrics.ARTIFACTS_SOURCE))


def detector_data(run: Mapping[str, Any], findings: Sequence[Finding]) -> Iterator[Datum]:
    """Detector values carry the present time: alarms do not look at the past."""
    now = datetime.now(UTC)
    for finding in findings:
        if finding.value is not None:
            yield _datum(finding.metric, finding.value, now, dimensions(run, metrics.DETECTOR_SOURCE))


def workflow_datum(run: Mapping[str, Any], name: str, value: float) -> Datum:
    """One measurement of the workflow itself, now."""
    return _datum(name, value, datetime.now(UTC), dimensions(run, metrics.WORKFLOW_SOURCE))


def publish(cloudwatch: Any, data: Iterable[Datum]) -> None:
    """Send the data in as few calls as the API allows."""
    remaining = iter(data)
    while batch := list(islice(remaining, _BATCH)):
        cloudwatch.put_metric_data(Namespace=metrics.NAMESPACE, MetricData=batch)


def _datum(name: str, value: float, time: datetime, dimension_list: list[dict[str, str]]) -> Datum:
    return {
        "MetricName": name,
        "Dimensions": dimension_list,
        "Timestamp": time,
        "Value": value,
        "Unit": metrics.unit(name),
        "StorageResolution": metrics.HIGH_RESOLUTION,
    }
