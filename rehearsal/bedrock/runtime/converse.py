"""The operation ``Converse``, checked against botocore's model of the service in both directions.

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
"""

import time
from collections.abc import Mapping
from typing import Any

from botocore.validate import ParamValidator

from rehearsal.bedrock.api import model as api_model
from rehearsal.bedrock.runtime.models import Models

OPERATION = "Converse"


def answer(models: Models, request: Mapping[str, Any]) -> dict[str, Any]:
    """What one of ``models`` answers to parameters that the service model allows.

    Raises:
        ApiError: ``ValidationException``, for a model that does not exist or a request that it does not take.
    """
    started = time.perf_counter()
    reply = models.reply(request)
    total = reply.input_tokens + reply.output_tokens
    return _checked(
        {
            "output": {"message": {"role": "assistant", "content": [reply.content]}},
            "stopReason": reply.stop_reason,
            "usage": {
                "inputTokens": reply.input_tokens,
                "outputTokens": reply.output_tokens,
                "totalTokens": total,
            },
            "metrics": {"latencyMs": int((time.perf_counter() - started) * 1000)},
        }
    )


def _checked(result: dict[str, Any]) -> dict[str, Any]:
    shape: Any = api_model.service_model(api_model.RUNTIME).operation_model(OPERATION).output_shape
    report = ParamValidator().validate(result, shape)
    if report.has_errors():
        raise RuntimeError(f"a local model answered what {OPERATION} does not return: {report.generate_report()}")
    return result
