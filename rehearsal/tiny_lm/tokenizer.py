r"""Text to tokens and back, for a model that knows a few hundred words.

A token is a word, one digit, a sign, a line break, ``####`` or ``\boxed{``. Words are read whatever their case.
Spaces are not tokens, so two numbers with nothing but a space between them read as one.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from lambda_src.run.chat_record import content_text

PAD, END, START = 0, 1, 2
"""Filler, end of a response, and what a response is continued from."""

VOCABULARY = tuple((Path(__file__).parent / "vocabulary.txt").read_text(encoding="utf-8").split())
"""Spelling of each token. The order belongs to the trained weights: append, never reorder."""

RESPONSE_TOKENS = 36
"""The first tokens of the vocabulary are all that a response may consist of."""

_TOKEN = re.compile(r"####|\\boxed\{|\n|\d|[^\W\d_]+|\S")
_ID = {"\n" if word == "<newline>" else word.casefold(): id_ for id_, word in enumerate(VOCABULARY)}
_SPELLING = tuple("\n" if word == "<newline>" else word for word in VOCABULARY)
_CLOSES = frozenset(".,:?}\n")
_SENTENCE_ENDS = frozenset(".?\n")


class UnknownWordError(ValueError):
    """A text has words outside the vocabulary; the message lists them."""


def encode(text: str) -> list[int]:
    r"""Tokens of ``text``.

    >>> decode(encode("first 57 - 6 = 51\n#### 51"))
    'First 57 - 6 = 51\n#### 51'

    Raises:
        UnknownWordError: If ``text`` has words outside the vocabulary.
    """
    unknown = unknown_words(text)
    if unknown:
        raise UnknownWordError(_complaint(unknown))
    return [_ID[word.casefold()] for word in _TOKEN.findall(text)]


def unknown_words(text: str) -> list[str]:
    """Words outside the vocabulary, each once, in order of appearance.

    >>> unknown_words("Tom has a gizmo, a big gizmo.")
    ['gizmo', 'big']
    """
    return list(dict.fromkeys(word for word in _TOKEN.findall(text) if word.casefold() not in _ID))


def decode(tokens: Iterable[int]) -> str:
    """Text of ``tokens`` up to the first END, spaced and capitalized as in prose."""
    text, previous = "", "\n"
    for token in tokens:
        if token == END:
            break
        if token in (PAD, START):
            continue
        word = _SPELLING[token]
        text += _gap(previous, word) + (word[0].upper() + word[1:] if previous in _SENTENCE_ENDS else word)
        previous = word
    return text


def _gap(previous: str, word: str) -> str:
    joined = (previous.isdigit() and word.isdigit()) or word in _CLOSES or previous in ("\n", "\\boxed{")
    return "" if joined else " "


def prompt_text(record: Mapping[str, Any]) -> str:
    """All that is said to the model in ``record["messages"]``, a message a line; content may be text or blocks."""
    return "\n".join(content_text(message["content"]) for message in record["messages"])


def unreadable(records: Sequence[Mapping[str, Any]]) -> list[str]:
    """One line per record whose prompt has words that the model does not know; empty if it can read all."""
    lines = []
    for number, record in enumerate(records, start=1):
        unknown = unknown_words(prompt_text(record))
        if unknown:
            lines.append(f"record {record.get('id', number)}: {_complaint(unknown)}")
    return lines


def _complaint(unknown: Sequence[str]) -> str:
    return (
        f"local.tiny-lm does not know {', '.join(unknown)}; "
        "use the words of rehearsal/tiny_lm/vocabulary.txt, or another model"
    )
