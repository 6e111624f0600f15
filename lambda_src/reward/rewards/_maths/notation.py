r"""The text around a number without what it is only dressed in: LaTeX, Markdown, currency, number words.

Expected in pieces of a few hundred characters; every pattern is linear in its piece.
"""

import re
from typing import Final

from .number_words import digits

_SYMBOLS: Final = str.maketrans(
    {"\u2212": "-", "\u2013": "-", "\u00d7": "*", "\u00b7": "*", "\u00f7": "/", "\u2019": "'"}
    | {"½": " 1/2", "¼": " 1/4", "¾": " 3/4", "⅓": " 1/3", "⅔": " 2/3"}
    | dict.fromkeys("$€£¥₹¢`\u00a0\u2009\u202f", " ")
)
_NO_BRACES: Final = str.maketrans(dict.fromkeys("{}", ""))
_DOLLARS: Final = re.compile(r"\b(?:US|CA|AU|NZ|HK|[CAS])(?=\$)")
_MONEY: Final = re.compile(r"([$€£][ ]?[0-9][0-9.,]{0,20})[ ]?(?:(M|MM|mn|mln)|(B|bn))\b")
_LATEX_FRACTION: Final = re.compile(r"\\[dt]?frac\s*(?:\{([^{}]*)\}\s*\{([^{}]*)\}|([0-9])([0-9]))")
_POWER_OF_TEN: Final = re.compile(r"\s*(?:\\times|\\cdot|[*x])\s*10\s*\^\s*\{?\s*([-+]?[0-9]{1,3})\s*\}?")
_DEGREES: Final = re.compile(r"\^\s*\{?\s*\\circ\s*\}?")
_LATEX_STYLE: Final = re.compile(
    r"\\(?:text(?:bf|it|rm|dollar)?|math(?:rm|bf|it)?|mbox|boldsymbol|displaystyle|left|right)(?![a-zA-Z])"
    r"|\\[,!](?=[0-9])|\\[()\[\]]|\\(?=[$%#&])"
)
_SPACE: Final = re.compile(r"\\q?quad(?![a-zA-Z])|\\[ ,!;:]|\*\*|__|~")
_ITALICS: Final = re.compile(r"(?<![\w*])\*([^*\s][^*\n]{0,80})(?<!\s)\*(?![\w*])")
_APPROXIMATE: Final = re.compile(r"\\approx(?![a-zA-Z])|≈")
_GROUPING: Final = re.compile(r"(?<=[0-9])['_](?=[0-9]{3}(?![0-9]))")
_POINTS: Final = re.compile(r"(?<![0-9.,])[0-9]{1,3}(?:\.[0-9]{3}){2,}(?![0-9.])")
_COMMA_NUMBER: Final = re.compile(r"[0-9][0-9.,]*[0-9]")
_COMMA_FORM: Final = re.compile(r"(?:[0-9]{1,3}(?:\.[0-9]{3})+|[0-9]+),[0-9]+|[0-9]{1,3}(?:\.[0-9]{3})+")
_LETTER: Final = re.compile(r"[a-zA-Z]{3}")


def clean(text: str, *, decimal_comma: bool = False) -> str:
    r"""The text without LaTeX, Markdown and currency around its numbers, and with those in digits.

    >>> clean(r"**\$1{,}800** or \frac{3}{4}"), clean("1.800,5", decimal_comma=True)
    ('  1,800  or  3/4', '1800.5')
    """
    text = text.replace("{,}", ",")
    if decimal_comma:
        text = _COMMA_NUMBER.sub(_with_point, text)
    if "$" in text or "€" in text or "£" in text:
        text = _MONEY.sub(_spelled_out, _DOLLARS.sub("", text))
    text = text.translate(_SYMBOLS)
    if "\\" in text or "^" in text or "*" in text or "≈" in text:
        text = _without_latex(text)
    text = _GROUPING.sub(",", _SPACE.sub(" ", text)).translate(_NO_BRACES)
    text = _POINTS.sub(_without_points, text)
    return digits(text) if _LETTER.search(text) else text


def _without_latex(text: str) -> str:
    text = _LATEX_FRACTION.sub(r" \1\3/\2\4", _DEGREES.sub(" ", text))
    text = _POWER_OF_TEN.sub(r"e\1", text)
    return _ITALICS.sub(r"\1", _LATEX_STYLE.sub("", _APPROXIMATE.sub("=", text)))


def _spelled_out(match: re.Match[str]) -> str:
    return f"{match[1]} {'million' if match[2] else 'billion'}"


def _without_points(match: re.Match[str]) -> str:
    return match[0].replace(".", "")


def _with_point(match: re.Match[str]) -> str:
    number = match[0]
    return number.replace(".", "").replace(",", ".") if _COMMA_FORM.fullmatch(number) else number
