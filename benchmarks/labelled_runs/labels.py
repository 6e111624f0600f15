"""What is wrong with a run, by what is known of it and the product is not told; no detector has a part in this.

A sign is clear, or it is possible only: then an alarm is neither right nor wrong. Values are means of the last five
steps, compared with those of the first three.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean, median, pstdev
from typing import Final

from benchmarks.labelled_runs.truth import Truth

_WINDOW, _FIRST = 5, 3


@dataclass(frozen=True, slots=True)
class Sign:
    """A fault that shows.

    Attributes:
        onset: First step at which it does.
        is_clear: Whether it is beyond doubt.
    """

    onset: int
    is_clear: bool


@dataclass(frozen=True, slots=True)
class Moment:
    """The last five steps of a run, and how they differ from its start."""

    step: int
    now: Sequence[Truth]
    start: Sequence[Truth]

    def mean(self, name: str) -> float:
        return _mean(self.now, name)

    def gain(self, name: str) -> float:
        return _mean(self.now, name) - _mean(self.start, name)

    def ratio(self, name: str) -> float:
        return _mean(self.now, name) / max(_mean(self.start, name), 1e-9)


def moments(run: Sequence[Truth]) -> list[Moment]:
    """One for every step from the fifth on."""
    return [Moment(run[end - 1].step, run[end - _WINDOW : end], run[:_FIRST]) for end in range(_WINDOW, len(run) + 1)]


def signs(run: Sequence[Truth]) -> dict[str, Sign]:
    """Every fault that shows, by the name of the detector that is to find it."""
    found = {name: rule(run) for name, rule in RULES.items()}
    return {name: sign for name, sign in found.items() if sign is not None}


_Holds = Callable[[Moment], bool]


def _sign(run: Sequence[Truth], clear: _Holds, possible: _Holds) -> Sign | None:
    """A fault of moments: clear where three in a row are."""
    at = moments(run)
    lasting = [n for n in range(len(at) - 2) if all(clear(each) for each in at[n : n + 3])]
    if lasting:
        return Sign(at[lasting[0]].step, True)
    doubtful = [each.step for each in at if possible(each) or clear(each)]
    return Sign(doubtful[0], False) if doubtful else None


def _whole(run: Sequence[Truth], clear: _Holds, possible: _Holds) -> Sign | None:
    """A fault that is there from the start to the end."""
    at = moments(run)
    if all(clear(each) for each in at):
        return Sign(run[0].step, True)
    return Sign(run[0].step, False) if all(possible(each) for each in at) else None


def _entropy_collapse(run: Sequence[Truth]) -> Sign | None:
    """The entropy is gone, and responses to one prompt have become the same."""
    return _sign(
        run,
        lambda at: at.ratio("entropy") <= 0.4 and at.ratio("distinct") <= 0.65,
        lambda at: at.ratio("entropy") <= 0.5 or at.ratio("distinct") <= 0.4,
    )


def _entropy_flat(run: Sequence[Truth]) -> Sign | None:
    return _whole(
        run,
        lambda at: abs(at.ratio("entropy") - 1.0) <= 0.1 and at.gain("right") <= 0.1,
        lambda at: abs(at.ratio("entropy") - 1.0) <= 0.25 and at.gain("right") <= 0.15,
    )


def _length_spike(run: Sequence[Truth]) -> Sign | None:
    return _sign(run, lambda at: at.ratio("tokens") >= 2.0, lambda at: at.ratio("tokens") >= 1.7)


def _verbosity(run: Sequence[Truth]) -> Sign | None:
    """Longer responses are paid better and are no better."""
    return _sign(
        run,
        lambda at: at.ratio("tokens") >= 1.4 and at.gain("reward") >= 0.05 and at.gain("right") <= 0.02,
        lambda at: at.ratio("tokens") >= 1.25 and at.gain("reward") >= 0.0 and at.gain("right") <= 0.15,
    )


def _reward_plateau(run: Sequence[Truth]) -> Sign | None:
    has_room = fmean(each.reward for each in run[:_FIRST]) <= 0.85
    return _whole(
        run,
        lambda at: has_room and abs(at.gain("reward")) <= 0.07 and at.gain("right") <= 0.1,
        lambda at: at.gain("reward") <= 0.15,
    )


def _reward_instability(run: Sequence[Truth]) -> Sign | None:
    """The reward fell for good, or jumps about where the share of right responses does not."""
    at = moments(run)
    best, fallen, slipped = at[0].mean("reward"), [], []
    for each in at:
        best = max(best, each.mean("reward"))
        fallen += [each.step] if best - each.mean("reward") >= 0.2 else []
        slipped += [each.step] if best - each.mean("reward") >= 0.08 else []
    jumps, explained = _jitter(run, "reward"), _jitter(run, "right")
    if jumps >= max(0.06, 2.0 * explained):
        return Sign(run[0].step, True)
    if fallen:
        return Sign(fallen[0], True)
    if slipped:
        return Sign(slipped[0], False)
    return Sign(run[0].step, False) if jumps >= 1.3 * explained + 0.01 else None


def _gradient_spike(run: Sequence[Truth]) -> Sign | None:
    """One norm is a multiple of the ten before it, and not only of those of a run that has nothing left to learn."""
    first = median(each.gradient_norm for each in run[:_WINDOW])
    multiples = []
    for n in range(_WINDOW, len(run)):
        usual = max(median(each.gradient_norm for each in run[max(n - 10, 0) : n]), 0.2 * first, 1e-9)
        multiples.append((run[n].step, run[n].gradient_norm / usual))
    clear = [step for step, multiple in multiples if multiple >= 5.0]
    possible = [step for step, multiple in multiples if multiple >= 3.0]
    return Sign(clear[0], True) if clear else Sign(possible[0], False) if possible else None


def _gradient_drift(run: Sequence[Truth]) -> Sign | None:
    first = max(fmean(each.gradient_norm for each in run[:_WINDOW]), 1e-9)
    return _sign(
        run[_WINDOW:],
        lambda at: at.mean("gradient_norm") >= 3.0 * first,
        lambda at: at.mean("gradient_norm") >= 2.0 * first,
    )


def _overfitting(run: Sequence[Truth]) -> Sign | None:
    """More of the training responses are right, and fewer of the validation responses than would follow from it."""
    known = [each for each in run if each.validation_right is not None]
    if len(known) < _FIRST:
        return None
    start = _mean(run[:_FIRST], "right") - (known[0].validation_right or 0.0)
    gaps = [
        (at.step, at.gain("right"), at.mean("right") - _mean(known_by[-2:], "validation_right") - start)
        for at in moments(run)
        if len(known_by := [each for each in known if each.step <= at.step]) >= _FIRST
    ]
    clear = [step for step, gain, gap in gaps if gap >= 0.25 and gain >= 0.1]
    possible = [step for step, _, gap in gaps if gap >= 0.12]
    return Sign(clear[0], True) if clear else Sign(possible[0], False) if possible else None


def _degenerate_groups(run: Sequence[Truth]) -> Sign | None:
    """Responses to one prompt all earn the same, and not because they are right."""
    return _sign(
        run,
        lambda at: at.mean("equal") >= 0.9 and at.mean("right") <= 0.85,
        lambda at: at.mean("equal") >= 0.75,
    )


def _truncation(run: Sequence[Truth]) -> Sign | None:
    return _sign(run, lambda at: at.mean("cut") >= 0.25, lambda at: at.mean("cut") >= 0.08)


def _grader_faults(run: Sequence[Truth]) -> Sign | None:
    return _sign(run, lambda at: at.mean("failed") >= 0.03, lambda at: at.mean("failed") > 0.0)


def _grader_latency(run: Sequence[Truth]) -> Sign | None:
    slow = [each.step for each in run if each.seconds >= 240.0]
    slower = [each.step for each in run if each.seconds >= 180.0]
    return Sign(slow[0], True) if slow else Sign(slower[0], False) if slower else None


def _shadow_divergence(run: Sequence[Truth]) -> Sign | None:
    """The reward rises, and the share of right responses does not."""
    return _sign(
        run,
        lambda at: (
            at.gain("reward") >= 0.08 and at.gain("reward") - at.gain("right") >= 0.15 and at.gain("right") <= 0.1
        ),
        lambda at: at.gain("reward") >= 0.04 and at.gain("reward") - at.gain("right") >= 0.07,
    )


RULES: Final[Mapping[str, Callable[[Sequence[Truth]], Sign | None]]] = {
    "entropy-collapse": _entropy_collapse,
    "entropy-flat": _entropy_flat,
    "length-spike": _length_spike,
    "verbosity": _verbosity,
    "reward-plateau": _reward_plateau,
    "reward-instability": _reward_instability,
    "gradient-spike": _gradient_spike,
    "gradient-drift": _gradient_drift,
    "overfitting": _overfitting,
    "degenerate-groups": _degenerate_groups,
    "truncation": _truncation,
    "grader-faults": _grader_faults,
    "grader-latency": _grader_latency,
    "shadow-divergence": _shadow_divergence,
}


def _mean(steps: Sequence[Truth], name: str) -> float:
    return fmean(getattr(step, name) for step in steps)


def _jitter(run: Sequence[Truth], name: str) -> float:
    """Deviation of the changes from step to step, made comparable with that of one step."""
    values = [getattr(each, name) for each in run]
    return float(pstdev([after - before for before, after in pairwise(values)]) / 2**0.5)
