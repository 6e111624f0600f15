"""From an HTTP request to a validated call of a Bedrock operation, by botocore's own models of the API."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import parse_qsl, unquote

import botocore.session
from botocore.model import OperationModel, ServiceModel, Shape, StructureShape
from botocore.utils import parse_timestamp
from botocore.validate import ParamValidator

from rehearsal.bedrock.api.constraints import violations
from rehearsal.bedrock.errors import ApiError

CONTROL_PLANE = "bedrock"
RUNTIME = "bedrock-runtime"
"""The services, by botocore's names."""


@dataclass(frozen=True, slots=True)
class Call:
    """One operation with its parameters as the caller's SDK had them."""

    operation: str
    parameters: dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Route:
    operation: str
    method: str
    exact: re.Pattern[str]
    decoded: re.Pattern[str]  # a label may hold slashes: ARNs lose their percent-encoding in some proxies


@cache
def service_model(service: str = CONTROL_PLANE) -> ServiceModel:
    return botocore.session.get_session().get_service_model(service)


def status_of(error: str) -> int:
    """HTTP status of an error shape; 400 for a name that no model has."""
    for model in (service_model(CONTROL_PLANE), service_model(RUNTIME)):
        if error in model.shape_names:
            return int(model.shape_for(error).metadata.get("error", {}).get("httpStatusCode", 400))
    return 400


def success_status(operation: str, service: str = CONTROL_PLANE) -> int:
    return int(_operation(operation, service).http.get("responseCode", 200))


def parse(method: str, target: str, body: bytes, *, check: Callable[[str], None], service: str = CONTROL_PLANE) -> Call:
    """The call that a request stands for.

    Args:
        target: Path and query string as they came.
        check: Raises for an operation that is not to be had, before its parameters are looked at.
        service: ``CONTROL_PLANE`` or ``RUNTIME``.

    Raises:
        ApiError: No such operation, or parameters that the service model does not allow.
    """
    path, _, query = target.partition("?")
    operation, labels = _match(method, path, service)
    check(operation)
    shape = _input(operation, service)
    if shape is None:
        return Call(operation, {})
    parameters = {**_from_uri(shape, labels), **_from_query(shape, query), **_from_body(shape, body)}
    check_parameters(service, operation, parameters)
    return Call(operation, parameters)


def check_parameters(service: str, operation: str, parameters: dict[str, Any]) -> None:
    """Make sure that the service model allows the parameters of an operation.

    Raises:
        ApiError: It does not.
    """
    shape = _input(operation, service)
    if shape is None:
        return
    report = ParamValidator().validate(parameters, shape)
    if report.has_errors():
        raise ApiError("ValidationException", " ".join(report.generate_report().split()))
    if found := list(violations(parameters, shape)):
        plural = "error" if len(found) == 1 else "errors"
        raise ApiError("ValidationException", f"{len(found)} validation {plural} detected: {'; '.join(found)}")


def _input(operation: str, service: str) -> StructureShape | None:
    return _operation(operation, service).input_shape


def _operation(name: str, service: str) -> OperationModel:
    return service_model(service).operation_model(name)


@cache
def _routes(service: str) -> tuple[_Route, ...]:
    """Every operation of the service, longest template first so that ``…/{id}/stop`` wins over ``…/{id}``."""

    def pattern(template: str, label: str) -> re.Pattern[str]:
        parts = re.split(r"\{(\w+)\+?\}", template)
        return re.compile(
            "".join(f"(?P<{part}>{label})" if odd % 2 else re.escape(part) for odd, part in enumerate(parts))
        )

    def routes() -> Iterator[_Route]:
        for name in service_model(service).operation_names:
            http = _operation(name, service).http
            template = http["requestUri"].partition("?")[0]
            yield _Route(name, http["method"], pattern(template, "[^/]+"), pattern(template, ".+"))

    return tuple(sorted(routes(), key=lambda route: -len(route.exact.pattern)))


def _match(method: str, path: str, service: str) -> tuple[str, dict[str, str]]:
    for kind in ("exact", "decoded"):
        for route in _routes(service):
            if route.method == method and (found := getattr(route, kind).fullmatch(path)):
                return route.operation, {name: unquote(value) for name, value in found.groupdict().items()}
    raise ApiError("UnknownOperationException", f"{method} {path}: Bedrock has no such operation")


def _located(shape: StructureShape, location: str | None) -> dict[str, tuple[str, Shape]]:
    """Members in one part of a request: wire name -> (member name, shape)."""
    return {
        str(member.serialization.get("name", name)): (name, member)
        for name, member in shape.members.items()
        if member.serialization.get("location") == location
    }


def _from_uri(shape: StructureShape, labels: dict[str, str]) -> dict[str, Any]:
    return {name: labels[wire] for wire, (name, _) in _located(shape, "uri").items()}


def _from_query(shape: StructureShape, query: str) -> dict[str, Any]:
    members = _located(shape, "querystring")
    parameters: dict[str, Any] = {}
    for wire, text in parse_qsl(query, keep_blank_values=True):
        if wire not in members:
            raise ApiError(
                "ValidationException", f"Unknown query parameter {wire!r}, must be one of: {sorted(members)}"
            )
        name, member = members[wire]
        if name in parameters:
            raise ApiError("ValidationException", f"Query parameter {wire!r} is given more than once")
        parameters[name] = _from_text(wire, text, member)
    return parameters


def _from_text(wire: str, text: str, shape: Shape) -> Any:
    try:
        if shape.type_name == "integer":
            return int(text)
        if shape.type_name == "timestamp":
            return parse_timestamp(text)
        if shape.type_name == "boolean":
            return {"true": True, "false": False}[text]
    except (ValueError, KeyError, OverflowError):
        raise ApiError("ValidationException", f"Value {text!r} at {wire!r} is not of type {shape.type_name}") from None
    return text


def _from_body(shape: StructureShape, body: bytes) -> dict[str, Any]:
    members = _located(shape, None)
    if not body:
        return {}
    try:
        value = json.loads(body, parse_constant=_not_json)
    except (ValueError, RecursionError) as error:
        raise ApiError("ValidationException", f"The request body is not JSON: {error}") from None
    if not isinstance(value, dict):
        raise ApiError("ValidationException", f"The request body is a JSON {type(value).__name__}, not an object")
    if unknown := sorted(value.keys() - members.keys()):
        raise ApiError("ValidationException", f"Unknown members {unknown}, must be among: {sorted(members)}")
    return {members[wire][0]: member for wire, member in value.items() if member is not None}


def _not_json(constant: str) -> None:
    raise ValueError(f"{constant} is not a JSON number")
