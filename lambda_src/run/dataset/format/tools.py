"""The optional ``tools`` of a record: functions that the model may call.

Shape: https://github.com/aws/nova-forge-sdk/blob/0f7bb80/src/amzn_nova_forge/dataset/dataset_validator/rft_dataset_validator.py
Bedrock's pages on reinforcement fine-tuning do not mention them, and a project may have a field of that name for its
grader alone, hence warnings.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..finding import Finding, Place
from .wording import kind, said, short

_RULE = "tools-shape"


def check_tools(tools: Any, place: Place) -> Iterator[Finding]:
    """Warnings where tools would not be understood as such."""
    if not isinstance(tools, list) or not tools:
        found = "is []" if tools == [] else f"is {kind(tools)}"
        yield place.warning(_RULE, found, expected="a list of functions that is not empty", field="tools")
        return
    for index, tool in enumerate(tools):
        yield from _check_tool(tool, f"tools[{index}]", place)
    yield from _check_names([tool["function"].get("name") for tool in tools if _has_function(tool)], place)


def _has_function(tool: Any) -> bool:
    return isinstance(tool, Mapping) and isinstance(tool.get("function"), Mapping)


def _check_tool(tool: Any, field: str, place: Place) -> Iterator[Finding]:
    if not _has_function(tool) or tool.get("type") != "function":
        yield place.warning(_RULE, f"is {short(tool)}", expected='{"type": "function", "function": {...}}', field=field)
        return
    function = tool["function"]
    for key in ("name", "description"):
        if not (isinstance(function.get(key), str) and function[key].strip()):
            yield place.warning(_RULE, said(function, key), expected="text", field=f"{field}.function.{key}")
    yield from _check_parameters(function, f"{field}.function.parameters", place)


def _check_parameters(function: Mapping[str, Any], field: str, place: Place) -> Iterator[Finding]:
    parameters = function.get("parameters")
    if not isinstance(parameters, Mapping):
        yield place.warning(_RULE, said(function, "parameters"), expected="a JSON Schema of type object", field=field)
        return
    if parameters.get("type") != "object":
        yield place.warning(_RULE, said(parameters, "type"), expected="object", field=f"{field}.type")
    if not isinstance(parameters.get("properties"), Mapping):
        yield place.warning(_RULE, said(parameters, "properties"), expected="an object", field=f"{field}.properties")
    required = parameters.get("required")
    if required is not None and not (isinstance(required, list) and all(isinstance(name, str) for name in required)):
        yield place.warning(_RULE, said(parameters, "required"), expected="a list of names", field=f"{field}.required")


def _check_names(names: Sequence[Any], place: Place) -> Iterator[Finding]:
    counts = Counter(name for name in names if isinstance(name, str))
    for name in (name for name, count in counts.items() if count > 1):
        yield place.warning(
            _RULE, f"has two functions {short(name)}", expected="functions of different names", field="tools"
        )
