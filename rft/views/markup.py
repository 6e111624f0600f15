"""Pieces of HTML. Every text goes through ``text``, so that no input can become markup."""

from collections.abc import Sequence
from html import escape

from rft.views.terminal import safe

ABSENT = "not recorded"


def section(title: str, content: str) -> str:
    return f"<section><h2>{title}</h2>\n{content}</section>\n"


def hint(sentence: str) -> str:
    return f'<p class="hint">{sentence}</p>'


def table(head: Sequence[str], body: str) -> str:
    titles = "".join(f"<th>{title}</th>" for title in head)
    return f'<div class="wide"><table><thead><tr>{titles}</tr></thead><tbody>\n{body}</tbody></table></div>'


def cell(value: object, kind: str = "text") -> str:
    return f'<td class="{kind}">{text(value)}</td>'


def number(value: object) -> object:
    """A float in four digits; anything else as it is."""
    return f"{value:.4g}" if isinstance(value, float) else value


def text(value: object) -> str:
    r"""A value as text that is no markup, whatever it holds, and in which no character hides or turns others round.

    >>> text("<b>\x1b")
    '&lt;b&gt;\\x1b'
    """
    return escape("\n".join(map(safe, str(ABSENT if value is None or value == "" else value).split("\n"))))
