"""What the stand-in counts. Every measure is a share from 0 to 1."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from rehearsal.bedrock.runtime.judge.words import Sentence, Text, is_number, stem

_NEAR = 4  # words on either side of a number that say what it counts
_SAME_SUBJECT = 0.5  # share of a sentence's words in another from which on the two speak of the same thing
_MOST = 0.5  # of a sentence's words
_COPIED = 0.6  # share of runs of words that stand in the source
_RUN = 6  # words
_PHRASE = 4  # words
_FEW = 8  # words of a reference, of which a response may need fewer or more
_OPPOSITES = (
    ("accept", "refuse"), ("accept", "reject"), ("allow", "forbid"), ("approve", "reject"), ("below", "above"),
    ("best", "worst"), ("closed", "open"), ("earlier", "later"), ("fail", "pass"), ("fell", "rose"), ("gain", "lose"),
    ("higher", "lower"), ("increase", "decrease"), ("more", "fewer"), ("more", "less"), ("before", "after"),
    ("start", "stop"), ("success", "failure"), ("succeed", "fail"), ("well", "badly"), ("win", "lose"), ("yes", "no"),
)  # fmt: skip


def coverage(response: Text, reference: Text) -> float:
    """How much of the reference is in the response; numbers weigh twice."""
    weights = {one: 2 if is_number(one) else 1 for one in reference.content}
    total = sum(weights.values())
    return sum(weight for one, weight in weights.items() if one in response.content) / total if total else 1.0


def support(response: Text, sources: Sequence[Text]) -> float:
    """How much of the response follows from the sources; a sentence that contradicts them counts nothing."""
    total = sum(len(sentence.stems) for sentence in response.sentences)
    known = _Sources(sources)
    return sum(known.support(sentence) for sentence in response.sentences) / total if total else 0.0


def supported(response: Text, sources: Sequence[Text]) -> Text:
    """The sentences of which most follows from the sources."""
    known = _Sources(sources)
    return Text(tuple(one for one in response.sentences if known.support(one) > _MOST * len(one.stems)))


def is_copy(response: Text, source: Text, reference: Text) -> bool:
    """Whether the response is the source over again, in most of its words and at more than the reference's length."""
    if len(response.words) < 1.5 * max(len(reference.words), _RUN):
        return False
    runs, there = _runs(response.words, _RUN), set(_runs(source.words, _RUN))
    return bool(runs) and sum(run in there for run in runs) / len(runs) > _COPIED


def length(response: Text, reference: Text) -> float:
    """1 for 0.6 to 1.35 times the reference's words, 0 for a fifth of them and for three times as many."""
    ratio = len(response.words) / max(len(reference.words), _FEW)
    not_too_long = 1 - _share(ratio, 1.35, 3.0)
    return not_too_long if len(reference.words) <= _FEW else min(not_too_long, _share(ratio, 0.2, 0.6))


def variety(response: Text) -> float:
    """1 where hardly any phrase comes twice, 0 where half of them do."""
    phrases = _runs(response.words, _PHRASE)
    if not phrases:
        return 1.0
    return _share(len(set(phrases)) / len(phrases), 0.5, 0.95)


def _share(value: float, none: float, full: float) -> float:
    return min(max((value - none) / (full - none), 0.0), 1.0)


class _Sources:
    """What the sources say."""

    def __init__(self, sources: Sequence[Text]) -> None:
        self._known = frozenset[str]().union(*(source.content for source in sources))
        self._statements = [sentence for source in sources for sentence in source.sentences]
        self._near = _neighbours(self._statements)

    def support(self, sentence: Sentence) -> int:
        """Number of the sentence's words that the sources hold; none if it says something else of them."""
        numbers = [i for i, one in enumerate(sentence.stems) if is_number(one)]
        if not all(self._is_placed(sentence, i) for i in numbers) or self._is_contradicted(sentence):
            return 0
        return sum(one in self._known for one in sentence.stems)

    def _is_placed(self, sentence: Sentence, index: int) -> bool:
        """Whether the number stands near a word that it stands near in the sources, too."""
        number = sentence.stems[index]
        if number not in self._near:
            return False
        words = [one for one in sentence.stems[max(index - _NEAR, 0) : index + _NEAR + 1] if not is_number(one)]
        return not words or any(one in self._near[number] for one in words)

    def _is_contradicted(self, sentence: Sentence) -> bool:
        """Whether statements on the same subject say the opposite, and none says the same."""
        if not sentence.content:
            return False
        least = _SAME_SUBJECT * len(sentence.content)
        shared = [(len(sentence.content & other.content), other) for other in self._statements]
        closest = sorted((pair for pair in shared if pair[0] >= least), key=lambda pair: -pair[0])[:3]
        return bool(closest) and all(_disagree(sentence, other) for _, other in closest)


def _neighbours(statements: Iterable[Sentence]) -> Mapping[str, frozenset[str]]:
    found: defaultdict[str, set[str]] = defaultdict(set)
    for sentence in statements:
        for index, one in enumerate(sentence.stems):
            if is_number(one):
                found[one].update(sentence.stems[max(index - 2 * _NEAR, 0) : index + 2 * _NEAR + 1])
    return {number: frozenset(near) for number, near in found.items()}


def _disagree(one: Sentence, other: Sentence) -> bool:
    return one.is_negated != other.is_negated or any(
        left in one.all_stems and left not in other.all_stems and right in other.all_stems for left, right in _BOTH_WAYS
    )


_BOTH_WAYS = tuple((stem(left), stem(right)) for pair in _OPPOSITES for left, right in (pair, pair[::-1]))


def _runs(words: Sequence[str], length: int) -> list[tuple[str, ...]]:
    return [tuple(words[i : i + length]) for i in range(len(words) - length + 1)]
