"""The reward function Bedrock invokes during training."""

import json
import os
import time
from functools import cache, partial
from pathlib import Path
from typing import Any, Final

from . import telemetry
from .batched import Deadline
from .guard import Guard
from .rollout import batch
from .rubric import Rubric

_RESERVE_SECONDS: Final = 2.0  # for the answer, once everything is graded


def handler(event: object, context: Any) -> list[dict[str, Any]]:
    """Score a batch: same length, order and ids as the event."""
    started = time.perf_counter()
    deadline = Deadline.after(context.get_remaining_time_in_millis() / 1000 - _RESERVE_SECONDS)
    scores = _rubric().grade(batch(event), deadline=deadline, each=partial(_guard(), deadline=deadline))
    milliseconds = (time.perf_counter() - started) * 1000
    telemetry.publish(scores, function_arn=context.invoked_function_arn, milliseconds=milliseconds)
    return [score.to_response() for score in scores]


@cache
def _rubric() -> Rubric:
    return Rubric.from_config(_entries())


@cache
def _guard() -> Guard:
    return Guard(_entries())


def _entries() -> list[dict[str, Any]]:
    path = Path(os.environ.get("RFT_RUBRIC", "/var/task/rubric.json"))
    entries: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    return entries
