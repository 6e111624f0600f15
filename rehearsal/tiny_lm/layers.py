"""Parts of a transformer, each with its backward pass.

Letters in comments: P prompts, G responses per prompt, L and T tokens of a prompt and of a response, h heads.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from rehearsal.tiny_lm.tokenizer import PAD

Array = npt.NDArray[Any]

Context = tuple[Array, Array]
"""Keys and values of a prompt, (P, h, L, n) each."""

HEADS = 4

_NEVER = -1e9
_EPSILON = 1e-5


def normalise(x: Array, gain: Array) -> tuple[Array, tuple[Array, Array]]:
    """Root-mean-square norm (https://arxiv.org/abs/1910.07467), and what its backward pass needs."""
    scale = 1 / np.sqrt(np.einsum("nd,nd->n", x, x)[:, None] / x.shape[1] + x.dtype.type(_EPSILON))
    unit = x * scale
    return unit * gain, (unit, scale)


def normalise_back(dy: Array, kept: tuple[Array, Array], gain: Array) -> tuple[Array, Array]:
    """Gradients of the input and of the gain of ``normalise``."""
    unit, scale = kept
    d = dy * gain
    along = np.einsum("nd,nd->n", d, unit)[:, None] / d.shape[1]
    return scale * (d - unit * along), np.einsum("nd,nd->d", dy, unit)


def split_heads(x: Array, shape: tuple[int, int, int], parts: int) -> Array:
    """(P * G * T, parts * width) -> (parts, P, h, G, T, width / h)."""
    return np.ascontiguousarray(x.reshape(*shape, parts, HEADS, -1).transpose(3, 0, 4, 1, 2, 5))


def merge_heads(x: Array) -> Array:
    """The inverse of ``split_heads``."""
    parts, prompts, heads, group, length, size = x.shape
    return x.transpose(1, 3, 4, 0, 2, 5).reshape(prompts * group * length, parts * heads * size)


def softmax(scores: Array) -> Array:
    """Along the last axis, in place."""
    scores -= scores.max(-1, keepdims=True)
    np.exp(scores, out=scores)
    scores /= scores.sum(-1, keepdims=True)
    return scores


def padding_mask(prompts: Array, dtype: Any) -> Array:
    """To be added to attention scores (P, h, G, T, L): nothing attends to padding."""
    return np.where(prompts != PAD, 0, _NEVER).astype(dtype)[:, None, None, None, :]


def causal_mask(length: int, dtype: Any) -> Array:
    """To be added to attention scores (..., T, T): nothing attends to what comes later."""
    return np.where(np.tri(length, dtype=bool), 0, _NEVER).astype(dtype)


@dataclass(frozen=True, slots=True)
class Attention:
    """One layer's attention with what its backward pass needs: all of shape (P, h, G, T, ...)."""

    q: Array
    k: Array
    v: Array
    weights: Array
    context: Context | None

    def back(self, d_mixed: Array) -> tuple[Array, Context | None]:
        """Gradients of q, k and v, (3, P, h, G, T, n), and of the context's keys and values."""
        length = self.weights.shape[-1] - self.k.shape[3]
        there, here = self.weights[..., :length], self.weights[..., length:]
        d_weights = d_mixed @ self.v.swapaxes(-1, -2)
        if self.context:
            d_there = side_by_side(d_mixed) @ self.context[1].swapaxes(-1, -2)
            d_weights = np.concatenate([d_there.reshape(there.shape), d_weights], -1)
        d_scores = d_weights - np.einsum("...i,...i->...", d_weights, self.weights)[..., None]
        d_scores *= self.weights
        d_scores *= _scale(self.q)

        d_here = d_scores[..., length:]
        d_q = d_here @ self.k
        d_context = None
        if self.context:
            d_there = side_by_side(d_scores[..., :length])
            d_q += (d_there @ self.context[0]).reshape(d_q.shape)
            d_context = (
                d_there.swapaxes(-1, -2) @ side_by_side(self.q),
                side_by_side(there).swapaxes(-1, -2) @ side_by_side(d_mixed),
            )
        return np.stack([d_q, d_here.swapaxes(-1, -2) @ self.q, here.swapaxes(-1, -2) @ d_mixed]), d_context


def attend(qkv: Array, mask: Array, context: Context | None, context_mask: Array | None) -> tuple[Array, Attention]:
    """Mix values (P, h, G, T, n) of the tokens themselves and of a context that all G rows share."""
    q, k, v = qkv
    scores = q @ k.swapaxes(-1, -2)
    scores *= _scale(q)
    scores += mask
    if context is None:
        weights = softmax(scores)
        return weights @ v, Attention(q, k, v, weights, None)
    keys, values = context
    there = (side_by_side(q) @ keys.swapaxes(-1, -2)).reshape(*q.shape[:4], -1)
    there *= _scale(q)
    there += context_mask
    length = there.shape[-1]
    weights = softmax(np.concatenate([there, scores], -1))
    mixed = weights[..., length:] @ v
    mixed += (side_by_side(weights[..., :length]) @ values).reshape(mixed.shape)
    return mixed, Attention(q, k, v, weights, context)


def _scale(q: Array) -> Any:
    return q.dtype.type(q.shape[-1] ** -0.5)


def side_by_side(x: Array) -> Array:
    """(P, h, G, T, n) -> (P, h, G * T, n): the responses to one prompt as one."""
    return x.reshape(*x.shape[:2], -1, x.shape[-1])
