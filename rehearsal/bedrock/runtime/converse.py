"""The operation ``Converse``, checked against botocore's model of the service in both directions.

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
"""

import hashlib
import json
import time
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError
from botocore.validate import ParamValidator

from rehearsal.bedrock.api import model as api_model
from rehearsal.bedrock.errors import ApiError
from rehearsal.bedrock.runtime.stand_in import judge
from rehearsal.bedrock.runtime.task import Task

MODEL = "local.judge"
OPERATION = "Converse"
_CHARACTERS_PER_TOKEN = 4


def converse(**request: Any) -> dict[str, Any]:
    """Answer in this process, with the arguments, the result and the errors of botocore's client.

    Raises:
        ClientError: What the service would have answered.
    """
    try:
        api_model.check_parameters(api_model.RUNTIME, OPERATION, request)
        return answer(request)
    except ApiError as error:
        response: Any = {
            "Error": {"Code": error.code, "Message": str(error)},
            "ResponseMetadata": {"HTTPStatusCode": api_model.status_of(error.code)},
        }
        raise ClientError(response, OPERATION) from None


def answer(request: Mapping[str, Any]) -> dict[str, Any]:
    """What ``local.judge`` answers to parameters that the service model allows.

    Raises:
        ApiError: ``ValidationException``, for another model or for anything but a judgement.
    """
    started = time.perf_counter()
    if not _is_ours(request["modelId"]):
        raise ApiError(
            "ValidationException",
            f"The provided model identifier is invalid. (The local Bedrock serves {MODEL}, not {request['modelId']})",
        )
    task = Task.of(request)
    given = judge(task)
    written = json.dumps(given)
    used = _tokens(json.dumps([request.get("system"), request["messages"], request.get("toolConfig")], default=str))
    result = {
        "output": {"message": {"role": "assistant", "content": [_block(task, given, written)]}},
        "stopReason": "tool_use" if task.tool else "end_turn",
        "usage": {"inputTokens": used, "outputTokens": _tokens(written), "totalTokens": used + _tokens(written)},
        "metrics": {"latencyMs": int((time.perf_counter() - started) * 1000)},
    }
    return _checked(result)


def _is_ours(model_id: str) -> bool:
    return model_id == MODEL or (model_id.startswith("arn:") and model_id.endswith(f"::foundation-model/{MODEL}"))


def _block(task: Task, given: Mapping[str, Any], written: str) -> dict[str, Any]:
    if task.tool is None:
        return {"text": written}
    call = hashlib.sha256(written.encode()).hexdigest()[:22]
    return {"toolUse": {"toolUseId": f"tooluse_{call}", "name": task.tool, "input": dict(given)}}


def _tokens(text: str) -> int:
    """Estimated: no tokeniser is at hand, and AWS bills by each model's own."""
    return max(len(text) // _CHARACTERS_PER_TOKEN, 1)


def _checked(result: dict[str, Any]) -> dict[str, Any]:
    shape: Any = api_model.service_model(api_model.RUNTIME).operation_model(OPERATION).output_shape
    report = ParamValidator().validate(result, shape)
    if report.has_errors():
        raise RuntimeError(f"local.judge answered what {OPERATION} does not return: {report.generate_report()}")
    return result
