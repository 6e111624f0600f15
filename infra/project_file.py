"""Reading a project file, and saying what is wrong with it."""

import textwrap
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError
from pydantic_core import ErrorDetails


class ConfigError(ValueError):
    """A project file that cannot be used: file, key, value, and what is expected there."""


def read(path: Path) -> Any:
    """The data in a YAML file.

    Raises:
        ConfigError: There is no such file, or it is not YAML.
    """
    try:
        with path.open(encoding="utf-8") as file:
            return yaml.load(file, _Loader)  # noqa: S506 - derives from SafeLoader
    except OSError as error:
        raise ConfigError(f"{shown(path)}: {error.strerror}; a project file is expected there") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f" line {mark.line + 1}" if mark else ""
        reason = getattr(error, "problem", None) or error
        raise ConfigError(f"{shown(path)}:{where} not valid YAML: {reason}") from None


def render(path: Path, error: ValidationError, prefix: str = "") -> str:
    """All findings of a validation, one per line: file, key, value, and what is expected."""
    return "\n".join(f"{shown(path)}: {prefix}{_line(details)}" for details in error.errors(include_url=False))


def _line(details: ErrorDetails) -> str:
    if details["type"] == "rubric":
        return details["msg"]  # names its entry and key itself
    context = details.get("ctx", {})
    location = [str(part) for part in (*details["loc"], *([context["key"]] if "key" in context else []))]
    key = ".".join(part for part in location if part != "[key]") or "the file"
    if details["type"] == "missing":
        return f"{key}: missing; every project needs it"
    value = context.get("value", details["input"])
    if details["type"] == "unknown_key":
        value = value[context["key"]]
    return f"{key} = {textwrap.shorten(repr(value), 80)}: {details['msg'][0].lower()}{details['msg'][1:]}"


def shown(path: Path) -> Path:
    """A path as a person would type it here."""
    return path.relative_to(Path.cwd()) if path.is_absolute() and path.is_relative_to(Path.cwd()) else path


class _Loader(yaml.SafeLoader):
    """YAML in which a repeated key is an error: the last one would win in silence."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        for key in keys:
            if keys.count(key) > 1:
                raise yaml.constructor.ConstructorError(None, None, f"key {key!r} is given twice", node.start_mark)
        return super().construct_mapping(node, deep)
