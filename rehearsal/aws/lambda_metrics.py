"""Lambda's own metrics also tell by which alias or version a function was invoked.

The emulator publishes them by function alone.
https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
"""

from typing import Any, Final

from ministack.services import cloudwatch, lambda_svc

from .patching import original, replace

_NAMESPACE: Final = "AWS/Lambda"
_THROTTLED: Final = 429


def apply() -> None:
    """Wrap the handler of Invoke."""
    invoke = original(lambda_svc, "_invoke", "name", "event", "headers", "path_qualifier", "query_params")
    original(cloudwatch, "record_metric", "namespace", "metric_name", "value", "unit", "dimensions")

    async def _invoke(
        name: str,
        event: Any,
        headers: dict[str, str],
        path_qualifier: str | None = None,
        query_params: dict[str, Any] | None = None,
    ) -> Any:
        answer = await invoke(name, event, headers, path_qualifier, query_params)
        qualifier = path_qualifier or (lambda_svc._qp_first(query_params or {}, "Qualifier") or None)
        if qualifier:
            _publish(name, qualifier, answer)
        return answer

    replace(lambda_svc, "_invoke", _invoke, "name", "event", "headers", "path_qualifier", "query_params")


def _publish(name: str, qualifier: str, answer: tuple[int, dict[str, str], bytes]) -> None:
    status, headers, _body = answer
    dimensions = {"FunctionName": name, "Resource": f"{name}:{qualifier}"}
    throttled = status == _THROTTLED
    counts = {
        "Invocations": not throttled,
        "Errors": "X-Amz-Function-Error" in headers,
        "Throttles": throttled,
    }
    for metric, count in counts.items():
        cloudwatch.record_metric(_NAMESPACE, metric, float(count), "Count", dimensions)
