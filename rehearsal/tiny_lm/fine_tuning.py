"""What of a model is trained: low-rank adapters beside frozen weights (``lora``), or the weights themselves."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, Protocol

import numpy as np

from rehearsal.tiny_lm.model import Weights


class FineTuning(Protocol):
    """The part of a model that an optimiser changes.

    Attributes:
        weights: What is trained.
        artifacts: What a training leaves beside weights and steps.
    """

    weights: Weights

    @property
    def artifacts(self) -> Mapping[str, str]: ...

    def merged(self) -> Weights:
        """Weights of the whole model."""
        ...

    def project(self, gradients: Weights) -> Weights:
        """Gradients of what is trained, given those of the merged weights."""
        ...

    def save(self, path: Path) -> None:
        """Write what is trained to an ``.npz`` file."""
        ...


class Method(Protocol):
    """A way of fine-tuning."""

    def __call__(self, base: Weights, *, rng: np.random.Generator) -> FineTuning:
        """Make ready to train ``base``, which itself is never changed; ``rng`` draws what starts at random."""
        ...


class Full:
    """Every weight of the model: embeddings, norms, matrices."""

    artifacts: Final[Mapping[str, str]] = MappingProxyType({})

    def __init__(self, base: Weights, *, rng: np.random.Generator) -> None:
        self.weights: Weights = {name: weight.copy() for name, weight in base.items()}

    def merged(self) -> Weights:
        return self.weights

    def project(self, gradients: Weights) -> Weights:
        return gradients

    def save(self, path: Path) -> None:
        arrays: dict[str, Any] = self.weights
        np.savez_compressed(path, **arrays)
