"""Publishes a run's curves and judgements to CloudWatch."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

from ..reward import metrics
from .customization_jobs import Job
from .detectors.bands import Band
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
_LIVE = {
    metrics.TRAINING_REWARD: "training_reward",
    metrics.REWARD_SPREAD: "reward_spread",
    metrics.DEGENERATE_SHARE: "degenerate_share",
    metrics.RESPONSE_LENGTH: "response_length",
    metrics.UNPARSED_SHARE: "unparsed_share",
    metrics.TRUNCATED_SHARE: "truncated_share",
    metrics.ANSWER_DIVERSITY: "answer_diversity",
    metrics.SHADOW_REWARD: "shadow_reward",
    metrics.SHADOWED_REWARD: "shadowed_reward",
}
_VALIDATION = {metrics.VALIDATION_REWARD: "validation_reward"}
_OLDEST = timedelta(days=13)
"""CloudWatch takes nothing that is two weeks old.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html
"""

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


def curve_data(
    run: Mapping[str, Any], job: Job, steps: Sequence[Step], bands: Mapping[str, Band] | None = None
) -> Iterator[Datum]:
    """Every known value of every step, and its band, spread evenly over the time that training took.

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
                yield from _ends(run, name, (bands or {}).get(field, Band()), time)


def rollout_data(
    run: Mapping[str, Any], fresh: Sequence[Step], validated: Sequence[Step], bands: Mapping[str, Band]
) -> Iterator[Datum]:
    """What the rollouts of steps tell, at the time of each step, and between which values that is healthy.

    Args:
        fresh: Steps that have become full.
        validated: Steps whose validation is over.
        bands: As they are now, by field of a step.
    """
    for steps, names in ((fresh, _LIVE), (validated, _VALIDATION)):
        for step, time in _timed(steps):
            for name, field in names.items():
                value = getattr(step, field)
                if value is not None:
                    yield _datum(name, value, time, dimensions(run, metrics.ROLLOUTS_SOURCE))
                    yield from _ends(run, name, bands.get(field, Band()), time)


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


def _timed(steps: Iterable[Step]) -> Iterator[tuple[Step, datetime]]:
    """Steps whose time is known and is one that CloudWatch takes."""
    oldest = datetime.now(UTC) - _OLDEST
    for step in steps:
        if step.time is not None and (time := datetime.fromisoformat(step.time)) > oldest:
            yield step, time


def _ends(run: Mapping[str, Any], name: str, band: Band, time: datetime) -> Iterator[Datum]:
    for source, value in ((metrics.LOW_SOURCE, band.low), (metrics.HIGH_SOURCE, band.high)):
        if value is not None:
            yield _datum(name, value, time, dimensions(run, source))


def _datum(name: str, value: float, time: datetime, dimension_list: list[dict[str, str]]) -> Datum:
    return {
        "MetricName": name,
        "Dimensions": dimension_list,
        "Timestamp": time,
        "Value": value,
        "Unit": metrics.unit(name),
        "StorageResolution": metrics.HIGH_RESOLUTION,
    }
