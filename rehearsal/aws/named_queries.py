"""Templates may declare Athena's saved queries.

The emulator has them in its API, but its CloudFormation does not know the resource.
"""

import json
from typing import Any, Final

from ministack.services import athena
from ministack.services.cloudformation import provisioners

from .patching import original

_TYPE: Final = "AWS::Athena::NamedQuery"
_REQUEST: Final = ("Name", "Description", "Database", "QueryString", "WorkGroup")


def apply() -> None:
    """Add the resource to those that templates may have; whatever changes in it replaces it, as on AWS."""
    original(athena, "_create_named_query", "data")
    original(athena, "_delete_named_query", "data")
    provisioners._RESOURCE_HANDLERS[_TYPE] = {"create": _create, "update": _update, "delete": _delete}


def _create(_logical_id: str, props: dict[str, Any], _stack: str) -> tuple[str, dict[str, str]]:
    if missing := [key for key in ("Database", "QueryString") if not props.get(key)]:
        raise ValueError(f"{_TYPE}: {', '.join(missing)} is required")
    workgroup = props.get("WorkGroup", "primary")
    if workgroup not in athena._workgroups:
        raise ValueError(f"{_TYPE}: WorkGroup {workgroup} is not found")
    _status, _headers, body = athena._create_named_query({key: props[key] for key in _REQUEST if key in props})
    id_ = str(json.loads(body)["NamedQueryId"])
    return id_, {"NamedQueryId": id_}


def _update(physical_id: str, old: dict[str, Any], new: dict[str, Any], stack: str) -> tuple[str, dict[str, str]]:
    created = _create(physical_id, new, stack)
    _delete(physical_id, old)
    return created


def _delete(id_: str, _props: dict[str, Any]) -> None:
    athena._delete_named_query({"NamedQueryId": id_})
