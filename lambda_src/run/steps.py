"""One training step as the curves show it."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

HISTOGRAM_BINS = 10
"""Of the rewards of a step, over [0, 1]."""


@dataclass(frozen=True, slots=True)
class Step:
    """What is known of one step; None where nobody says.

    The job's files tell of the policy, once it has ended; the rollouts that the grader keeps tell of everything below
    ``rollouts`` while the job trains, and of the rewards. Rollouts carry no step number: they are counted off, so that
    a step of theirs is as many as a training step takes.

    Attributes:
        step: Counted from 1; 0 is the untrained model.
        training_reward: Mean reward of the step's rollouts.
        training_episode_length: Mean tokens of a response.
        policy_entropy: Nats; per token for models that write, per response for local.strategist.
        gradient_norm: L2 norm before clipping.
        validation_reward: Mean reward on the validation set.
        validation_episode_length: Mean tokens of a response there.
        time: When the last of the step's rollouts was graded, in ISO 8601, UTC.
        rollouts: Training responses that were graded, those that could not be included.
        reward_histogram: How many of them earned what, in 10 bins over [0, 1]; the last one includes 1.
        reward_deviation: Standard deviation of their rewards.
        reward_spread: Mean over the prompts of the standard deviation of one prompt's rewards.
        degenerate_share: Share of the prompts whose responses all earned the same.
        response_length: Mean characters of a response.
        unparsed_share: Share of the responses in which no answer was found.
        truncated_share: Share that seems to have been cut off at ``inferenceMaxTokens``.
        answer_diversity: One minus the mean likeness of two responses to one prompt, in [0, 1].
        grader_error_share: Share that could not be graded.
        grader_milliseconds: What the slowest batch took.
        shadow_reward: Mean reward by the shadow rubric of a sample.
        shadowed_reward: Mean reward by the project's rubric of the same sample.
        shadowed: Responses in that sample.
    """

    step: int
    epoch: float | None = None
    training_reward: float | None = None
    training_episode_length: float | None = None
    policy_entropy: float | None = None
    gradient_norm: float | None = None
    validation_reward: float | None = None
    validation_episode_length: float | None = None
    time: str | None = None
    rollouts: int | None = None
    reward_histogram: tuple[int, ...] | None = None
    reward_deviation: float | None = None
    reward_spread: float | None = None
    degenerate_share: float | None = None
    response_length: float | None = None
    unparsed_share: float | None = None
    truncated_share: float | None = None
    answer_diversity: float | None = None
    grader_error_share: float | None = None
    grader_milliseconds: float | None = None
    shadow_reward: float | None = None
    shadowed_reward: float | None = None
    shadowed: int | None = None

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> "Step":
        """A step of a record or of a live run; keys that it lacks are None, others are left out."""
        values: dict[str, Any] = {field.name: row.get(json_name(field.name)) for field in fields(cls)}
        if values["reward_histogram"] is not None:
            values["reward_histogram"] = tuple(values["reward_histogram"])
        return cls(**values)

    def to_json(self) -> dict[str, Any]:
        """The step in the run record.

        >>> Step.from_json(Step(3, epoch=1.0, reward_histogram=(1, 7)).to_json())
        ... # doctest: +ELLIPSIS
        Step(step=3, epoch=1, ... reward_histogram=(1, 7), ...)
        """
        values = {json_name(field.name): getattr(self, field.name) for field in fields(self)}
        histogram = values["rewardHistogram"]
        return values | {
            "epoch": _whole(self.epoch),
            "rewardHistogram": None if histogram is None else list(histogram),
        }


def merge(steps: Mapping[int, Step], others: Mapping[int, Step]) -> list[Step]:
    """Two accounts of one run, in order; where both know a value, that of ``steps`` counts."""
    return [_merged(steps.get(number), others.get(number)) for number in sorted({*steps, *others})]


def _merged(step: Step | None, other: Step | None) -> Step:
    if step is None or other is None:
        known = step or other
        assert known is not None  # noqa: S101 - for the type checker: one of them has the number
        return known
    values = {field.name: (getattr(step, field.name), getattr(other, field.name)) for field in fields(Step)}
    return Step(**{name: mine if mine is not None else theirs for name, (mine, theirs) in values.items()})


def json_name(name: str) -> str:
    """The key of a field in JSON.

    >>> json_name("policy_entropy")
    'policyEntropy'
    """
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def _whole(number: float | None) -> float | None:
    return int(number) if number is not None and float(number).is_integer() else number
