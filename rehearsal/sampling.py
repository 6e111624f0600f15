"""Drawing from logits, as an inference API offers it: temperature and nucleus."""

from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

_COLDEST = 1e-9  # below it, what is not the likeliest has no probability that a float could hold


def distribution(logits: Array, temperature: Array, top_p: Array) -> Array:
    """Probabilities to draw from, one row for each row of ``logits`` (rows, choices).

    Args:
        temperature: Of each row, in [0, 1]; 0 leaves the likeliest alone, the first of several.
        top_p: Of each row, in [0, 1]: the choices that make up this share, the likeliest first, and at least that one
            (nucleus sampling, https://arxiv.org/abs/1904.09751).
    """
    raw = np.exp((logits - logits.max(1, keepdims=True)) / np.maximum(temperature, _COLDEST)[:, None])
    greedy = temperature == 0
    raw[greedy] = np.eye(logits.shape[1])[logits[greedy].argmax(1)]
    probabilities: Array = raw / raw.sum(1, keepdims=True)
    return _nucleus(probabilities, top_p) if (top_p < 1).any() else probabilities


def draw(probabilities: Array, numbers: Array) -> Array:
    """One choice of each row (rows, choices), by a random number in [0, 1) for each."""
    cumulative = probabilities.cumsum(1)
    threshold = numbers[:, None] * cumulative[:, -1:]
    drawn: Array = np.minimum((cumulative <= threshold).sum(1), probabilities.shape[1] - 1)
    return drawn


def _nucleus(probabilities: Array, top_p: Array) -> Array:
    order = np.argsort(-probabilities, axis=1, kind="stable")
    falling = np.take_along_axis(probabilities, order, 1)
    beyond = falling.cumsum(1) - falling >= top_p[:, None]
    beyond[:, 0] = False
    kept = np.zeros_like(probabilities)
    np.put_along_axis(kept, order, np.where(beyond, 0, falling), 1)
    shares: Array = kept / kept.sum(1, keepdims=True)
    return shares
