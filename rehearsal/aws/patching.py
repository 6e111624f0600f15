"""How a gap module replaces a piece of the emulator: only after checking that the piece is the one it was written for.

The emulator has no extension points, so the gaps are filled by replacing private functions. That is safe only against
one exact version; these helpers refuse everything else when the emulator starts, not later in the middle of a deploy.
"""

import inspect
from collections.abc import Callable
from importlib.metadata import version
from typing import Any

EMULATOR_VERSION = "1.5.33"


class IncompatibleEmulatorError(RuntimeError):
    """The installed emulator is not the one the gap modules were written for."""


def require_version() -> None:
    """Raise IncompatibleEmulatorError unless exactly ``EMULATOR_VERSION`` is installed."""
    found = version("ministack")
    if found != EMULATOR_VERSION:
        raise IncompatibleEmulatorError(f"ministack {found} is installed; rehearsal/aws needs {EMULATOR_VERSION}")


def replace(owner: Any, name: str, replacement: Callable[..., Any], *parameters: str) -> None:
    """Set ``owner.name`` to ``replacement``, provided that its parameters are still called ``parameters``."""
    original(owner, name, *parameters)
    setattr(owner, name, replacement)


def original(owner: Any, name: str, *parameters: str) -> Callable[..., Any]:
    """Return ``owner.name``, provided that its parameters are called ``parameters``.

    Raises:
        IncompatibleEmulatorError: It does not exist or takes other parameters.
    """
    label = f"{getattr(owner, '__name__', owner)}.{name}"
    found: Callable[..., Any] | None = getattr(owner, name, None)
    if found is None:
        raise IncompatibleEmulatorError(f"{label} does not exist in this emulator; expected a function")
    actual = tuple(inspect.signature(found).parameters)
    if actual != parameters:
        raise IncompatibleEmulatorError(f"{label} takes {actual} in this emulator; expected {parameters}")
    return found


def replace_text(text: str, old: str, new: str) -> str:
    """Return ``text`` with its one occurrence of ``old`` replaced.

    Raises:
        IncompatibleEmulatorError: ``old`` occurs never or more than once.
    """
    if text.count(old) != 1:
        raise IncompatibleEmulatorError(
            f"expected {old[:60]!r} once in an emulator script, found it {text.count(old)}x"
        )
    return text.replace(old, new)
