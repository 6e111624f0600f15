"""One training step as the curves show it."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Step:
    """What is known of one step; None where the artifacts do not say.

    Attributes:
        step: Counted from 1; 0 is the untrained model.
        training_reward: Mean reward of the step's rollouts.
        training_episode_length: Mean tokens of a response.
        policy_entropy: Nats; per token for models that write, per response for local.strategist.
        gradient_norm: L2 norm before clipping.
        validation_reward: Mean reward on the validation set.
        validation_episode_length: Mean tokens of a response there.
    """

    step: int
    epoch: float | None = None
    training_reward: float | None = None
    training_episode_length: float | None = None
    policy_entropy: float | None = None
    gradient_norm: float | None = None
    validation_reward: float | None = None
    validation_episode_length: float | None = None

    def to_json(self) -> dict[str, Any]:
        """The step in the run record."""
        return {
            "step": self.step,
            "epoch": _whole(self.epoch),
            "trainingReward": self.training_reward,
            "trainingEpisodeLength": self.training_episode_length,
            "policyEntropy": self.policy_entropy,
            "gradientNorm": self.gradient_norm,
            "validationReward": self.validation_reward,
            "validationEpisodeLength": self.validation_episode_length,
        }


def _whole(number: float | None) -> float | None:
    return int(number) if number is not None and float(number).is_integer() else number
