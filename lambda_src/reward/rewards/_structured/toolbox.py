"""The tools that a record or a project declares, and whether a call fits them."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .calls import ToolCall
from .memo import by_content
from .schema import SchemaError, compiled


class ToolError(ValueError):
    """A declaration of tools that cannot be read."""


@dataclass(slots=True)
class Tool:
    """One tool.

    Attributes:
        parameters: The JSON Schema of its arguments.
    """

    name: str
    parameters: Any
    _takes: Callable[[Any], bool] | None = None
    _defaults: Mapping[str, Any] | None = None

    def takes(self, arguments: Mapping[str, Any]) -> bool:
        """Whether it can be called so.

        Raises:
            ToolError: Its parameters are no schema.
        """
        if self._takes is None:
            try:
                self._takes = compiled(self.parameters)
            except SchemaError as error:
                raise ToolError(f"{self.name}.parameters: {error}") from None
        return self._takes(arguments)

    def completed(self, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        """The arguments, with the defaults of those that are left out: both ways to write a call mean the same.

        >>> Tool("search", {"properties": {"to": {}, "seats": {"default": 1}}}).completed({"to": "Oslo"})
        {'seats': 1, 'to': 'Oslo'}
        """
        if self._defaults is None:
            properties = self.parameters.get("properties") if isinstance(self.parameters, dict) else None
            known = properties.items() if isinstance(properties, dict) else ()
            self._defaults = {name: p["default"] for name, p in known if isinstance(p, dict) and "default" in p}
        return {**self._defaults, **arguments} if self._defaults else arguments


Toolbox = Mapping[str, Tool]
"""Tools by name."""


@by_content
def read(declared: object) -> dict[str, Tool]:
    """The declared tools.

    Args:
        declared: A list in OpenAI's form, or an object of ``{"parameters": ...}`` by name.

    Raises:
        ToolError: Names the entry and what is wrong with it.

    >>> read([{"type": "function", "function": {"name": "now", "parameters": {"type": "object"}}}])["now"].parameters
    {'type': 'object'}
    """
    tools: dict[str, Tool] = {}
    for where, name, tool in _entries(declared):
        parameters = tool.get("parameters", {}) if isinstance(tool, dict) else None
        if not isinstance(name, str) or name in tools or not isinstance(parameters, dict | str):
            raise ToolError(
                f"{where}: {str(tool)[:80]}; expected a function with a name (each once) and parameters, a JSON Schema"
            )
        tools[name] = Tool(name, parameters)
    if not tools:
        raise ToolError("none; expected a tool or more")
    return tools


def fits(call: ToolCall, tools: Toolbox) -> bool:
    """Whether a call names a tool and its arguments are what the tool takes.

    Raises:
        ToolError: The tool's parameters are no schema.
    """
    return call.name in tools and tools[call.name].takes(call.arguments)


def completed(call: ToolCall, tools: Toolbox) -> ToolCall:
    """The call with the defaults of the arguments it leaves out."""
    return ToolCall(call.name, tools[call.name].completed(call.arguments)) if call.name in tools else call


def _entries(declared: object) -> Iterator[tuple[str, Any, Any]]:
    """Where each tool stands, its name and the rest."""
    if isinstance(declared, dict):
        yield from ((str(name), name, tool) for name, tool in declared.items())
    elif isinstance(declared, list):
        for i, entry in enumerate(declared):
            tool = entry.get("function", entry) if isinstance(entry, dict) else None
            yield f"[{i}]", tool.get("name") if isinstance(tool, dict) else None, tool
    else:
        raise ToolError(f"{str(declared)[:80]}; expected a list of functions")
