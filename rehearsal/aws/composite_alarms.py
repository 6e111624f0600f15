"""Templates may declare composite alarms.

The emulator has them in its API and evaluates their rules, but its CloudFormation does not know the resource.
"""

import json
from typing import Any, Final

from ministack.core.responses import get_account_id, get_region
from ministack.services import cloudwatch
from ministack.services.cloudformation import provisioners

from .patching import original

_TYPE: Final = "AWS::CloudWatch::CompositeAlarm"
_REQUEST: Final = (
    "AlarmRule",
    "AlarmDescription",
    "ActionsEnabled",
    "AlarmActions",
    "OKActions",
    "InsufficientDataActions",
)
_REST: Final = {"AlarmName", "Tags"}


def apply() -> None:
    """Add the resource to those that templates may have."""
    original(cloudwatch, "_put_composite_alarm", "params", "cbor_data", "is_cbor", "is_json")
    name = original(provisioners, "_physical_name", "stack_name", "logical_id", "lowercase", "max_len", "seeded")

    def create(logical_id: str, props: dict[str, Any], stack_name: str) -> tuple[str, dict[str, str]]:
        return _put(props.get("AlarmName") or name(stack_name, logical_id, max_len=255), props)

    def update(physical_id: str, old: dict[str, Any], new: dict[str, Any], _stack: str) -> tuple[str, dict[str, str]]:
        renamed = new.get("AlarmName") or physical_id
        result = _put(renamed, new)
        if renamed != physical_id:
            _delete(physical_id, old)
        return result

    provisioners._RESOURCE_HANDLERS[_TYPE] = {"create": create, "update": update, "delete": _delete}


def _put(name: str, props: dict[str, Any]) -> tuple[str, dict[str, str]]:
    if unknown := sorted(set(props) - {*_REQUEST, *_REST}):
        raise ValueError(f"{_TYPE}: {', '.join(unknown)} is not supported by the embedded AWS")
    request = {key: props[key] for key in _REQUEST if key in props} | {"AlarmName": name}
    request["ActionsEnabled"] = str(props.get("ActionsEnabled", True)).lower() == "true"
    status, _headers, body = cloudwatch._put_composite_alarm({}, request, is_cbor=False, is_json=True)
    if status != 200:  # noqa: PLR2004 - OK
        raise ValueError(f"{_TYPE} {name}: {json.loads(body).get('message', body)}")
    cloudwatch.cloudformation_set_metric_alarm_tags(name, props.get("Tags", []))
    return name, {"Arn": _arn(name)}


def _delete(name: str, _props: dict[str, Any]) -> None:
    cloudwatch._composite_alarms.pop(name, None)
    cloudwatch._composite_triggers.pop(name, None)
    cloudwatch._resource_tags.pop(_arn(name), None)


def _arn(name: str) -> str:
    return f"arn:aws:cloudwatch:{get_region()}:{get_account_id()}:alarm:{name}"
