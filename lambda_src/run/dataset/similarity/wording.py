"""A prompt's text in the forms in which prompts are compared.

Letters are folded (NFKC, no capitals) and runs of white space are one space. Scripts that are written without spaces
count a character as a word.
"""

import re
from typing import Final
from unicodedata import normalize
from zlib import crc32

_PROSE: Final = b",;:!?\"'`"
_COUNTED: Final = b"0123456789+*/<>^"
_SPACE: Final = 32
_ASCII: Final = 128
_FOLDED: Final = bytes(
    _SPACE if byte < _SPACE else ord(chr(byte).lower()) if byte < _ASCII else byte for byte in range(256)
)
_WORDS: Final = bytes(_SPACE if byte < _SPACE or byte in _PROSE else byte for byte in range(256))
_NUMBERS: Final = bytes(byte if byte in _COUNTED else _SPACE for byte in range(256))
_UNSPACED: Final = re.compile(  # Thai and Lao, Burmese, Khmer, kana, Han
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f]+"
)
_QUOTES_AND_STOPS: Final = (
    "\u2018\u2019\u201a\u201c\u201d\u201e\u2026\u3001\u3002\u300c\u300d\u300e\u300f\xab\xbb\xbf\xa1"
)
_PROSE_BEYOND_ASCII: Final = {ord(sign): " " for sign in _QUOTES_AND_STOPS}


def folded(text: str) -> bytes:
    r"""The text without what makes no difference to a reader: capitals, forms of a letter, the width of white space.

    >>> folded("What  IS\n2 + 3?")
    b'what is 2 + 3?'
    """
    if text.isascii():
        plain = text.encode().translate(_FOLDED)
        return b" ".join(plain.split()) if b"  " in plain else plain.strip()
    return " ".join(normalize("NFKC", text).casefold().split()).encode("utf-8", "surrogatepass")


def words(text: bytes) -> list[bytes]:
    """The words of a folded text, without the punctuation of prose.

    >>> words(b"how many, then? 3.5 + x")
    [b'how', b'many', b'then', b'3.5', b'+', b'x']
    """
    if not text.isascii():
        spaced = text.decode("utf-8", "surrogatepass").translate(_PROSE_BEYOND_ASCII)
        text = _UNSPACED.sub(lambda run: f" {' '.join(run[0])} ", spaced).encode("utf-8", "surrogatepass")
    return (text + b" ").translate(_WORDS).replace(b"...", b" ").replace(b". ", b" ").split()


def numbers(text: bytes) -> int:
    """A mark of the numbers and arithmetic signs in a folded text, whatever their order.

    >>> numbers(b"7 apples and 12 pears") == numbers(b"12 pears, 7 apples")
    True
    """
    return crc32(b" ".join(sorted(text.translate(_NUMBERS).split())))
