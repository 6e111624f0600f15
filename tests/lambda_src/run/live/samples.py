"""A run's dataset and rollouts in S3, as the deploy and the grader leave them."""

import gzip
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from lambda_src.reward.rollout import Rollout, Score
from lambda_src.reward.rollout_log import key_prefix
from lambda_src.reward.rollout_row import Row
from lambda_src.run import chat_record
from lambda_src.run.customization_jobs import Job
from tests.lambda_src.run.objects import Objects
from tests.lambda_src.run.stubs import RUN, job_arn

NAME = "gsm8k-dev-0123456789ab-aaaaaa"
DIGITS = "0123456789ab"
BEGAN = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
WATCHED: dict[str, Any] = RUN | {
    "dataset": {"train": "s3://data/hash/train.jsonl", "validation": "s3://data/hash/validation.jsonl"},
    "hyperParameters": {"batchSize": 16, "trainingSamplePerPrompt": 2, "inferenceMaxTokens": 100, "epochCount": 1},
}
"""A step of it is 32 rollouts."""


def record(number: int) -> dict[str, Any]:
    question = {"role": "user", "content": f"What is {number} + 1?"}
    return {"id": f"r{number}", "messages": [question], "reference_answer": {"final_answer": str(number + 1)}}


def row(number: int, sample: int = 0, *, reward: float = 1.0, **changes: Any) -> Row:
    """A response to a record as the grader keeps it."""
    item = chat_record.item(record(number), f"r{number}/{sample}", f"It is {number + 1}.\n#### {number + 1}")
    score = Score(Rollout.from_event(item), reward)
    return replace(Row.of(score, run=DIGITS, time="", batch="", milliseconds=20.0), **changes)


def step_rows(*, first: int = 0, reward: float = 1.0, size: int = 32) -> list[Row]:
    """The rollouts of a step: two for each of 16 prompts."""
    return [row(first + i // 2, i % 2, reward=reward) for i in range(size)]


def validation_rows(reward: float = 1.0) -> list[Row]:
    return [row(number, reward=reward) for number in range(100, 110)]


def bucket() -> Objects:
    """One without rollouts: 64 records to train on, 10 to validate on."""
    files = {"train": range(64), "validation": range(100, 110)}
    lines = {part: "".join(f"{json.dumps(record(number))}\n" for number in numbers) for part, numbers in files.items()}
    return Objects({f"s3://data/hash/{part}.jsonl": text.encode() for part, text in lines.items()})


def put(objects: Objects, seconds: float, rows: Sequence[Row], *, payload: str | None = None) -> str:
    """A batch that was graded so long after the job's start; its key."""
    time = BEGAN + timedelta(seconds=seconds)
    batch = payload or f"{seconds * 1000:016.0f}"
    key = f"{key_prefix(DIGITS, time)}-{batch}.jsonl.gz"
    stamp = time.isoformat(timespec="milliseconds")
    lines = "".join(f"{json.dumps(replace(row, time=stamp, batch=batch).to_json())}\n" for row in rows)
    objects.contents[f"s3://runs/{key}"] = gzip.compress(lines.encode())
    return key


def job(status: str = "InProgress", **changes: Any) -> Job:
    values: dict[str, Any] = {
        "arn": job_arn(NAME),
        "name": NAME,
        "status": status,
        "created": BEGAN,
        "ended": None,
        "validation_status": "Completed",
        "training_started": BEGAN,
        "training_ended": BEGAN + timedelta(hours=2),
        "failure_message": None,
        "model_arn": None,
        "output_uri": "s3://runs/artifacts/",
    }
    return Job(**values | changes)
