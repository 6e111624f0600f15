"""The reward function Bedrock invokes during training."""

import json
import os
import time
from functools import cache
from pathlib import Path
from typing import Any

from . import telemetry
from .rollout import batch
from .rubric import Rubric


def handler(event: object, context: Any) -> list[dict[str, Any]]:
    """Score a batch: same length, order and ids as the event."""
    started = time.perf_counter()
    scores = _rubric().grade(batch(event))
    milliseconds = (time.perf_counter() - started) * 1000
    telemetry.publish(scores, function_arn=context.invoked_function_arn, milliseconds=milliseconds)
    return [score.to_response() for score in scores]


@cache
def _rubric() -> Rubric:
    path = Path(os.environ.get("RFT_RUBRIC", "/var/task/rubric.json"))
    return Rubric.from_config(json.loads(path.read_text(encoding="utf-8")))
