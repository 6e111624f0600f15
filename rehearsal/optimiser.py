"""Adam with gradient clipping."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]


class Adam:
    """Adam (https://arxiv.org/abs/1412.6980) on arrays that it changes in place."""

    def __init__(
        self, weights: Mapping[str, Array], *, betas: tuple[float, float] = (0.9, 0.99), clip: float = 1.0
    ) -> None:
        self._weights = weights
        self._betas = betas
        self._clip = clip
        self._mean = {name: np.zeros_like(weight) for name, weight in weights.items()}
        self._square = {name: np.zeros_like(weight) for name, weight in weights.items()}
        self._steps = 0

    def step(self, gradients: Mapping[str, Array], learning_rate: float) -> float:
        """Change the weights against ``gradients``; returns the gradients' norm before clipping."""
        norm = float(np.sqrt(sum(float(np.vdot(gradient, gradient)) for gradient in gradients.values())))
        shrink = min(1.0, self._clip / (norm + 1e-12))
        self._steps += 1
        fast, slow = self._betas
        rate = learning_rate / (1 - fast**self._steps)
        for name in self._weights:
            gradient = gradients[name] * shrink
            self._mean[name] += (1 - fast) * (gradient - self._mean[name])
            self._square[name] += (1 - slow) * (gradient * gradient - self._square[name])
            self._weights[name] -= (
                rate * self._mean[name] / (np.sqrt(self._square[name] / (1 - slow**self._steps)) + 1e-8)
            )
        return norm
