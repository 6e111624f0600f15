"""What a request asks for: the criteria in its schema and the material in its message."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rehearsal.bedrock.errors import ApiError

_MATERIAL = re.compile(
    r"^=== material (?P<code>[0-9a-f]{16}) ===\n(?P<document>.*)\n=== end of material (?P=code) ===$",
    re.MULTILINE | re.DOTALL,
)
_REASONING = "reasoning"


@dataclass(frozen=True, slots=True)
class Criterion:
    """A field to be filled.

    Attributes:
        choices: What it may be filled with, the worst first where they are marks.
    """

    name: str
    description: str
    choices: Sequence[Any]


@dataclass(frozen=True, slots=True)
class Task:
    """A judgement that is asked for.

    Attributes:
        tool: Name of the tool to call; None where the answer is to be JSON.
        material: What is to be judged, by name.
    """

    tool: str | None
    criteria: tuple[Criterion, ...]
    material: Mapping[str, Any]

    @classmethod
    def of(cls, request: Mapping[str, Any]) -> "Task":
        """Read a Converse request.

        Raises:
            ApiError: It asks for something else than a judgement.
        """
        tool, schema = _schema(request)
        criteria = tuple(
            Criterion(name, str(field.get("description", "")), field["enum"])
            for name, field in schema.get("properties", {}).items()
            if name != _REASONING and field.get("enum")
        )
        if not criteria:
            raise _refused("a schema whose properties have an enum")
        return cls(tool, criteria, _material(request))


def _schema(request: Mapping[str, Any]) -> tuple[str | None, Mapping[str, Any]]:
    tools = request.get("toolConfig", {}).get("tools", [])
    if tools and "toolSpec" in tools[0]:
        spec = tools[0]["toolSpec"]
        return spec["name"], spec["inputSchema"]["json"]
    text = (
        request.get("outputConfig", {}).get("textFormat", {}).get("structure", {}).get("jsonSchema", {}).get("schema")
    )
    try:
        schema = json.loads(text or "")
    except ValueError:
        raise _refused("a tool, or a JSON schema for its answer") from None
    return None, schema


def _material(request: Mapping[str, Any]) -> Mapping[str, Any]:
    texts = [block.get("text", "") for message in request["messages"] for block in message["content"]]
    found = _MATERIAL.search("\n".join(texts))
    try:
        material = json.loads(found["document"]) if found else None
    except ValueError:
        material = None
    if not isinstance(material, dict):
        raise _refused("material to judge, one JSON object between lines with a code")
    return material


def _refused(expected: str) -> ApiError:
    return ApiError("ValidationException", f"local.judge answers requests for a judgement only; expected {expected}")
