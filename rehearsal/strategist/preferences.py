"""The parameters of the policy: how likely each strategy is, for each kind of record."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from lambda_src.run.candidates import Worth
from rehearsal.optimiser import Array
from rehearsal.strategist.repertoire import Choices, Strategy

_MASS = {
    (Worth.RIGHT, False): 0.24,
    (Worth.VARIANT, False): 0.12,
    (Worth.OPEN, False): 0.1,
    (Worth.WRONG, False): 0.342,
    (Worth.EXPLOIT, True): 0.018,
    (Worth.EXPLOIT, False): 0.18,
}
"""Share of the base model's responses, by worth and by whether they dress up a right answer.

A model that has met the task before: it is right about four times in ten, mostly in the expected form, and wrong in
plain ways about as often. Tricks are rare, each of them rarer than an honest answer, but none is unthinkable.
"""


class Preferences:
    """Softmax over strategies; its logits are the base model's, plus what was learned for all and for each kind.

    Attributes:
        weights: What is trained, both 0 at the start: ``shared`` (strategies) and ``kinds`` (kinds, strategies).
    """

    def __init__(self, strategies: Sequence[Strategy], kinds: Sequence[str]) -> None:
        self.strategies, self.kinds = tuple(strategies), tuple(kinds)
        self.base = base_logits(strategies)
        self.weights = {"shared": np.zeros(len(strategies)), "kinds": np.zeros((len(kinds), len(strategies)))}

    def probabilities(self, choices: Choices) -> Array:
        """Of every strategy for every record, (records, strategies); 0 for those that have no response to it."""
        logits = self.base + self.weights["shared"] + self.weights["kinds"][choices.kinds]
        logits = np.where(choices.available, logits, -np.inf)
        raw = np.exp(logits - logits.max(1, keepdims=True))
        probabilities: Array = raw / raw.sum(1, keepdims=True)
        return probabilities

    def gradients(self, kinds: Array, probabilities: Array, actions: Array, advantages: Array) -> dict[str, Array]:
        """Of the loss ``-mean(advantage * log p(strategy))``, for every weight.

        Args:
            kinds: Number of each record's kind.
            actions: Numbers of the strategies that were used, (records, responses); so are the advantages.
        """
        slopes = np.zeros_like(probabilities)
        rows = np.broadcast_to(np.arange(len(actions))[:, None], actions.shape)
        np.add.at(slopes, (rows, actions), advantages)
        slopes = (advantages.sum(1, keepdims=True) * probabilities - slopes) / actions.size
        by_kind = np.zeros_like(self.weights["kinds"])
        np.add.at(by_kind, kinds, slopes)
        return {"shared": slopes.sum(0), "kinds": by_kind}

    def save(self, path: Path) -> None:
        """Write names, base and weights to an ``.npz`` file."""
        names = np.array([strategy.name for strategy in self.strategies])
        arrays: dict[str, Any] = self.weights
        np.savez_compressed(path, strategies=names, kind_names=np.array(self.kinds), base=self.base, **arrays)


def entropy(probabilities: Array) -> float:
    """Mean entropy of the distributions, one for each record, in nats."""
    logarithms = np.log(np.where(probabilities > 0, probabilities, 1.0))
    return -float((probabilities * logarithms).sum(1).mean())


def base_logits(strategies: Sequence[Strategy]) -> Array:
    """Logarithms of the base model's shares: strategies of equal worth share equally."""
    classes = [(strategy.worth, strategy.dresses_right) for strategy in strategies]
    return np.log([_MASS[each] / classes.count(each) for each in classes])
