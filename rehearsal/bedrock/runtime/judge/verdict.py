"""What ``local.judge`` answers to a request, as the API words it."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from rehearsal.bedrock.runtime.judge.stand_in import judge
from rehearsal.bedrock.runtime.judge.task import Task
from rehearsal.bedrock.runtime.reply import Reply

_CHARACTERS_PER_TOKEN = 4


def verdict(request: Mapping[str, Any]) -> Reply:
    """The marks that a Converse request asks for.

    Raises:
        ApiError: ``ValidationException``, for anything but a judgement.
    """
    task = Task.of(request)
    given = judge(task)
    written = json.dumps(given)
    read = json.dumps([request.get("system"), request["messages"], request.get("toolConfig")], default=str)
    stop_reason = "tool_use" if task.tool else "end_turn"
    return Reply(_block(task, given, written), stop_reason, _tokens(read), _tokens(written))


def _block(task: Task, given: Mapping[str, Any], written: str) -> dict[str, Any]:
    if task.tool is None:
        return {"text": written}
    call = hashlib.sha256(written.encode()).hexdigest()[:22]
    return {"toolUse": {"toolUseId": f"tooluse_{call}", "name": task.tool, "input": dict(given)}}


def _tokens(text: str) -> int:
    """Estimated: no tokeniser is at hand, and AWS bills by each model's own."""
    return max(len(text) // _CHARACTERS_PER_TOKEN, 1)
