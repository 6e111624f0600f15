"""Text for a terminal: what a dataset holds may be anything, control sequences included."""

import io
import os
import re
import sys
from typing import Final, TextIO, cast

from rich.console import Console

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_EIGHTHS = " ▏▎▍▌▋▊▉"
_UNBROKEN: Final = 1 << 16  # characters


def console() -> Console:
    """Standard output. In a pipe no line is broken, so that paths and sentences can be searched for and copied."""
    if sys.stdout.isatty() or "COLUMNS" in os.environ:
        return Console()
    return Console(file=cast(TextIO, _Trimmed()), width=_UNBROKEN)


def safe(value: object) -> str:
    r"""A text on one line in which nothing can move the cursor, colour the screen or turn the reading direction.

    >>> safe("a\x1b[2Jb\n")
    'a\\x1b[2Jb\\n'
    """
    return _CONTROL.sub(lambda found: found[0].encode("unicode_escape").decode(), str(value))


def bar(share: float, width: int = 20) -> str:
    """A share of [0, 1] as a bar of at most ``width`` characters; what is more than nothing can be seen.

    >>> bar(0.5, 4), bar(0.001, 4), bar(0, 4)
    ('██', '▏', '')
    """
    eighths = round(min(max(share, 0.0), 1.0) * width * 8)
    whole, rest = divmod(max(eighths, int(share > 0)), 8)
    return "█" * whole + (_EIGHTHS[rest] if rest else "")


class _Trimmed(io.TextIOBase):
    """Standard output without the space that fills tables up to their width; whole lines are written at a time."""

    @property
    def encoding(self) -> str:  # type: ignore[override]  # typeshed has a plain attribute
        return sys.stdout.encoding

    def write(self, text: str) -> int:
        return sys.stdout.write(re.sub(" +$", "", text, flags=re.MULTILINE))

    def flush(self) -> None:
        sys.stdout.flush()
