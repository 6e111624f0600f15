"""The rules that right answers are paid in full and wrong ones clearly less."""

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Final

from ..candidates import Worth
from .result import Example, RuleResult, StrategyPay
from .rules import REFERENCE_EARNS_FULL_REWARD, VARIANT_EARNS_FULL_REWARD, WRONG_ANSWER_EARNS_LESS
from .trials import Graded

FULL_REWARD: Final = 1.0
TOLERANCE: Final = 1e-6  # for the arithmetic of weights

UNKNOWN: Final = "the records have no reference answer, so that no response is known to be right"

LEAST_AUC: Final = 0.95
LEAST_MARGIN: Final = 0.2

_BINS: Final = 20
_ORDER: Final = tuple(Worth)


@dataclass(frozen=True, slots=True)
class Record:
    """Everything that was graded for one record."""

    graded: tuple[Graded, ...]

    def of(self, *worths: Worth) -> list[Graded]:
        return [one for one in self.graded if one.candidate.worth in worths]

    @property
    def right(self) -> float:
        """What its right answer earns; where none is known, what one is to earn."""
        right = self.of(Worth.RIGHT)
        return right[0].reward if right else FULL_REWARD


def of_worth(records: Iterable[Record], *worths: Worth) -> list[Graded]:
    """What was graded of these worths, in all records."""
    return [one for record in records for one in record.of(*worths)]


def right_answers(records: Sequence[Record], full: float = FULL_REWARD) -> RuleResult:
    """Every reference answer, written as a good response, earns the full reward; else the best is punished."""
    priced = [(one, full) for one in of_worth(records, Worth.RIGHT)]
    return _paid_in_full(REFERENCE_EARNS_FULL_REWARD, "right answer", "the full reward", priced, records)


def variants(records: Sequence[Record], full: float = FULL_REWARD) -> RuleResult:
    """Other forms of a right answer keep what it earns; else the model learns the grader's taste and not the task."""
    priced = [(one, min(full, record.right)) for record in records for one in record.of(Worth.VARIANT)]
    return _paid_in_full(VARIANT_EARNS_FULL_REWARD, "variant", "what the right answer earns", priced, records)


def wrong_answers(records: Sequence[Record]) -> RuleResult:
    """Wrong answers earn less than the right one of their record, and clearly less all in all."""
    known = [record for record in records if record.of(Worth.RIGHT)]
    right, wrong = of_worth(known, Worth.RIGHT), of_worth(known, Worth.WRONG)
    if not right or not wrong:
        why = "there is no wrong answer to compare with" if right else UNKNOWN
        return RuleResult.not_tried(WRONG_ANSWER_EARNS_LESS, why)
    separation = auc([one.reward for one in right], [one.reward for one in wrong])
    means = fmean(one.reward for one in right), fmean(one.reward for one in wrong)
    margin = means[0] - means[1]
    equal = list(_paid_as_much(known))
    clear = separation >= LEAST_AUC and margin >= LEAST_MARGIN - TOLERANCE
    worst = sorted(wrong, key=lambda one: -one.reward)
    short = [] if clear else [one.example(f"{LEAST_MARGIN:g} less than right answers on average") for one in worst]
    reason = f"right answers earn {means[0]:.3g}, wrong ones {means[1]:.3g} on average; AUC {separation:.3f}"
    if not clear:
        reason += f"; expected {LEAST_MARGIN:g} less and an AUC of {LEAST_AUC:g}"
    if equal:
        reason += f"; {len(equal):,} wrong ones earn as much as the right one"
    return RuleResult.of(
        WRONG_ANSWER_EARNS_LESS,
        holds=clear and not equal,
        reason=reason,
        measured={"auc": separation, "margin": margin, "right": means[0], "wrong": means[1], "equal": len(equal)},
        examples=tuple(equal or short),
    )


def histogram(records: Iterable[Record]) -> dict[str, list[int]]:
    """How many rewards of each worth lie in each twentieth of [0, 1]; 1 is in the last."""
    bins: defaultdict[Worth, Counter[int]] = defaultdict(Counter)
    for one in of_worth(records, *Worth):
        bins[one.candidate.worth][min(int(one.reward * _BINS), _BINS - 1)] += 1
    return {str(worth): [bins[worth][n] for n in range(_BINS)] for worth in Worth if worth in bins}


def by_strategy(records: Iterable[Record]) -> tuple[StrategyPay, ...]:
    """What each strategy earns; the worthiest come first."""
    earned: defaultdict[tuple[str, Worth], list[float]] = defaultdict(list)
    for one in of_worth(records, *Worth):
        earned[one.candidate.strategy, one.candidate.worth].append(one.reward)
    return tuple(
        StrategyPay(strategy, str(worth), fmean(rewards), min(rewards), max(rewards), len(rewards))
        for (strategy, worth), rewards in sorted(earned.items(), key=lambda pair: _ORDER.index(pair[0][1]))
    )


def auc(right: Sequence[float], wrong: Sequence[float]) -> float:
    """How often a right answer earns more than a wrong one; a tie counts half.

    >>> auc([1.0, 1.0], [0.0, 1.0])
    0.75
    """
    ordered = sorted(wrong)
    below = sum(bisect_left(ordered, one) + bisect_right(ordered, one) for one in right) / 2
    return below / (len(right) * len(wrong))


def _paid_in_full(
    rule: str, kind: str, pay: str, priced: Sequence[tuple[Graded, float]], records: Sequence[Record]
) -> RuleResult:
    """Whether each response earns at least what stands beside it."""
    if not priced:
        is_known = bool(of_worth(records, Worth.RIGHT))
        return RuleResult.not_tried(rule, f"this family of rewards has no {kind} to try" if is_known else UNKNOWN)
    short = sorted(((one, least) for one, least in priced if one.reward < least - TOLERANCE), key=lambda p: p[0].reward)
    lowest = min(one.reward for one, _ in priced)
    counted = f"{len(priced) - len(short):,} of {len(priced):,} {kind}s earn {pay}"
    return RuleResult.of(
        rule,
        holds=not short,
        reason=f"{counted}; lowest {lowest:.3g}" if short else counted,
        measured={"tried": len(priced), "short": len(short), "lowest": lowest},
        examples=tuple(one.example(f"{least:.3g}, {pay}") for one, least in short),
    )


def _paid_as_much(records: Iterable[Record]) -> Iterator[Example]:
    found = [
        (one, record.right)
        for record in records
        for one in record.of(Worth.WRONG)
        if one.reward > record.right - TOLERANCE
    ]
    for one, right in sorted(found, key=lambda pair: -pair[0].reward):
        yield one.example(f"less than the {right:.4g} of the right answer")
