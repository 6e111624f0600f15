"""A small transformer in numpy: forward pass, and the backward pass written by hand.

A prompt is read once, in both directions, and shared by all responses sampled for it; responses read it and
themselves from left to right. Sharing the prompt halves the work of a GRPO step with eight responses per prompt.
All shapes follow the weights, and so does the precision: float32 for training, float64 for gradient checks.

Letters in comments: P prompts, G responses per prompt, L and T tokens of a prompt and of a response, h heads.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from rehearsal.tiny_lm.layers import (
    Array,
    Attention,
    Context,
    attend,
    causal_mask,
    merge_heads,
    normalise,
    normalise_back,
    padding_mask,
    split_heads,
)
from rehearsal.tiny_lm.tokenizer import PAD, RESPONSE_TOKENS, START, VOCABULARY

Weights = dict[str, Array]

WIDTH, LAYERS = 64, 2
PROMPT_POSITIONS, RESPONSE_POSITIONS = 96, 160
"""Longest prompt and longest response, in tokens."""

BASE = Path(__file__).with_name("base.npz")
"""Weights of the base model, written by ``make_base``."""

_NEVER = -1e9


def linear_names(weights: Mapping[str, Array]) -> list[str]:
    """The matrices that LoRA adapts: all of attention, the feed-forward layers and the head."""
    return [name for name in weights if name.rpartition(".")[2] in ("qkv", "out", "up", "down", "head")]


def load_base() -> Weights:
    """The committed weights, in float32."""
    with np.load(BASE) as arrays:
        return {name: arrays[name].astype(np.float32) for name in arrays.files}


def initial_weights(rng: np.random.Generator) -> Weights:
    """Random weights of an untrained model."""

    def matrix(rows: int, columns: int, scale: float) -> Array:
        return (rng.standard_normal((rows, columns)) * scale).astype(np.float32)

    weights = {
        "tokens": matrix(len(VOCABULARY), WIDTH, 0.3),
        "prompt_positions": matrix(PROMPT_POSITIONS, WIDTH, 0.3),
        "response_positions": matrix(RESPONSE_POSITIONS, WIDTH, 0.3),
    }
    for layer in range(LAYERS):
        weights |= {
            f"{layer}.norm1": np.ones(WIDTH, np.float32),
            f"{layer}.qkv": matrix(WIDTH, 3 * WIDTH, WIDTH**-0.5),
            f"{layer}.out": matrix(WIDTH, WIDTH, WIDTH**-0.5 / 2),
            f"{layer}.norm2": np.ones(WIDTH, np.float32),
            f"{layer}.up": matrix(WIDTH, 4 * WIDTH, WIDTH**-0.5),
            f"{layer}.down": matrix(4 * WIDTH, WIDTH, (4 * WIDTH) ** -0.5 / 2),
        }
    return weights | {"norm": np.ones(WIDTH, np.float32), "head": matrix(WIDTH, RESPONSE_TOKENS, WIDTH**-0.5 / 2)}


@dataclass(frozen=True, slots=True)
class _BlockTape:
    """What one block keeps of its forward pass for the backward pass."""

    norm1: tuple[Array, Array]
    read: Array
    attention: Attention
    mixed: Array
    norm2: tuple[Array, Array]
    read2: Array
    hidden: Array


@dataclass(frozen=True, slots=True)
class PromptTape:
    """A prompt as it was read.

    Attributes:
        contexts: Keys and values of every layer, for the responses to attend to.
        blocks: All layers but the last, of which nothing but keys and values is ever used.
        norm: Of the last layer.
        read: What the last layer's keys and values are made of.
    """

    tokens: Array
    contexts: list[Context]
    blocks: list[_BlockTape]
    norm: tuple[Array, Array]
    read: Array


@dataclass(frozen=True, slots=True)
class Tape:
    """What ``Transformer.logits`` keeps for ``Transformer.gradients``."""

    prompt: PromptTape
    inputs: Array
    blocks: list[_BlockTape]
    norm: tuple[Array, Array]
    final: Array


class Transformer:
    """The model that a set of weights makes; holds no other state."""

    def __init__(self, weights: Weights) -> None:
        self.weights = weights
        self.layers = sum(name.endswith(".qkv") for name in weights)
        self.width = weights["tokens"].shape[1]

    def logits(self, prompts: Array, responses: Array) -> tuple[Array, Tape]:
        """Scores of the next token at every place of every response.

        Args:
            prompts: Tokens, (P, L), padded on the right.
            responses: Tokens, (P * G, T), the G responses to a prompt one after the other.

        Returns:
            Logits (P * G, T, response tokens), and what the backward pass needs.
        """
        prompt = self.read(prompts)
        inputs = np.concatenate([np.full_like(responses[:, :1], START), responses[:, :-1]], 1)
        count, length = inputs.shape
        shape = (len(prompts), count // len(prompts), length)
        x = (self.weights["tokens"][inputs] + self.weights["response_positions"][:length]).reshape(-1, self.width)
        mask, context_mask = causal_mask(length, x.dtype), padding_mask(prompts, x.dtype)
        blocks = []
        for layer, context in enumerate(prompt.contexts):
            x, block = self._block(layer, x, shape, mask, context=context, context_mask=context_mask)
            blocks.append(block)
        final, norm = normalise(x, self.weights["norm"])
        logits = allowed(final @ self.weights["head"]).reshape(count, length, -1)
        return logits, Tape(prompt, inputs, blocks, norm, final)

    def read(self, prompts: Array) -> PromptTape:
        """Read prompts (P, L) in both directions."""
        count, length = prompts.shape
        shape = (count, 1, length)
        x = (self.weights["tokens"][prompts] + self.weights["prompt_positions"][:length]).reshape(-1, self.width)
        mask = padding_mask(prompts, x.dtype)
        contexts, blocks = [], []
        last = self.layers - 1
        for layer in range(last):
            x, block = self._block(layer, x, shape, mask)
            contexts.append((block.attention.k[:, :, 0], block.attention.v[:, :, 0]))
            blocks.append(block)
        read, norm = normalise(x, self.weights[f"{last}.norm1"])
        keys, values = split_heads(read @ self.weights[f"{last}.qkv"][:, self.width :], shape, 2)[:, :, :, 0]
        return PromptTape(prompts, [*contexts, (keys, values)], blocks, norm, read)

    def gradients(self, d_logits: Array, tape: Tape) -> Weights:
        """Gradient of every weight, given the gradient of the logits."""
        grads = {name: np.zeros_like(weight) for name, weight in self.weights.items()}
        d = d_logits.reshape(len(tape.final), -1)
        grads["head"] += tape.final.T @ d
        dx, d_gain = normalise_back(d @ self.weights["head"].T, tape.norm, self.weights["norm"])
        grads["norm"] += d_gain
        d_contexts: list[Context] = []
        for layer in reversed(range(self.layers)):
            dx, d_context = self._block_back(layer, dx, tape.blocks[layer], grads)
            if d_context:  # which it is, as every response attends to its prompt
                d_contexts.insert(0, d_context)
        d_prompt = self._read_back(tape.prompt, d_contexts, grads)
        self._embed_back("response_positions", tape.inputs, dx, grads)
        self._embed_back("prompt_positions", tape.prompt.tokens, d_prompt, grads)
        return grads

    def _read_back(self, tape: PromptTape, d_contexts: list[Context], grads: Weights) -> Array:
        last = self.layers - 1
        d_keys = merge_heads(np.stack(d_contexts[last])[:, :, :, None])
        grads[f"{last}.qkv"][:, self.width :] += tape.read.T @ d_keys
        d_read = d_keys @ self.weights[f"{last}.qkv"][:, self.width :].T
        dx, d_gain = normalise_back(d_read, tape.norm, self.weights[f"{last}.norm1"])
        grads[f"{last}.norm1"] += d_gain
        for layer in reversed(range(last)):
            dx, _ = self._block_back(layer, dx, tape.blocks[layer], grads, d_contexts[layer])
        return dx

    def _embed_back(self, positions: str, tokens: Array, dx: Array, grads: Weights) -> None:
        d = dx.reshape(*tokens.shape, -1)
        grads[positions][: tokens.shape[1]] += d.sum(0)
        np.add.at(grads["tokens"], tokens, d)

    def _block(
        self,
        layer: int,
        x: Array,
        shape: tuple[int, int, int],
        mask: Array,
        *,
        context: Context | None = None,
        context_mask: Array | None = None,
    ) -> tuple[Array, _BlockTape]:
        w = self.weights
        read, norm1 = normalise(x, w[f"{layer}.norm1"])
        mixed, attention = attend(split_heads(read @ w[f"{layer}.qkv"], shape, 3), mask, context, context_mask)
        merged = merge_heads(mixed[None])
        x = x + merged @ w[f"{layer}.out"]
        read2, norm2 = normalise(x, w[f"{layer}.norm2"])
        hidden = np.maximum(read2 @ w[f"{layer}.up"], 0)
        return x + hidden @ w[f"{layer}.down"], _BlockTape(norm1, read, attention, merged, norm2, read2, hidden)

    def _block_back(
        self, layer: int, dx: Array, tape: _BlockTape, grads: Weights, d_keys: Context | None = None
    ) -> tuple[Array, Context | None]:
        """Gradients of a block's input and of its context; adds those of its weights to ``grads``.

        Args:
            d_keys: What other tokens that attended to this block's keys and values want of them.
        """
        w = self.weights
        grads[f"{layer}.down"] += tape.hidden.T @ dx
        d_hidden = (dx @ w[f"{layer}.down"].T) * (tape.hidden > 0)
        grads[f"{layer}.up"] += tape.read2.T @ d_hidden
        d_skip, d_gain = normalise_back(d_hidden @ w[f"{layer}.up"].T, tape.norm2, w[f"{layer}.norm2"])
        grads[f"{layer}.norm2"] += d_gain
        dx = dx + d_skip

        grads[f"{layer}.out"] += tape.mixed.T @ dx
        prompts, _, group, length, _ = tape.attention.q.shape
        d_mixed = split_heads(dx @ w[f"{layer}.out"].T, (prompts, group, length), 1)[0]
        d_qkv, d_context = tape.attention.back(d_mixed)
        if d_keys:
            d_qkv[1:] += np.stack(d_keys)[:, :, :, None]
        flat = merge_heads(d_qkv)
        grads[f"{layer}.qkv"] += tape.read.T @ flat
        d_skip, d_gain = normalise_back(flat @ w[f"{layer}.qkv"].T, tape.norm1, w[f"{layer}.norm1"])
        grads[f"{layer}.norm1"] += d_gain
        return dx + d_skip, d_context


def allowed(logits: Array) -> Array:
    """``logits`` with the two tokens that no response may hold ruled out, in place."""
    logits[..., PAD] = _NEVER
    logits[..., START] = _NEVER
    return logits
