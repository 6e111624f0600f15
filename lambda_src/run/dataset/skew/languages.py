"""Which language each of some texts is in."""

from collections import Counter
from collections.abc import Sequence
from typing import Final, get_args

from ....reward.rewards._text.language import Language, share

UNKNOWN: Final = "unknown"

_MOST: Final = 0.6  # of a text's letters
_LOOKED_AT: Final = 300  # characters from the middle: instructions, which all may share, stand at the ends


def languages(texts: Sequence[str]) -> Counter[str]:
    """How many of the texts are in which language: an ISO 639-1 code, or ``unknown``.

    >>> languages(["How many are left?", "Wie viele sind noch da?", "Wie viel ist es?", "12 + 7"])
    Counter({'de': 2, 'en': 1, 'unknown': 1})
    """
    likely = ["en", *(language for language in get_args(Language) if language != "en")]
    found = Counter[str]()
    for text in texts:
        middle = text[max(len(text) - _LOOKED_AT, 0) // 2 :][:_LOOKED_AT]
        has_letters = any(map(str.isalpha, middle))
        language = next((each for each in likely if has_letters and share(middle, each) >= _MOST), UNKNOWN)
        found[language] += 1
        if language != UNKNOWN:  # the next one is probably in the same
            likely.remove(language)
            likely.insert(0, language)
    return found
