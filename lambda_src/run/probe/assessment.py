"""From rollouts to what they say."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Final

from ..dataset.distribution import Distribution
from .conversation import prompt_bytes
from .drop import Flat
from .estimates import interval, mean_pass_at
from .groups import Group, grouped
from .result import Probe, PromptResult
from .rollout import Rollout
from .settings import Settings
from .verdict import Findings

_BINS: Final = 20
_COMPARED: Final = 2  # responses that a group needs to have differences


@dataclass(frozen=True, slots=True)
class Sampled:
    """What came of the sampling.

    Attributes:
        rollouts: In any order; graded, or with the reason why not.
        unanswered: Responses that the model did not give.
        ungraded: Sampled and paid for, too late to be graded.
        floor: What a response earns that does not answer its prompt.
        total: Records of the file that the prompts come from.
        notes: How it went.
    """

    rollouts: Sequence[Rollout]
    unanswered: int = 0
    ungraded: Sequence[Rollout] = ()
    floor: float = 0.0
    total: int = 0
    notes: tuple[str, ...] = ()


def assess(sampled: Sampled, settings: Settings) -> Probe:
    """Statistics and verdict; the same for the same rollouts in any order."""
    groups = grouped(sampled.rollouts)
    compared = [group for group in groups if len(group.rewards) >= _COMPARED]
    whole = [group for group in groups if len(group.rewards) == settings.samples >= _COMPARED]
    replies = [rollout.reply for group in groups for rollout in group.rollouts]
    rewards = [reward for group in groups for reward in group.rewards]
    passes = [(len(group.rewards), group.passed) for group in groups]
    above = [group.above(sampled.floor) for group in groups]
    findings = Findings(
        prompts=len(compared),
        responses=len(rewards),
        failed=sampled.unanswered + len(sampled.rollouts) - len(rewards),
        floor=sampled.floor,
        reward=interval([group.mean for group in groups], seed=settings.seed),
        positive=interval([fmean(each) for each in above], seed=settings.seed),
        flat=interval([float(group.is_flat) for group in compared], seed=settings.seed),
        truncated=_share(reply.is_truncated(settings.max_tokens) for reply in replies),
        max_tokens=settings.max_tokens,
    )
    flat = Flat(whole, settings.samples, sampled.floor, sampled.total)
    return Probe(
        model=settings.model,
        prompts=len({rollout.prompt.line for rollout in sampled.rollouts}),
        samples=settings.samples,
        temperature=settings.temperature,
        max_tokens=settings.max_tokens,
        responses=len(rewards),
        reward=findings.reward,
        pass_at_1=mean_pass_at(1, passes),
        pass_at_n=mean_pass_at(settings.samples, passes),
        floor=sampled.floor,
        positive_share=_share(each for of_group in above for each in of_group),
        zero_share=_share(group.zeros == len(group.rewards) for group in groups),
        one_share=_share(group.passed == len(group.rewards) for group in groups),
        flat_share=findings.flat.mean,
        spread=fmean([group.spread for group in compared]) if compared else 0.0,
        response_tokens=Distribution(Counter(reply.output_tokens for reply in replies)),
        truncated_share=findings.truncated,
        bytes_per_token=_bytes_per_token(groups),
        usage=_usage([*sampled.rollouts, *sampled.ungraded]),
        reward_histogram=_histogram(rewards),
        verdict=findings.verdict(),
        drop=flat.drops(),
        per_prompt=tuple(_result(group, settings.max_tokens) for group in groups),
        failed=findings.failed,
        notes=(*sampled.notes, *flat.notes()),
    )


def _result(group: Group, max_tokens: int) -> PromptResult:
    replies = [rollout.reply for rollout in group.rollouts]
    return PromptResult(
        id=group.prompt.id,
        line=group.prompt.line,
        mean=group.mean,
        least=min(group.rewards),
        most=max(group.rewards),
        spread=group.spread if len(group.rewards) >= _COMPARED else 0.0,
        tokens=fmean([reply.output_tokens for reply in replies]),
        truncated=sum(reply.is_truncated(max_tokens) for reply in replies),
    )


def _bytes_per_token(groups: Sequence[Group]) -> float | None:
    """Each prompt once: all its responses count the same input."""
    counted = [(group, group.rollouts[0].reply.input_tokens) for group in groups]
    tokens = sum(number for _, number in counted if number)
    size = sum(prompt_bytes(group.prompt.record) for group, number in counted if number)
    return size / tokens if tokens else None


def _usage(rollouts: Sequence[Rollout]) -> dict[str, int]:
    return {
        "inputTokens": sum(rollout.reply.input_tokens or 0 for rollout in rollouts),
        "outputTokens": sum(rollout.reply.output_tokens for rollout in rollouts),
    }


def _histogram(rewards: Iterable[float]) -> tuple[int, ...]:
    counts = Counter(min(int(reward * _BINS), _BINS - 1) for reward in rewards)
    return tuple(counts[n] for n in range(_BINS))


def _share(flags: Iterable[bool]) -> float:
    known = list(flags)
    return sum(known) / len(known) if known else 0.0
