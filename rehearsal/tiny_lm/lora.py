"""Low-rank adaptation (https://arxiv.org/abs/2106.09685) of a frozen model.

The gradient of an adapted matrix ``W + scale * A @ B`` is formed once and projected onto A and B, so that
training adapters needs no backward pass of its own.
"""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import numpy as np

from rehearsal.tiny_lm.layers import Array
from rehearsal.tiny_lm.model import Weights, linear_names


class Adapter:
    """Pairs of small matrices ``<name>.A`` and ``<name>.B`` for every linear layer of a frozen model.

    Attributes:
        weights: What is trained. B starts at zero, so that training starts from the frozen model.
        artifacts: What a training leaves beside weights and steps: nothing.
    """

    artifacts: Final[Mapping[str, str]] = MappingProxyType({})

    def __init__(self, base: Weights, *, rank: int, alpha: float, rng: np.random.Generator) -> None:
        self._base = base
        self._scale = alpha / rank
        self.weights: Weights = {}
        for name in linear_names(base):
            rows, columns = base[name].shape
            self.weights[f"{name}.A"] = (rng.standard_normal((rows, rank)) * rows**-0.5).astype(base[name].dtype)
            self.weights[f"{name}.B"] = np.zeros((rank, columns), base[name].dtype)

    def merged(self) -> Weights:
        """Weights of the adapted model."""
        return self._base | {name: self._base[name] + self._delta(name) for name in linear_names(self._base)}

    def project(self, gradients: Weights) -> Weights:
        """Gradients of A and B, given those of the merged weights."""
        projected = {}
        for name in linear_names(self._base):
            projected[f"{name}.A"] = self._scale * gradients[name] @ self.weights[f"{name}.B"].T
            projected[f"{name}.B"] = self._scale * self.weights[f"{name}.A"].T @ gradients[name]
        return projected

    def save(self, path: Path) -> None:
        """Write A, B and the scale to an ``.npz`` file."""
        arrays: dict[str, Any] = self.weights
        np.savez_compressed(path, scale=np.float32(self._scale), **arrays)

    def _delta(self, name: str) -> Array:
        return self._scale * self.weights[f"{name}.A"] @ self.weights[f"{name}.B"]
