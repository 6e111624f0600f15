"""What the rollouts of one step tell: rewards, groups, lengths, the grader's health."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import combinations
from statistics import fmean, pstdev
from typing import Final

from ...reward.rollout_row import Row, likeness
from ..steps import HISTOGRAM_BINS, Step

_ALIKE: Final = 1e-9  # of reward; what floats of one value may differ by
_BYTES_PER_TOKEN: Final = 4
_AT_THE_LIMIT: Final = 0.9
_BROKEN_OFF: Final = 0.25
"""Shares of the limit of tokens from which on a response counts as cut off: any, and one that breaks off."""


def summarise(
    step: int, training: Sequence[Row], validation: Sequence[Row] = (), *, max_tokens: int | None = None
) -> Step:
    """The rollouts of a step as a point of the live curves.

    Args:
        validation: Responses to validation prompts that came while the step went on.
        max_tokens: ``inferenceMaxTokens``; None where the project leaves it to the service.
    """
    rewards = [row.reward for row in training]
    graded = [row for row in training if row.error is None]
    groups = _groups(graded)
    spreads = [pstdev(row.reward for row in group) for group in groups]
    return Step(
        step,
        time=max((row.time for row in (*training, *validation)), default=None),
        training_reward=_mean(rewards),
        validation_reward=_mean(row.reward for row in validation),
        rollouts=len(training),
        reward_histogram=histogram(rewards),
        reward_deviation=pstdev(rewards) if rewards else None,
        reward_spread=_mean(spreads),
        degenerate_share=_mean(spread < _ALIKE for spread in spreads),
        response_length=_mean(row.characters for row in graded),
        unparsed_share=_mean(not row.parsed for row in graded),
        truncated_share=None if max_tokens is None else _mean(is_cut_off(row, max_tokens) for row in graded),
        answer_diversity=_mean(_diversity(group) for group in groups),
        grader_error_share=_mean(row.error is not None for row in training),
        grader_milliseconds=max((row.milliseconds for row in training), default=None),
    )


def histogram(rewards: Iterable[float]) -> tuple[int, ...]:
    """How many rewards lie in each tenth of [0, 1].

    >>> histogram([0.0, 0.05, 0.95, 1.0])
    (2, 0, 0, 0, 0, 0, 0, 0, 0, 2)
    """
    counts = [0] * HISTOGRAM_BINS
    for reward in rewards:
        counts[min(max(int(reward * HISTOGRAM_BINS), 0), HISTOGRAM_BINS - 1)] += 1
    return tuple(counts)


def is_cut_off(row: Row, max_tokens: int) -> bool:
    """Whether a response seems to have ended at the limit of tokens; nobody says how many it had."""
    tokens = row.characters / _BYTES_PER_TOKEN
    return tokens >= (_BROKEN_OFF if row.unfinished else _AT_THE_LIMIT) * max_tokens


def _groups(rows: Iterable[Row]) -> list[list[Row]]:
    """Responses to one prompt, where there are at least two."""
    groups: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        groups[row.prompt_id].append(row)
    return [group for group in groups.values() if len(group) > 1]


def _diversity(group: Sequence[Row]) -> float:
    return 1.0 - fmean(likeness(one.sketch, other.sketch) for one, other in combinations(group, 2))


def _mean(values: Iterable[float]) -> float | None:
    known = list(values)
    return fmean(known) if known else None
