"""Units beside a number: which one it is, however it is spelled."""

import re
from functools import lru_cache
from typing import Final

_SPELLINGS: Final = {
    "dollar": ("$", "usd", "us$"),
    "euro": ("€", "eur"),
    "pound": ("£", "gbp", "lb", "lbs"),
    "rupee": ("₹", "inr", "rs"),
    "yen": ("¥", "jpy"),
    "cent": ("¢",),
    "percent": ("%", "pct"),
    "degree": ("°", "deg"),
    "kilometer": ("km", "kilometre"),
    "meter": ("m", "metre"),
    "centimeter": ("cm", "centimetre"),
    "millimeter": ("mm", "millimetre"),
    "mile": ("mi",),
    "foot": ("ft", "feet"),
    "inch": ("in", "inches"),
    "kilogram": ("kg", "kilo"),
    "gram": ("g",),
    "ounce": ("oz",),
    "liter": ("l", "litre"),
    "milliliter": ("ml", "millilitre"),
    "hour": ("h", "hr", "hrs"),
    "minute": ("min", "mins"),
    "second": ("s", "sec", "secs"),
    "person": ("people",),
    "child": ("children",),
    "man": ("men",),
    "woman": ("women",),
}
_UNIT: Final = {spelling: unit for unit, spellings in _SPELLINGS.items() for spelling in spellings}
_LATEX: Final = re.compile(r"\\(?:text|mathrm|mbox)(?![a-z])|\\[,;!: ]|[{}*_]|\^\s*\{?\s*\\circ\s*\}?|\\(?=[$%])")
_NUMBER: Final = re.compile(r"[-+]?[0-9](?:[0-9.,/]*[0-9])?")
_SQUARE: Final = re.compile(r"([a-z]+)(?:\^2|²)")
_CUBIC: Final = re.compile(r"([a-z]+)(?:\^3|³)")
_WORD: Final = re.compile(r"[a-z]+|[$€£¥₹¢%°]")
_SKIPPED: Final = frozenset({"per", "a", "an", "each", "every", "of", "the", "is", "answer"})
_MOST: Final = 6  # words


@lru_cache(maxsize=64)
def units(text: str) -> tuple[str, ...]:
    """The units before and behind the first number of a text, in one spelling; none if it names none.

    >>> units("$18 per day"), units("18 dollars a day"), units("5 km/h"), units("12 m²")
    (('dollar', 'day'), ('dollar', 'day'), ('kilometer', 'hour'), ('square', 'meter'))
    """
    plain = _CUBIC.sub(r"cubic \1", _SQUARE.sub(r"square \1", _LATEX.sub(" ", text.lower())))
    number = _NUMBER.search(plain)
    if number is None:
        return ()
    before = plain[: number.start()].rstrip()[-1:]
    behind = re.split(r"[.,;:(=]", plain[number.end() :])[0]
    words = [word for word in _WORD.findall(behind) if word not in _SKIPPED][:_MOST]
    return tuple(_unit(word) for word in ([before] if before in _UNIT else []) + words)


def agree(said: str, reference: str) -> bool:
    """Whether a text names the unit that the reference names, if it names one."""
    expected = units(reference)
    return units(said)[: len(expected)] == expected


def _unit(word: str) -> str:
    singular = word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word  # noqa: PLR2004
    return _UNIT.get(word, _UNIT.get(singular, singular))
