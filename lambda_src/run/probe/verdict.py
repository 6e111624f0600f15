"""Whether reinforcement fine-tuning can teach this model this task: reason and advice.

"If the model can't achieve a non-zero reward on your prompts, the training signal will be too weak":
https://aws.amazon.com/blogs/machine-learning/reinforcement-fine-tuning-on-amazon-bedrock-best-practices
A group of responses that all earn the same has no advantage to learn from (https://arxiv.org/abs/2503.14476, section
3.2), which is the other end: a model that is always right.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from .estimates import Interval

LEAST_POSITIVE: Final = 0.05
"""Share of the responses; below it, 19 of 20 rollouts cannot tell a better answer from a worse one."""
MOST_REWARD: Final = 0.95
MOST_FLAT: Final = 0.9
"""Share of the prompts."""
MOST_TRUNCATED: Final = 0.05
"""Share of the responses."""

_LEAST_RESPONSES: Final = 32
_LEAST_PROMPTS: Final = 8
_SLOW: Final = 0.2  # share of positive responses below which a run learns slowly at first
_HALF: Final = 0.5


class Capability(StrEnum):
    """How the task suits the model."""

    TOO_HARD = "too-hard"
    NO_SIGNAL = "no-signal"
    GOOD = "good"
    TOO_EASY = "too-easy"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found, why, and what to do."""

    name: Capability
    reason: str
    advice: str


@dataclass(frozen=True, slots=True)
class Findings:
    """What a verdict goes by.

    Attributes:
        prompts: With at least two graded responses.
        floor: What a response earns that does not answer its prompt.
        reward: Mean reward.
        positive: Share of responses that earn more than the floor.
        flat: Share of prompts whose responses all earn the same.
        truncated: Share of responses.
        failed: Responses that could not be sampled or graded.
    """

    prompts: int
    responses: int
    failed: int
    floor: float
    reward: Interval
    positive: Interval
    flat: Interval
    truncated: float
    max_tokens: int

    def verdict(self) -> Verdict:
        """The first of these that holds: unknown, too hard, too easy, no signal; else good."""
        if self.prompts < _LEAST_PROMPTS or self.responses < _LEAST_RESPONSES:
            return self._unknown(
                f"{self.responses} graded responses, two or more to {self.prompts} prompts; "
                f"expected {_LEAST_RESPONSES}, to {_LEAST_PROMPTS}"
            )
        if self.failed > self.responses:
            return self._unknown(
                f"{self.failed} responses could not be sampled or graded, more than the {self.responses}"
            )
        if self.positive.mean < LEAST_POSITIVE:
            return self._too_hard()
        if self.reward.mean > MOST_REWARD:
            return self._too_easy()
        if self.flat.mean > MOST_FLAT:
            return self._no_signal()
        return self._good()

    def _unknown(self, reason: str) -> Verdict:
        return Verdict(
            Capability.UNKNOWN, f"{reason}.", "Probe again, with more prompts or samples, or with more time."
        )

    def _too_hard(self) -> Verdict:
        reason = (
            f"{_share(self.positive)} of {self.responses} responses earn more than {self._blind()}; "
            f"expected {LEAST_POSITIVE:.0%} at least"
        )
        advice = (
            "The model shows hardly anything that could be reinforced. Teach it the task by supervised fine-tuning "
            "first, begin with easier records, or pay partial credit for steps it does achieve."
        )
        return self._settled(Capability.TOO_HARD, reason, advice, ("positive share", self.positive, LEAST_POSITIVE))

    def _too_easy(self) -> Verdict:
        reason = f"the mean reward is {_number(self.reward)}, above {MOST_REWARD:g}"
        advice = "The model can do this already. Take harder records or a stricter reward, or save the training."
        return self._settled(Capability.TOO_EASY, reason, advice, ("mean reward", self.reward, MOST_REWARD))

    def _no_signal(self) -> Verdict:
        reason = (
            f"the mean reward is {_number(self.reward)}, yet the responses to a prompt all earn the same for "
            f"{_share(self.flat)} of the prompts: groups without differences have nothing to teach"
        )
        advice = (
            "Pay partial credit, so that better responses to one prompt earn more than worse ones; take records "
            "between those that always and those that never succeed; raise trainingSamplePerPrompt."
        )
        return self._settled(Capability.NO_SIGNAL, reason, advice, ("share of flat prompts", self.flat, MOST_FLAT))

    def _good(self) -> Verdict:
        reason = (
            f"the mean reward is {_number(self.reward)}, {_share(self.positive)} of {self.responses} responses earn "
            f"more than {self._blind()}, and the responses to {1 - self.flat.mean:.0%} of the prompts differ in reward"
        )
        limits = (
            ("positive share", self.positive, LEAST_POSITIVE),
            ("mean reward", self.reward, MOST_REWARD),
            ("share of flat prompts", self.flat, MOST_FLAT),
        )
        return self._settled(Capability.GOOD, reason, " ".join(self._hints()), *limits)

    def _hints(self) -> Iterator[str]:
        yield "The model can do some of it, and there is something to learn: train."
        if self.positive.mean < _SLOW:
            yield "Few responses succeed, so expect a slow start; more trainingSamplePerPrompt helps."
        if self.flat.mean > _HALF:
            yield "More than half of the prompts teach nothing as they are; dropping those makes steps worth more."

    def _settled(self, name: Capability, reason: str, advice: str, *limits: tuple[str, Interval, float]) -> Verdict:
        """Reason and advice with what holds for every verdict."""
        open_ = [
            f"the {what} of other prompts may lie on the other side of {limit:g} "
            f"(95 % interval {found.low:.3f} to {found.high:.3f})"
            for what, found, limit in limits
            if found.holds(limit)
        ]
        borderline = f"; borderline: {'; '.join(open_)}" if open_ else ""
        more = " Probe more prompts to be sure." if open_ else ""
        return Verdict(name, f"{reason}{borderline}.", advice + more + self._length())

    def _length(self) -> str:
        if self.truncated <= MOST_TRUNCATED:
            return ""
        return (
            f" Raise inferenceMaxTokens: {self.truncated:.1%} of the responses do not end within {self.max_tokens:,} "
            "tokens, and what is cut off is graded as it stands."
        )

    def _blind(self) -> str:
        if not self.floor:
            return "nothing"
        return f"the {self.floor:.3g} that the answer to a similar record earns"


def _share(found: Interval) -> str:
    return f"{found.mean:.1%} ({found.low:.1%} to {found.high:.1%})"


def _number(found: Interval) -> str:
    return f"{found.mean:.3f} ({found.low:.3f} to {found.high:.3f})"
