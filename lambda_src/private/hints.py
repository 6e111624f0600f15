"""What a record or a text may hold, told quickly: few do, and only those are read with care.

It is written out as bytes (by ``marshal``, the quickest writer there is; nobody reads it back), and these are
searched for what all values of a kind have in common.
"""

import marshal
import re
from enum import Flag, auto
from typing import Any, Final


class Hint(Flag):
    """What values of a kind have in common.

    Attributes:
        MAIL: An @ before a domain.
        LOGIN: An @ behind a protocol.
        TOKEN: Many letters and digits without a space, of which many are no small letters.
        PHONE: Digits in one of the usual arrangements; so are the others.
    """

    NONE = 0
    MAIL = auto()
    LOGIN = auto()
    TOKEN = auto()
    PHONE = auto()
    CARD = auto()
    ACCOUNT = auto()
    SSN = auto()
    ADDRESS = auto()


_DIGIT: Final = b"0123456789"
_CAPITAL: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_SMALL: Final = _CAPITAL.lower()


def _only(kept: bytes) -> bytes:
    """A table that makes an x of the bytes that are kept, and spaces of all others."""
    return bytes(ord("x") if byte in kept else ord(" ") for byte in range(256))


_NUMBERS: Final = _only(_DIGIT + b" -.")
_NUMBER: Final = b"x" * 9  # characters; no number that is looked for is shorter
_SHAPES: Final = bytes.maketrans(_DIGIT + _CAPITAL, b"0" * len(_DIGIT) + b"A" * len(_CAPITAL))
_SHAPED: Final = (  # searching for a text is many times quicker than for a pattern
    (Hint.PHONE, b"000-000-0000"),
    (Hint.PHONE, b"000.000.0000"),
    (Hint.PHONE, b"000 000 0000"),
    (Hint.PHONE, b") 000-0000"),
    (Hint.PHONE, b")000-0000"),
    (Hint.CARD, b"0000 0000 0000"),
    (Hint.CARD, b"0000-0000-0000"),
    (Hint.CARD, b"0000000000000"),
    (Hint.CARD, b"0000 000000 0"),
    (Hint.CARD, b"0000-000000-0"),
    (Hint.ACCOUNT, b"AA00"),
    (Hint.SSN, b"000-00-0000"),
)
_ABROAD: Final = re.compile(rb"\+[1-9][0-9 ().-]{7}")
_DOTTED: Final = re.compile(rb"\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]")
_WORDS: Final = _only(_DIGIT + _CAPITAL + _SMALL + b"_-")
_WORD: Final = b"x" * 20
_UNUSUAL: Final = _only(_DIGIT + _CAPITAL)
_MANY_UNUSUAL: Final = b"x" * 7
_MAIL: Final = re.compile(rb"@[A-Za-z0-9-]+\.[A-Za-z]")
_LOGIN: Final = re.compile(rb"://[^\s/@]+@")


def hints(value: Any) -> Hint:
    """Everything that a record or a text may hold.

    >>> hints({"prompt": "Write to ada@lovelace.org, please."})
    <Hint.MAIL: 1>
    """
    text = marshal.dumps(value, 0)
    found = Hint.NONE
    if b"@" in text:
        found |= (Hint.MAIL if _MAIL.search(text) else found) | (Hint.LOGIN if _LOGIN.search(text) else found)
    if _NUMBER in text.translate(_NUMBERS):
        found |= _of_numbers(text)
    # without its small letters, a random token is still long; a long name of several words is not
    if _WORD in text.translate(_WORDS) and _MANY_UNUSUAL in text.translate(_UNUSUAL, _SMALL):
        found |= Hint.TOKEN
    return found


def _of_numbers(text: bytes) -> Hint:
    shapes = text.translate(_SHAPES)
    found = Hint.NONE
    for hint, shape in _SHAPED:
        if shape in shapes:
            found |= hint
    if b"+" in text and _ABROAD.search(text):
        found |= Hint.PHONE
    return found | (Hint.ADDRESS if _DOTTED.search(text) else found)
