"""Draws responses token by token, keeping the keys and values of what was read."""

from collections.abc import Callable, Sequence

import numpy as np

from rehearsal.sampling import draw
from rehearsal.tiny_lm.layers import Array, merge_heads, normalise, padding_mask, softmax, split_heads
from rehearsal.tiny_lm.model import Transformer, allowed
from rehearsal.tiny_lm.tokenizer import END, PAD, START

_DROP_SHARE = 0.15
"""Share of finished rows from which copying the others into a smaller batch is the cheaper way."""


def pad(rows: Sequence[Sequence[int]]) -> Array:
    """Token lists as one array, filled up on the right."""
    padded = np.full((len(rows), max(map(len, rows))), PAD, np.int64)
    for row, tokens in zip(padded, rows, strict=True):
        row[: len(tokens)] = tokens
    return padded


Choose = Callable[[Array, Array, int], Array]
"""Takes logits (rows, response tokens), the numbers of these rows and the place of the next token; gives that token."""


def sample(model: Transformer, prompts: Array, *, group: int, max_tokens: int, rng: np.random.Generator) -> Array:
    """``group`` responses to each prompt at temperature 1, (P * group, T), padded after END."""

    def choose(logits: Array, _rows: Array, _place: int) -> Array:
        return draw(softmax(logits), rng.random(len(logits)))

    return decode(model, prompts, group=group, max_tokens=max_tokens, choose=choose)


def decode(model: Transformer, prompts: Array, *, group: int, max_tokens: int, choose: Choose) -> Array:
    """``group`` responses to each prompt, (P * group, T), padded after END.

    Args:
        choose: Asked for the next token of every row that is still being written.
    """
    state = _Decoding(model, prompts, group, max_tokens)
    responses = np.full((len(prompts) * group, max_tokens), PAD, np.int64)
    live = np.arange(len(responses))
    tokens = np.full(len(responses), START, np.int64)
    for place in range(max_tokens):
        tokens = choose(state.step(tokens, place), live, place)
        responses[live, place] = tokens
        running = tokens != END
        if not running.any():
            break
        if running.mean() < 1 - _DROP_SHARE:
            live, tokens = live[running], tokens[running]
            state.keep(running)
    return _cut_after_end(responses)


class _Decoding:
    """Keys and values of the rows still being written."""

    def __init__(self, model: Transformer, prompts: Array, group: int, max_tokens: int) -> None:
        self.model = model
        self.prompt_length = prompts.shape[1]
        contexts = model.read(prompts).contexts
        padding = padding_mask(prompts, contexts[0][0].dtype)[:, :, 0]
        room = ((0, 0), (0, 0), (0, max_tokens), (0, 0))
        self.keys = [np.repeat(np.pad(keys, room), group, 0) for keys, _ in contexts]
        self.values = [np.repeat(np.pad(values, room), group, 0) for _, values in contexts]
        self.mask = np.repeat(np.pad(padding, ((0, 0), (0, 0), (0, 0), (0, max_tokens))), group, 0)

    def keep(self, rows: Array) -> None:
        self.keys = [each[rows] for each in self.keys]
        self.values = [each[rows] for each in self.values]
        self.mask = self.mask[rows]

    def step(self, tokens: Array, place: int) -> Array:
        """Logits of the tokens that follow ``tokens``, which stand at ``place``."""
        w = self.model.weights
        x = w["tokens"][tokens] + w["response_positions"][place]
        for layer in range(self.model.layers):
            read, _ = normalise(x, w[f"{layer}.norm1"])
            x = x + self._attend(layer, read @ w[f"{layer}.qkv"], self.prompt_length + place) @ w[f"{layer}.out"]
            read, _ = normalise(x, w[f"{layer}.norm2"])
            x = x + np.maximum(read @ w[f"{layer}.up"], 0) @ w[f"{layer}.down"]
        read, _ = normalise(x, w["norm"])
        return allowed(read @ w["head"])

    def _attend(self, layer: int, qkv: Array, end: int) -> Array:
        q, k, v = split_heads(qkv, (len(qkv), 1, 1), 3)[:, :, :, 0]
        self.keys[layer][:, :, end : end + 1] = k
        self.values[layer][:, :, end : end + 1] = v
        scores = q @ self.keys[layer][:, :, : end + 1].swapaxes(-1, -2) * q.dtype.type(q.shape[-1] ** -0.5)
        mixed = softmax(scores + self.mask[..., : end + 1]) @ self.values[layer][:, :, : end + 1]
        return merge_heads(mixed[None, :, :, None])


def _cut_after_end(responses: Array) -> Array:
    """PAD after each END, and no more columns than the longest response needs."""
    ended = (responses == END).cumsum(1) - (responses == END)
    responses[ended > 0] = PAD
    return responses[:, : int((responses != PAD).sum(1).max())]
