"""Fetches a job's step-wise metrics, and what else it tells, from where Bedrock leaves them.

https://docs.aws.amazon.com/bedrock/latest/userguide/model-customization-analyze.html documents the files but
is loose about folders, so they are found by file name below the job's own folder. Only ``local.strategist`` tells what
its strategies came to.
"""

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from . import curves
from .curves import Curves
from .customization_jobs import Job
from .detectors.reward_hacking import StrategyResult

_TRAINING = "step_wise_training_metrics.csv"
_VALIDATION = "validation_metrics.csv"
_STRATEGIES = "strategies.json"


@dataclass(frozen=True, slots=True)
class Artifacts:
    """What a job has left.

    Attributes:
        strategies: Empty where the model has none.
        notes: What could not be read, one sentence each.
    """

    curves: Curves
    strategies: tuple[StrategyResult, ...]
    notes: tuple[str, ...]


def read(s3: Any, job: Job) -> Artifacts:
    """The artifacts of a job; what cannot be read is a note, never an error."""
    bucket, _, prefix = job.output_uri.removeprefix("s3://").partition("/")
    folder = f"{prefix.rstrip('/')}/model-customization-job-{job.id}/".removeprefix("/")
    try:
        keys = sorted(_keys(s3, bucket, folder))
        training = _text(s3, bucket, _find(keys, _TRAINING))
        found = curves.read(training, _text(s3, bucket, _find(keys, _VALIDATION)))
        strategies, unread = _strategies(_text(s3, bucket, _find(keys, _STRATEGIES)))
    except (ClientError, UnicodeDecodeError, csv.Error) as error:
        return Artifacts(Curves((), ()), (), (f"the artifacts in s3://{bucket}/{folder} could not be read: {error}",))
    missing = () if training is not None else (f"no {_TRAINING} below s3://{bucket}/{folder}",)
    return Artifacts(found, strategies, (*missing, *found.notes, *unread))


def _strategies(text: str | None) -> tuple[tuple[StrategyResult, ...], tuple[str, ...]]:
    """What the strategies came to, and why that could not be read."""
    if text is None:
        return (), ()
    try:
        return tuple(map(StrategyResult.from_json, json.loads(text))), ()
    except (LookupError, TypeError, ValueError) as error:
        return (), (f"{_STRATEGIES} could not be read: {type(error).__name__}: {error}",)


def _keys(s3: Any, bucket: str, folder: str) -> Iterator[str]:
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=folder):
        for item in page.get("Contents", []):
            yield item["Key"]


def _find(keys: list[str], name: str) -> str | None:
    return next((key for key in keys if key.rsplit("/", 1)[-1] == name), None)


def _text(s3: Any, bucket: str, key: str | None) -> str | None:
    if key is None:
        return None
    content: bytes = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    return content.decode("utf-8-sig")
