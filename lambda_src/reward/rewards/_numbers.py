r"""Numbers as models write them, read as exact rationals.

Currency, percent and other units are left out, thousands are grouped by commas or spaces, and a decimal
comma is not a number here: ``1,5`` lists two. Text is expected in pieces of a few hundred characters.
"""

import re
from collections.abc import Iterator
from fractions import Fraction
from typing import Final

_PLAIN: Final = re.compile(r"-?[0-9]{1,15}")

_UNSIGNED: Final = r"(?:[0-9]{1,3}(?:,[0-9]{2,3})*,[0-9]{3}|[0-9]{1,3}(?:[ ][0-9]{3})+|[0-9]+)(?:\.[0-9]+)?|\.[0-9]+"
_NUMBER: Final = re.compile(
    rf"""
    (?P<sign>[-+]|minus\b)?\s*
    (?:(?P<whole>[0-9]+)\s+(?=[0-9]+\s*/))?  # of a mixed number
    (?P<top>{_UNSIGNED})(?![0-9])
    (?:e(?P<power>[-+]?[0-9]{{1,3}})(?![0-9]))?
    (?:\s*/\s*(?P<bottom>{_UNSIGNED})(?![0-9]))?
    """,
    re.VERBOSE | re.IGNORECASE,
)
_SCALE: Final = {"k": 10**3, "thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}
_SCALE_WORD: Final = re.compile(r"(k|\s*(?:thousand|million|billion|trillion))\b", re.IGNORECASE)

_SYMBOLS: Final = str.maketrans(
    {"\u2212": "-", "\u2013": "-", "\u00d7": "*", "\u00b7": "*", "\u00f7": "/", "\u2248": "="}
    | dict.fromkeys("$€£¥₹`\u00a0\u2009\u202f", " ")
)
_NO_BRACES: Final = str.maketrans(dict.fromkeys("{}", ""))
_LATEX_FRACTION: Final = re.compile(r"\\[dt]?frac\s*(?:\{([^{}]*)\}\s*\{([^{}]*)\}|([0-9])([0-9]))")
_POWER_OF_TEN: Final = re.compile(r"\s*(?:\\times|\\cdot|[*x])\s*10\s*\^\s*\{?\s*([-+]?[0-9]{1,3})\s*\}?")
_DEGREES: Final = re.compile(r"\^\s*\{?\s*\\circ\s*\}?")
_LATEX_STYLE: Final = re.compile(
    r"\\(?:text(?:bf|it|rm)?|math(?:rm|bf|it)?|mbox|boldsymbol|displaystyle|left|right)(?![a-zA-Z])|\\[,!;:()\[\]]|\\(?=[$%#&])"
)
_LATEX_SPACE: Final = re.compile(r"\\q?quad(?![a-zA-Z])|\\[ ]|\*\*|__|~")
_LEAD: Final = re.compile(
    r"[\s(\[<\"'=:*_>]*(?:(?:USD|US|EUR|GBP|Rs\.?|approximately|about|exactly|only)\b\.?\s*)?", re.IGNORECASE
)
_EXPRESSION: Final = re.compile(
    r"[.:]?[0-9]|[²³¼½¾]|\s*[-+*/^]\s*[-+(]*[0-9]|\s*[*/^+]\s*[a-z(\\]|\s*\\[a-z]+|\s*[xyznπ√](?![a-z])", re.IGNORECASE
)
_CONVERSION: Final = re.compile(rf"{_LEAD.pattern}[-+]?(?:{_UNSIGNED})\s*[a-z]{{2,}}[^-+*/=]*", re.IGNORECASE)
_EXPLANATION: Final = re.compile(r"\((?!\s*or\b).*", re.IGNORECASE | re.DOTALL)
_CONNECTOR: Final = re.compile(
    r"(?:^\s*(?:hours?|minutes?|days?|weeks?|years?|feet|foot|pounds?|dollars?)\b|^[\s?!.]{1,3}"
    r"|\bor\b(?:[\s(,]{1,3}[a-z]+){0,2}|\b(?:and|to)\b|[,;|&])[\s(:]{0,3}",
    re.IGNORECASE,
)
"""What stands between the numbers of a list, a hedge or a quantity in several units."""


def stated(text: str) -> tuple[tuple[Fraction, ...], str]:
    r"""The different numbers that a text states from its start, and what follows the first.

    No number: the text begins otherwise, or with an expression nobody has evaluated. Several: it hedges.

    >>> stated(r"\$1{,}800.00 a \text{year}")
    ((Fraction(1800, 1),), ' a year')
    >>> stated("18 or maybe 19")[0], stated("9 * 2 = 18")[0], stated("9 * 2")[0]
    ((Fraction(18, 1), Fraction(19, 1)), (Fraction(18, 1),), ())
    """
    plain = text.strip()
    if _PLAIN.fullmatch(plain):  # most answers; the rest of this function takes twenty times as long
        return (Fraction(int(plain)),), ""
    cleaned = _result(_clean(text))
    lead = _LEAD.match(cleaned)
    match = _NUMBER.match(cleaned, lead.end() if lead else 0)
    if not match or _EXPRESSION.match(cleaned, match.end()):
        return (), ""
    value, end = _scaled(match, cleaned)
    if value is None:
        return (), ""
    rest = cleaned[end:]
    return tuple(dict.fromkeys([value, *_alternatives(rest)])), rest


def _clean(text: str) -> str:
    """The text without LaTeX, Markdown and currency around its numbers."""
    text = _DEGREES.sub(" ", text.replace("{,}", ",").translate(_SYMBOLS))
    text = _LATEX_FRACTION.sub(r" \1\3/\2\4", text)
    text = _POWER_OF_TEN.sub(r"e\1", text)
    text = _LATEX_SPACE.sub(" ", _LATEX_STYLE.sub("", text))
    return text.translate(_NO_BRACES)


def _result(text: str) -> str:
    """The right-hand side of an equation, unless it only converts a number that has its unit already."""
    left, equals, right = text.rpartition("=")
    return text if not equals or _CONVERSION.fullmatch(left) else right


def _scaled(match: re.Match[str], text: str) -> tuple[Fraction | None, int]:
    word = _SCALE_WORD.match(text, match.end())
    value = _value(match)
    if word is None or value is None:
        return value, match.end()
    return value * _SCALE[word[1].strip().lower()], word.end()


def _value(match: re.Match[str]) -> Fraction | None:
    bottom = _decimal(match["bottom"] or "1")
    if bottom == 0:
        return None
    value = _decimal(match["top"]) * Fraction(10) ** int(match["power"] or 0) / bottom + int(match["whole"] or 0)
    return -value if match["sign"] not in (None, "+") else value


def _decimal(digits: str) -> Fraction:
    return Fraction(digits.replace(",", "").replace(" ", ""))


def _alternatives(rest: str) -> Iterator[Fraction]:
    """Numbers offered beside the first; those in an explanation in brackets are not."""
    offered = _EXPLANATION.sub("", rest)
    for connector in _CONNECTOR.finditer(offered):
        match = _NUMBER.match(offered, connector.end())
        value = _value(match) if match else None
        if value is not None:
            yield value
