r"""Numbers as models write them, read as exact rationals.

Currency and other units are left out, thousands are grouped by commas, spaces, apostrophes or, in two groups or more,
points. What a project may see differently is in ``Notation``. Text is expected in pieces of a few hundred characters.
"""

import re
from collections.abc import Iterator
from fractions import Fraction
from typing import Final, NamedTuple

from .notation import clean
from .number_words import WORDS


class Notation(NamedTuple):
    """How a project writes numbers.

    Attributes:
        decimal_comma: ``1,5`` is one and a half and ``1.500`` fifteen hundred; else ``1,5`` lists two numbers.
        percent_as_fraction: ``50%`` is one half; else it is fifty, as its unit is left out.
    """

    decimal_comma: bool = False
    percent_as_fraction: bool = False


POINT: Final = Notation()
"""The notation of a project that says nothing else."""

Number = int | Fraction

_SCALE: Final = {"k": 10**3, "hundred": 100, "thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}
_DATE: Final = "january february march april june july august september october november december"
_NO_UNIT: Final = WORDS | set(_SCALE) | {*_DATE.split(), "unless", "otherwise", "plus", "times", "instead", "only"}
_QUICK: Final = re.compile(
    r"[ \n*]*(?:\\?\$)?(?P<sign>-?)(?:\\?\$)?(?P<whole>[0-9]{1,15}|[0-9]{1,3}(?:,[0-9]{3}){1,4})"
    r"(?:\.(?P<part>[0-9]{1,9}))?(?:\\?%)?(?: (?P<unit>[a-z]{3,20}))?[.*$ \n]*"
)
"""What most answers look like; the rest of this module reads them the same, at twenty times the price."""

_UNSIGNED: Final = r"(?:[0-9]{1,3}(?:,[0-9]{2,3})*,[0-9]{3}|[0-9]{1,3}(?:[ ][0-9]{3})+|[0-9]+)(?:\.[0-9]+)?|\.[0-9]+"
NUMBER: Final = re.compile(
    rf"""
    (?P<sign>[-+]|(?:minus|negative)\b)?\s*
    (?:(?P<whole>[0-9]+)\s+(?:and\s+)?(?=[0-9]+\s*/\s*[0-9]))?  # of a mixed number
    (?P<top>{_UNSIGNED})(?![0-9])
    (?:e(?P<power>[-+]?[0-9]{{1,3}})(?![0-9])|\s*\^\s*(?P<exponent>[-+]?[0-9]{{1,2}})(?![0-9.]))?
    (?:\s*/\s*(?P<bottom>{_UNSIGNED})(?![0-9]))?
    """,
    re.VERBOSE | re.IGNORECASE,
)
_OPERATORS: Final = frozenset("+-*/^_")
_SCALE_WORD: Final = re.compile(r"(k|\s*(?:hundred|thousand|million|billion|trillion))\b", re.IGNORECASE)
_PERCENT: Final = re.compile(r"\s*(?:%|per ?cent\b|pct\b)", re.IGNORECASE)
_LEAD: Final = re.compile(
    r"[\s(\[\"'“=:*_≈~]*(?:(?:USD|US|EUR|GBP|CAD|AUD|INR|Rs\.?|approximately|approx\.?|about|around|roughly|exactly"
    r"|precisely|simply|just|only)\b\.?\s*){0,2}",
    re.IGNORECASE,
)
_EXPRESSION: Final = re.compile(
    r"[.:]?[0-9]|[²³]|\s*[-+*/^]\s*[-+(]*[0-9]|\s*[*/^+]\s*[a-z(\\]|\s*\\[a-z]+|\s*[xyznπ√](?![a-z])"
    r"|\s*:\s*[0-9]|_[0-9a-z]|e[-+]?[0-9]|\s*\+|\s*[<>≤≥≠±]",
    re.IGNORECASE,
)
"""Behind a number: it is a part of something that nobody has evaluated."""
_CONVERSION: Final = re.compile(rf"{_LEAD.pattern}[-+]?(?:{_UNSIGNED})\s*[a-z]{{2,}}[^-+*/=]*", re.IGNORECASE)
_UNDONE: Final = re.compile(
    r"\s*(?:(?:or|and)\s+(?:more|less|fewer|greater|higher|lower|above|below)\b|(?:if|unless|only if|st|nd|rd|th)\b"
    r"|(?:[a-z]+\s+)?(?:plus|minus|times|multiplied by|divided by)\s+[0-9]|%\s+of\s+(?:the\s+)?[0-9]"
    r"|(?:is|was|are|were|would be)(?:n't|\s+not|\s+(?:wrong|incorrect|false|mistaken|impossible|what|how|where)\b)"
    rf"|(?:{'|'.join(_DATE.split())})\b|(?-i:May)\b)",
    re.IGNORECASE,
)
"""Behind a number: it is a bound, a condition, a date, or it is taken back."""
_EXPLANATION: Final = re.compile(r"\((?!\s*(?:or|maybe|perhaps|possibly|alternatively)\b).*", re.IGNORECASE | re.DOTALL)
_CONNECTOR: Final = re.compile(
    r"(?:^\s*(?:hours?|minutes?|days?|weeks?|years?|feet|foot|pounds?|dollars?)\b|^[\s?!.]{1,3}"
    r"|\bor\b(?:[\s(,]{1,3}[a-z]+){0,3}|\b(?:and|to)\b|[,;|&/])[\s(:]{0,3}"
    r"(?:(?:maybe|perhaps|possibly|probably|alternatively|even|else)\s)?",
    re.IGNORECASE,
)
"""What stands between the numbers of a list, a hedge or a quantity in several units."""
_SMALLER: Final = (
    *(("hours?", "min(?:ute)?s?", 60), ("min(?:ute)?s?", "sec(?:ond)?s?", 60), ("days?", "hours?", 24)),
    *(("weeks?", "days?", 7), ("years?", "months?", 12), ("dollars?", "cents?", 100), ("pounds?", "ounces?", 16)),
    *(("f(?:ee|oo)t", "inch(?:es)?", 12), ("met(?:er|re)s?", "centimet(?:er|re)s?", 100)),
)
_COMPOUND: Final = re.compile(
    r"\s*(?:"
    + "|".join(rf"{big}(?:,|\s+and)?\s+(?P<n{i}>[0-9]+)\s*{small}" for i, (big, small, _) in enumerate(_SMALLER))
    + r")\b(?!\s*(?:,|and)?\s*[0-9])",
    re.IGNORECASE,
)


def stated(text: str, notation: Notation = POINT) -> tuple[Number, ...]:
    r"""The different numbers that a text states from its start.

    None: the text begins otherwise, or with an expression nobody has evaluated. Several: it hedges.

    >>> stated(r"\$1{,}800.50 a \text{year}"), stated("2 hours 30 minutes")
    ((Fraction(3601, 2),), (Fraction(5, 2),))
    >>> stated("18 or maybe 19"), stated("9 * 2 = 18"), stated("9 * 2")
    ((18, 19), (18,), ())
    """
    quick = _QUICK.fullmatch(text) if notation is POINT else None
    if quick is not None and quick["unit"] not in _NO_UNIT:
        return (_quick(quick),)
    return read(text, notation)


def undressed(text: str) -> Number | None:
    """The number of a text that is nothing else, Markdown and currency aside; None if that takes more than a glance."""
    quick = _QUICK.fullmatch(text)
    return None if quick is None or quick["unit"] else _quick(quick)


def read(text: str, notation: Notation = POINT) -> tuple[Number, ...]:
    """As ``stated``, whatever the text looks like."""
    cleaned = result(clean(text, decimal_comma=notation.decimal_comma))
    lead = _LEAD.match(cleaned)
    match = NUMBER.match(cleaned, lead.end() if lead else 0)
    if not match or _EXPRESSION.match(cleaned, match.end()):
        return ()
    value, end = _scaled(match, cleaned, notation)
    if value is None or _UNDONE.match(cleaned, end):
        return ()
    rest = cleaned[end:]
    compound = _COMPOUND.match(rest)
    if compound is not None and compound.lastgroup:
        part = Fraction(int(compound[compound.lastgroup]), _SMALLER[int(compound.lastgroup[1:])][2])
        return (value - part if value < 0 else value + part,)
    return tuple(dict.fromkeys([value, *_alternatives(rest)]))


def every_number(text: str) -> tuple[Number, ...]:
    """Every number in a text without markup, whatever is around it."""
    values = (_value(match) for match in NUMBER.finditer(text))
    return tuple(value for value in values if value is not None)


def mentioned(text: str, notation: Notation = POINT) -> set[Number]:
    """Every number in a text without markup that stands for itself; of an equation, in its last side only.

    >>> sorted(mentioned("So 3 of the 4 boxes hold 9 * 2 eggs")), mentioned("for 2 days 9 * 2 = 18 eggs")
    ([3, 4], {18})
    """
    text = result(text)
    values = (_scaled(match, text, notation)[0] for match in NUMBER.finditer(text) if _is_alone(match, text))
    return {value for value in values if value is not None}


def _is_alone(match: re.Match[str], text: str) -> bool:
    """Whether a number is no part of a word, of an expression, of a date or of a rank."""
    start = match.start() + len(match[0]) - len(match[0].lstrip())
    before = text[:start].rstrip()[-1:]
    apart = start == 0 or text[start - 1].isspace()
    glued = before.isalnum() and not apart
    if match["sign"]:  # of the number, or between two
        glued = glued or before.isdigit() or (before.isalnum() and match[0].lstrip()[len(match["sign"])].isspace())
    return not (
        glued or before in _OPERATORS or _EXPRESSION.match(text, match.end()) or _UNDONE.match(text, match.end())
    )


def result(text: str) -> str:
    """The right-hand side of an equation, unless it only converts a number that has its unit already."""
    left, equals, right = text.rpartition("=")
    return text if not equals or _CONVERSION.fullmatch(left) else right


def _quick(match: re.Match[str]) -> Number:
    sign, whole, part, _ = match.groups()
    value: Number = int(whole.replace(",", ""))
    if part and part.strip("0"):
        value += Fraction(int(part), 10 ** len(part))
    return -value if sign else value


def _scaled(match: re.Match[str], text: str, notation: Notation) -> tuple[Number | None, int]:
    """Value with the word or percent sign behind it, and where that ends."""
    value, end = _value(match), match.end()
    word = _SCALE_WORD.match(text, end)
    if word is not None and value is not None:
        value, end = value * _SCALE[word[1].strip().lower()], word.end()
    if value is not None and notation.percent_as_fraction and _PERCENT.match(text, end):
        value = Fraction(value) / 100
    return value, end


def _value(match: re.Match[str]) -> Number | None:
    value, bottom = _decimal(match["top"]), _decimal(match["bottom"] or "1")
    exponent = int(match["exponent"] or 1)
    if bottom == 0 or (value == 0 and exponent < 0):
        return None
    if exponent != 1:
        value = Fraction(value) ** exponent
    if match["power"]:
        value *= Fraction(10) ** int(match["power"])
    if bottom != 1:
        value = Fraction(value) / bottom
    if match["whole"]:
        value += int(match["whole"])
    return -value if match["sign"] not in (None, "+") else value


def _decimal(digits: str) -> Number:
    whole, _, part = digits.replace(",", "").replace(" ", "").partition(".")
    return Fraction(int(whole + part), 10 ** len(part)) if part else int(whole)


def _alternatives(rest: str) -> Iterator[Number]:
    """Numbers offered beside the first; those in an explanation in brackets are not."""
    offered = _EXPLANATION.sub("", rest)
    for connector in _CONNECTOR.finditer(offered):
        match = NUMBER.match(offered, connector.end())
        value = _value(match) if match else None
        if value is not None:
            yield value
