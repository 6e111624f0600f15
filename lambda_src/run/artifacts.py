"""Fetches a job's step-wise metrics from where Bedrock leaves them.

https://docs.aws.amazon.com/bedrock/latest/userguide/model-customization-analyze.html documents the files but
is loose about folders, so they are found by file name below the job's own folder.
"""

import csv
from collections.abc import Iterator
from typing import Any

from botocore.exceptions import ClientError

from . import curves
from .curves import Curves
from .customization_jobs import Job

_TRAINING = "step_wise_training_metrics.csv"
_VALIDATION = "validation_metrics.csv"


def read(s3: Any, job: Job) -> Curves:
    """The curves of a job; what cannot be read is a note, never an error."""
    bucket, _, prefix = job.output_uri.removeprefix("s3://").partition("/")
    folder = f"{prefix.rstrip('/')}/model-customization-job-{job.id}/".removeprefix("/")
    try:
        keys = sorted(_keys(s3, bucket, folder))
        training = _text(s3, bucket, _find(keys, _TRAINING))
        found = curves.read(training, _text(s3, bucket, _find(keys, _VALIDATION)))
    except (ClientError, UnicodeDecodeError, csv.Error) as error:
        return Curves((), (f"the artifacts in s3://{bucket}/{folder} could not be read: {error}",))
    missing = () if training is not None else (f"no {_TRAINING} below s3://{bucket}/{folder}",)
    return Curves(found.steps, (*missing, *found.notes))


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
