"""How alike two texts are on their surface, from 0 to 1.

Words are runs of letters and digits in lower case, as in ``rouge-score`` (whose letters are those of English). Each
measure reads the first part of a long text only, and counts the rest as unlike, so that a text costs linear time.

ratio       2 * LCS / (characters of both), LCS the longest common subsequence; ``rapidfuzz.fuzz.ratio``
token_sort  the same of the sorted words; ``rapidfuzz.fuzz.token_sort_ratio``
rouge_n     F1 of the runs of n words; Lin 2004, https://aclanthology.org/W04-1013/
rouge_l     F1 of the longest common subsequence of words; Lin 2004
bleu        geometric mean of the precisions of runs of 1 to 4 words, 1 added above and below the line from 2 words on
            (Lin and Och 2004, https://aclanthology.org/C04-1072/), times the penalty for brevity of Papineni et al.
            2002, https://aclanthology.org/P02-1040/
gleu        runs of 1 to 4 words that both have, over those of the one that has more; Wu et al. 2016,
            https://arxiv.org/abs/1609.08144
cosine      of the counts of words
"""

import math
import re
from collections import Counter
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Final, Literal, get_args

Method = Literal[
    "ratio",
    "token_sort",
    "rouge_1",
    "rouge_2",
    "rouge_3",
    "rouge_4",
    "rouge_5",
    "rouge_l",
    "bleu",
    "gleu",
    "cosine",
]

_WORD: Final = re.compile(r"[^\W_]+")
_MOST_CHARACTERS: Final = 6_000
_MOST_WORDS: Final = 4_000
_LONGEST_RUN: Final = 4
_SAMPLE: Final = 50_000  # characters in which words are looked for


def similarity(text: str, reference: str, method: Method) -> float:
    """How alike the texts are by a measure; 1.0 for equal ones by any.

    >>> similarity("the cat sat", "the cat slept", "rouge_1")
    0.6666666666666666
    """
    return 1.0 if text == reference else min(_METHODS[method](text, reference), 1.0)


def words(text: str) -> list[str]:
    return _WORD.findall(text[:_SAMPLE].lower())


def subsequence(one: Sequence[Hashable], other: Sequence[Hashable]) -> int:
    """Length of the longest common subsequence, 64 or more places at a time.

    Bit-parallel after Hyyrö 2004, https://www.researchgate.net/publication/262175187

    >>> subsequence("banana", "bandana")
    6
    """
    if len(other) < len(one):
        one, other = other, one
    places: dict[Hashable, int] = {}
    for i, item in enumerate(one):
        places[item] = places.get(item, 0) | 1 << i
    everything = (1 << len(one)) - 1
    unmatched = everything
    for item in other:
        found = unmatched & places.get(item, 0)
        if found:
            unmatched = (unmatched + found | unmatched - found) & everything
    return len(one) - unmatched.bit_count()


def _ratio(text: str, reference: str) -> float:
    total = len(text) + len(reference)
    common = subsequence(text[:_MOST_CHARACTERS], reference[:_MOST_CHARACTERS])
    return 2 * common / total if total else 1.0


def _token_sort(text: str, reference: str) -> float:
    return _ratio(*(" ".join(sorted(words(one))) for one in (text, reference)))


def _rouge_n(size: int) -> Callable[[str, str], float]:
    def measure(text: str, reference: str) -> float:
        given, expected = words(text), words(reference)
        run = min(size, len(expected))  # a shorter reference has no longer runs
        return _f1(_common(given, expected, run), _runs_in(given, run), _runs_in(expected, run), given == expected)

    return measure


def _rouge_l(text: str, reference: str) -> float:
    given, expected = words(text), words(reference)
    common = subsequence(given[:_MOST_WORDS], expected[:_MOST_WORDS])
    return _f1(common, len(given), len(expected), given == expected)


def _bleu(text: str, reference: str) -> float:
    given, expected = words(text), words(reference)
    longest = min(_LONGEST_RUN, len(expected))
    if not given or not expected:
        return float(given == expected)
    logarithms = 0.0
    for run in range(1, longest + 1):
        smooth = int(run > 1)
        common = _common(given, expected, run) + smooth
        if not common:
            return 0.0
        logarithms += math.log(common / (max(_runs_in(given, run), 1) + smooth))
    brevity = min(1 - len(expected) / len(given), 0.0)
    return math.exp(brevity + logarithms / longest)


def _gleu(text: str, reference: str) -> float:
    given, expected = words(text), words(reference)
    runs = range(1, _LONGEST_RUN + 1)
    common = sum(_common(given, expected, run) for run in runs)
    most = max(sum(_runs_in(one, run) for run in runs) for one in (given, expected))
    return common / most if most else 1.0


def _cosine(text: str, reference: str) -> float:
    given, expected = Counter(words(text)), Counter(words(reference))
    if not given or not expected:
        return float(given == expected)
    product = sum(count * expected[word] for word, count in given.items())
    return product / math.sqrt(_squares(given) * _squares(expected))


def _common(given: Sequence[str], expected: Sequence[str], run: int) -> int:
    """How many runs of words both have."""
    counts = [Counter(_runs(one[:_MOST_WORDS], run)) for one in (given, expected)]
    return (counts[0] & counts[1]).total()


def _runs(of: Sequence[str], size: int) -> Sequence[tuple[str, ...]]:
    return list(zip(*(of[i:] for i in range(size)), strict=False))


def _runs_in(of: Sequence[str], size: int) -> int:
    return max(len(of) - size + 1, 0)


def _f1(common: int, given: int, expected: int, are_equal: bool) -> float:
    return 2 * common / (given + expected) if common else float(are_equal)


def _squares(counts: Mapping[str, int]) -> int:
    return sum(count * count for count in counts.values())


_METHODS: Final[Mapping[str, Callable[[str, str], float]]] = {
    "ratio": _ratio,
    "token_sort": _token_sort,
    **{f"rouge_{n}": _rouge_n(n) for n in range(1, 6)},
    "rouge_l": _rouge_l,
    "bleu": _bleu,
    "gleu": _gleu,
    "cosine": _cosine,
}
METHODS: Final[tuple[str, ...]] = get_args(Method)
