"""Text as the stand-in sees it: stems of words that carry meaning, numbers, sentences."""

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache

_WORD = re.compile(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)?|\d+(?:[.,:]\d+)*")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\n+")
_MOST_CHARACTERS = 100_000
_MOST_SENTENCES = 400  # further ones are read as part of the last
_LEAST_STEM = 3
_ENDINGS = (
    "ations",
    "ation",
    "ements",
    "ement",
    "ings",
    "ing",
    "ies",
    "ied",
    "ers",
    "er",
    "ed",
    "es",
    "ly",
    "s",
    "e",
    "y",
)
_PLAIN = frozenset(
    """a about above after again all also although am an and any are as at be because been before being below between
    both but by can could did do does doing down during each either else even few for from further had has have
    having he her here hers him his how however i if in into is it its itself just may me might more most must
    my of off on once only or other our out over own per same shall she should since so some such than that the
    their them then there these they this those though through to too toward under until up upon us very was we
    were what when where whether which while who whom whose why will with within would yet you your""".split()  # noqa: SIM905 - a list of a hundred words
)
NEGATIONS = frozenset("no not never none nobody nothing neither nor without cannot isn't wasn't aren't didn't".split())  # noqa: SIM905 - see above
_NUMBER_WORDS = {
    word: str(number)
    for number, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen".split()  # noqa: SIM905 - see above
    )
}


@dataclass(frozen=True)
class Sentence:
    """One sentence, or one line.

    Attributes:
        words: All of them, in small letters, numbers included.
    """

    words: tuple[str, ...]

    @cached_property
    def stems(self) -> tuple[str, ...]:
        """Words that carry meaning, and numbers, in order."""
        return tuple(stem(word) for word in self.words if word not in _PLAIN and word not in NEGATIONS)

    @cached_property
    def content(self) -> frozenset[str]:
        return frozenset(self.stems)

    @cached_property
    def all_stems(self) -> frozenset[str]:
        return frozenset(map(stem, self.words))

    @cached_property
    def is_negated(self) -> bool:
        return sum(word in NEGATIONS or word.endswith("n't") for word in self.words) % 2 == 1


@dataclass(frozen=True)
class Text:
    """A text and what is asked about it more than once."""

    sentences: tuple[Sentence, ...]

    @cached_property
    def words(self) -> tuple[str, ...]:
        return tuple(word for sentence in self.sentences for word in sentence.words)

    @cached_property
    def content(self) -> frozenset[str]:
        return frozenset(one for sentence in self.sentences for one in sentence.stems)


@lru_cache(maxsize=256)  # a record's source and reference are looked at with each of its responses
def text_of(raw: str) -> Text:
    """Read a text; what is beyond 100,000 characters is left out."""
    pieces = _SENTENCE_END.split(raw[:_MOST_CHARACTERS], maxsplit=_MOST_SENTENCES)
    sentences = (Sentence(tuple(_spoken(piece))) for piece in pieces)
    return Text(tuple(sentence for sentence in sentences if sentence.words))


def is_number(stemmed: str) -> bool:
    return stemmed[0].isdigit()


@lru_cache(maxsize=8192)
def stem(word: str) -> str:
    """A word without its ending, roughly.

    >>> [stem(word) for word in ("delayed", "delays", "closing", "closed", "1,500", "three")]
    ['delay', 'delay', 'clos', 'clos', '1500', '3']
    """
    if word[0].isdigit():
        return word.replace(",", "")
    if word in _NUMBER_WORDS:
        return _NUMBER_WORDS[word]
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _LEAST_STEM:
            return word[: -len(ending)]
    return word


def _spoken(piece: str) -> list[str]:
    words = [word.replace("\u2019", "'") for word in _WORD.findall(piece.lower())]
    return [word.removesuffix("'s") for word in words]
