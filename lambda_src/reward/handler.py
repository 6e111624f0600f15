"""The reward function Bedrock invokes during training."""

import json
import os
import time
from collections.abc import Sequence
from functools import cache, partial
from pathlib import Path
from typing import Any, Final

from . import telemetry
from .batched import Deadline
from .guard import Guard
from .rollout import Score, batch
from .rollout_log import PATIENCE_SECONDS, RolloutLog
from .rubric import Rubric

_RESERVE_SECONDS: Final = 2.0 + PATIENCE_SECONDS  # for the answer and the rollout log, once everything is graded


def handler(event: object, context: Any) -> list[dict[str, Any]]:
    """Score a batch: same length, order and ids as the event."""
    started = time.perf_counter()
    deadline = Deadline.after(context.get_remaining_time_in_millis() / 1000 - _RESERVE_SECONDS)
    scores = _rubric().grade(batch(event), deadline=deadline, each=partial(_guard(), deadline=deadline))
    milliseconds = (time.perf_counter() - started) * 1000
    lost = _kept(scores, event, context.invoked_function_arn, milliseconds)
    telemetry.publish(scores, function_arn=context.invoked_function_arn, milliseconds=milliseconds, lost=lost)
    return [score.to_response() for score in scores]


def _kept(scores: Sequence[Score], event: object, function_arn: str, milliseconds: float) -> int | None:
    """How many rollouts of a policy in training could not be kept; None where none are to be."""
    log, run = _log(), telemetry.run_of(function_arn)
    if log is None or run == telemetry.NO_RUN:
        return None
    own = [score for score in scores if not telemetry.is_preflight(score)]
    return log.write(own, event=event, run=run, milliseconds=milliseconds)


@cache
def _rubric() -> Rubric:
    return Rubric.from_config(_entries())


@cache
def _guard() -> Guard:
    return Guard(_entries())


@cache
def _log() -> RolloutLog | None:
    return RolloutLog.from_environment()


def _entries() -> list[dict[str, Any]]:
    path = Path(os.environ.get("RFT_RUBRIC", "/var/task/rubric.json"))
    entries: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    return entries


_log()  # at the cold start, not in the first batch: AWS's client takes longest of all
