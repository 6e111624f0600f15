"""An alarm's action may be a Lambda function: invoked asynchronously, as CloudWatch, if its policy allows that.

The emulator delivers to topics only.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-actions-Lambda.html
"""

import logging
import time
from datetime import UTC, datetime
from typing import Any, Final

from ministack.core import iam_evaluator
from ministack.core.responses import get_account_id, get_region
from ministack.services import cloudwatch, lambda_svc

from .patching import original, replace

PRINCIPAL: Final = "lambda.alarms.cloudwatch.amazonaws.com"
_LISTS: Final = {"ALARM": "AlarmActions", "OK": "OKActions", "INSUFFICIENT_DATA": "InsufficientDataActions"}
_log = logging.getLogger(__name__)


def apply() -> None:
    """Wrap the dispatch of actions."""
    to_topics = original(cloudwatch, "_dispatch_alarm_actions", "alarm", "old_state", "new_state", "reason")
    original(lambda_svc, "_get_func_record_for_ref", "function_ref")
    original(lambda_svc, "_execution_record_for_config", "func", "config")
    original(lambda_svc, "invoke_async_with_retry", "func", "event")
    original(iam_evaluator, "evaluate_resource_policy", "doc", "ctx", "service", "named_only", "direct_only")

    def _dispatch_alarm_actions(alarm: dict[str, Any], old_state: str, new_state: str, reason: str) -> None:
        to_topics(alarm, old_state, new_state, reason)
        if str(alarm.get("ActionsEnabled", True)).lower() == "true":
            for action in alarm.get(_LISTS[new_state]) or []:
                if action.startswith("arn:aws:lambda:"):
                    _invoke(action, alarm, old_state, new_state, reason)

    replace(cloudwatch, "_dispatch_alarm_actions", _dispatch_alarm_actions, "alarm", "old_state", "new_state", "reason")


def _invoke(function: str, alarm: dict[str, Any], before: str, after: str, reason: str) -> None:
    found, configuration, name = lambda_svc._get_func_record_for_ref(function)
    if not found or not configuration:
        _log.warning("alarm %s: its action %s does not exist", alarm["AlarmName"], function)
    elif not _may_invoke(function, name, alarm["AlarmArn"]):
        _log.warning("alarm %s: %s does not allow %s to invoke it", alarm["AlarmName"], function, PRINCIPAL)
    else:
        record = lambda_svc._execution_record_for_config(found, configuration)
        lambda_svc.invoke_async_with_retry(record, _event(alarm, before, after, reason))


def _may_invoke(function: str, name: str, alarm_arn: str) -> bool:
    context = iam_evaluator.EvalContext(
        principal_arn="*",
        principal_type="Service",
        principal_account="",
        action="lambda:InvokeFunction",
        resource_arn=function,
        region=get_region(),
        service_context={"aws:sourcearn": alarm_arn, "aws:sourceaccount": get_account_id()},
    )
    policy = lambda_svc._functions[name]["policy"]
    return bool(iam_evaluator.evaluate_resource_policy(policy, context, service=PRINCIPAL).decision == "Allow")


def _event(alarm: dict[str, Any], before: str, after: str, reason: str) -> dict[str, Any]:
    now = datetime.fromtimestamp(time.time(), UTC).isoformat(timespec="milliseconds").replace("+00:00", "+0000")
    return {
        "source": "aws.cloudwatch",
        "alarmArn": alarm["AlarmArn"],
        "accountId": get_account_id(),
        "time": now,
        "region": get_region(),
        "alarmData": {
            "alarmName": alarm["AlarmName"],
            "state": {"value": after, "reason": reason, "timestamp": now},
            "previousState": {"value": before},
            "configuration": _configuration(alarm),
        },
    }


def _configuration(alarm: dict[str, Any]) -> dict[str, Any]:
    described = {"description": alarm["AlarmDescription"]} if alarm.get("AlarmDescription") else {}
    if "AlarmRule" in alarm:
        return described | {"alarmRule": alarm["AlarmRule"]}
    queries = alarm.get("Metrics") or [{"Id": "m1", "MetricStat": _single(alarm), "ReturnData": True}]
    return described | {"metrics": [_query(query) for query in queries]}


def _single(alarm: dict[str, Any]) -> dict[str, Any]:
    stat = alarm.get("ExtendedStatistic") or alarm["Statistic"]
    return {"Metric": alarm, "Period": alarm["Period"], "Stat": stat}


def _query(query: dict[str, Any]) -> dict[str, Any]:
    result: dict[str, Any] = {"id": query["Id"], "returnData": query.get("ReturnData", True)}
    if "Expression" in query:
        return result | {"expression": query["Expression"]}
    stat = query["MetricStat"]
    metric = stat["Metric"]
    dimensions = metric.get("Dimensions") or []
    named = dimensions if isinstance(dimensions, dict) else {entry["Name"]: entry["Value"] for entry in dimensions}
    return result | {
        "metricStat": {
            "metric": {"namespace": metric["Namespace"], "name": metric["MetricName"], "dimensions": named},
            "period": int(stat["Period"]),
            "stat": stat["Stat"],
        }
    }
