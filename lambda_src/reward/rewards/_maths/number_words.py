"""Numbers in English words: "forty-two", "one hundred and five", "three and a half", "two thirds"."""

import re
from typing import Final

_ONES: Final = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_TEENS: Final = (
    *("ten", "eleven", "twelve", "thirteen", "fourteen"),
    *("fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_TENS: Final = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_GROUPS: Final = {"thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}
_PARTS: Final = {
    **{"half": 2, "halves": 2, "third": 3, "thirds": 3, "quarter": 4, "quarters": 4, "fourth": 4, "fourths": 4},
    **{f"{name}{plural}": n for n, name in enumerate(("fifth", "sixth"), 5) for plural in ("", "s")},
    **{f"{name}{plural}": n for n, name in ((8, "eighth"), (10, "tenth")) for plural in ("", "s")},
}
_VALUES: Final = (
    {"zero": 0}
    | {name: n for n, name in enumerate((*_ONES, *_TEENS), 1)}
    | {name: n for n, name in zip(range(20, 100, 10), _TENS, strict=True)}
)
WORDS: Final = frozenset({*_VALUES, *_GROUPS, *_PARTS, "hundred"})
"""What may not follow a number as its unit."""

_NO_ORDINAL: Final = r"(?![ -](?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth)\b)"
_TO_99: Final = rf"(?:(?:{'|'.join(_TENS)})(?:[ -](?:{'|'.join(_ONES)})|{_NO_ORDINAL})|{'|'.join((*_TEENS, *_ONES))})\b"
_TO_999: Final = rf"(?:(?:{_TO_99}|a)[ ]hundred\b(?:[ ](?:and[ ])?{_TO_99})?|{_TO_99})"
_NO_COUNT: Final = r"(?<!no )(?<!any )(?<!every )(?<!each )(?<!this )(?<!that )(?<!by )(?<!-)"
_NO_PRONOUN: Final = r"(?!one[ ](?:of|that|which|who|we|you|i|can|cannot|could|nobody|is|by|another)\b)"
_NUMBER: Final = re.compile(
    rf"\b{_NO_COUNT}{_NO_PRONOUN}(?P<whole>zero\b"
    rf"|(?:{_TO_999}[ ](?:{'|'.join(_GROUPS)})\b(?:,?[ ](?:and[ ])?))*{_TO_999}"
    rf"|(?:{_TO_999}[ ](?:{'|'.join(_GROUPS)})\b(?:,?[ ](?:and[ ])?)?)+)"
    rf"(?:[ ](?P<part>{'|'.join(_PARTS)})\b|[ ]and[ ]an?[ ](?P<rest>half|quarter|third)\b)?",
    re.IGNORECASE,
)
_HALF: Final = re.compile(r"^(\W*)(?:a )?half\b(?! (?:of|the|as|that)\b)", re.IGNORECASE)


def digits(text: str) -> str:
    """The text with its number words as digits; "one" stays where it is a pronoun.

    >>> digits("one hundred and five, two thirds or three and a half")
    '105, 2/3 or 3 1/2'
    >>> digits("no one knows which one of the two is right")
    'no one knows which one of the 2 is right'
    """
    return _HALF.sub(r"\g<1>1/2", _NUMBER.sub(_spelled, text))


def _spelled(match: re.Match[str]) -> str:
    whole = _value(match["whole"])
    if match["part"]:
        return f"{whole}/{_PARTS[match['part'].lower()]}"
    return f"{whole} 1/{_PARTS[match['rest'].lower()]}" if match["rest"] else str(whole)


def _value(words: str) -> int:
    total = group = 0
    for word in re.findall(r"[a-z]+", words.lower()):
        if word in _GROUPS:
            total, group = total + group * _GROUPS[word], 0
        elif word == "hundred":
            group *= 100
        else:
            group += _VALUES.get(word, 1 if word == "a" else 0)
    return total + group
