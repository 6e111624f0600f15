"""Reading a project file, and saying what is wrong with it."""

import textwrap
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError
from pydantic_core import ErrorDetails

_BOOLEAN = " (YAML reads yes, no, on and off as true and false)"
_HINTS = {"True": _BOOLEAN, "False": _BOOLEAN, "None": " (nothing is written there)"}
"""By the value that is wrong, as Python writes it."""


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
        raise ConfigError(f"{shown(path)}: {error.strerror}; {_instead(path)}") from None
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
    key = ".".join(part for part in location if not part.startswith("[")) or "the file"
    if details["type"] == "missing":
        return f"{key}: missing; it has to be given"
    value = context.get("value", details["input"])
    hint = "" if details["type"] == "unknown_key" else _HINTS.get(repr(value), "")
    return f"{key} = {textwrap.shorten(repr(value), 80)}: {details['msg'][0].lower()}{details['msg'][1:]}{hint}"


def _instead(path: Path) -> str:
    """What there is where a file is not."""
    names = sorted(file.stem for file in path.parent.glob("*.yaml"))
    if not names:
        return "a project file is expected there; rft and cdk are run in the folder that has projects/"
    return f"expected a project of {shown(path.parent)}/: {', '.join(names)}"


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
