"""The rule that rewards differ: an algorithm that compares the responses to one prompt learns from nothing else.

A policy's responses are imagined as a mix of the honest and the wrong ones, half of each; exploits come later.
"""

from collections import defaultdict
from collections.abc import Sequence
from statistics import fmean
from typing import Final

from ..candidates import Worth
from .result import Example, RuleResult
from .rules import REWARD_HAS_SPREAD
from .worth import UNKNOWN, Record, of_worth

MOST_ALIKE: Final = 0.9
"""Share of a prompt's mix, or of all, from which on rewards count as all the same."""
MOST_FLAT: Final = 0.9
"""Share of prompts whose rewards may be all the same."""
NEAR: Final = 0.05
"""Distance from 0 or 1 within which a reward counts as lying at it."""

_HONEST: Final = (Worth.RIGHT, Worth.VARIANT, Worth.OPEN)
_DIGITS: Final = 6  # that tell rewards apart
_PASS_RATES: Final = (0.2, 0.5, 0.8)
_BINARY: Final = 2

Mix = dict[float, float]
"""Probability of each reward."""


def spread(records: Sequence[Record], samples: int) -> RuleResult:
    """Fails where nearly every prompt's mix earns one reward, or where nearly all rewards lie at one end.

    Args:
        samples: Responses to each prompt of a training step.
    """
    groups = [record for record in records if record.of(*_HONEST) and record.of(Worth.WRONG)]
    if not groups:
        why = "there is no wrong answer to mix with" if of_worth(records, *_HONEST) else UNKNOWN
        return RuleResult.not_tried(REWARD_HAS_SPREAD, why)
    honest = "right" if of_worth(groups, Worth.RIGHT) else "logged"
    mixes = [_mix(record, 0.5) for record in groups]
    flat = fmean(max(mix.values()) >= MOST_ALIKE for mix in mixes)
    top = fmean(sum(share for reward, share in mix.items() if reward >= 1 - NEAR) for mix in mixes)
    bottom = fmean(sum(share for reward, share in mix.items() if reward <= NEAR) for mix in mixes)
    values = len({reward for mix in mixes for reward in mix})
    constant = {rate: fmean(_constant(record, rate, samples) for record in groups) for rate in _PASS_RATES}
    holds = flat <= MOST_FLAT and max(top, bottom) < MOST_ALIKE
    rates, shares = (" / ".join(f"{one:.0%}" for one in some) for some in (constant, constant.values()))
    reason = (
        f"{values} different rewards; half {honest} and half wrong, {bottom:.0%} of responses earn about 0 and "
        f"{top:.0%} about 1; of groups of {samples}, {rates} {honest}, {shares} earn one reward and teach nothing"
    )
    if not holds:
        reason = f"{flat:.0%} of prompts pay (nearly) every response the same; {reason}"
    return RuleResult.of(
        REWARD_HAS_SPREAD,
        holds=holds,
        reason=reason,
        measured={
            "values": values,
            "flatPrompts": flat,
            "atZero": bottom,
            "atOne": top,
            **{f"constantGroupsAt{rate:g}": share for rate, share in constant.items()},
        },
        examples=() if holds else _alike(groups, top >= bottom),
        warnings=_warnings(values, holds),
    )


def _mix(record: Record, pass_rate: float) -> Mix:
    """Rewards of a prompt's responses if this share of them is honest."""
    mix: defaultdict[float, float] = defaultdict(float)
    for share, graded in ((pass_rate, record.of(*_HONEST)), (1 - pass_rate, record.of(Worth.WRONG))):
        for one in graded:
            mix[round(one.reward, _DIGITS)] += share / len(graded)
    return dict(mix)


def _constant(record: Record, pass_rate: float, samples: int) -> float:
    """Probability that a whole group earns one reward, so that its gradient is zero."""
    return float(sum(share**samples for share in _mix(record, pass_rate).values()))


def _alike(groups: Sequence[Record], is_top: bool) -> tuple[Example, ...]:
    graded = of_worth(groups, *((Worth.WRONG,) if is_top else _HONEST))
    worst = sorted(graded, key=lambda one: -one.reward if is_top else one.reward)
    expected = "less than a right answer's" if is_top else "more than a wrong answer's"
    return tuple(one.example(expected) for one in worst[:5])


def _warnings(values: int, holds: bool) -> tuple[str, ...]:
    if holds and values == _BINARY:
        return ("only two rewards: prompts that are always or never solved teach nothing; partial credit helps there",)
    return ()
