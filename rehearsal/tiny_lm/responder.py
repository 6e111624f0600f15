"""local.tiny-lm as one asks a model: a prompt in, a response out, several threads at once.

What threads ask at the same time is sampled as one batch. Every response has random numbers of its own. All is computed
in float64: rounding, which depends on the size of the batch, is then too small to reach a choice.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rehearsal.completion import Completion, Question
from rehearsal.sampling import distribution, draw
from rehearsal.tiny_lm.batches import Batches
from rehearsal.tiny_lm.layers import Array
from rehearsal.tiny_lm.model import PROMPT_POSITIONS, RESPONSE_POSITIONS, Transformer, Weights
from rehearsal.tiny_lm.sampler import decode, pad
from rehearsal.tiny_lm.tokenizer import END, PAD, encode
from rehearsal.tiny_lm.tokenizer import decode as text_of

_MOST = 64  # responses of a batch; more at once are hardly faster
_WINDOW_SECONDS = 0.005  # what a caller needs to come back with the next prompt


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question with its prompt in tokens."""

    prompt: Sequence[int]
    question: Question
    seed: int

    @property
    def most_tokens(self) -> int:
        given = self.question.max_tokens
        return RESPONSE_POSITIONS if given is None else min(given, RESPONSE_POSITIONS)


class TinyLm:
    """The model that a set of weights makes: the base model, or a tuned one."""

    def __init__(self, weights: Weights) -> None:
        self._model = Transformer({name: weight.astype(np.float64) for name, weight in weights.items()})
        self._sampled = Batches(self._sample, most=_MOST, window_seconds=_WINDOW_SECONDS)

    def complete(self, question: Question, seed: int) -> Completion:
        """See ``Model``; at most 160 tokens, END among them."""
        prompt = encode(question.prompt)
        if not 0 < len(prompt) <= PROMPT_POSITIONS:
            raise ValueError(
                f"the prompt has {len(prompt)} tokens; local.tiny-lm reads 1 to {PROMPT_POSITIONS}, a word, a sign "
                "or a digit each"
            )
        return self._sampled(_Asked(prompt, question, seed))

    def _sample(self, asked: Sequence[_Asked]) -> list[Completion]:
        temperature = np.array([each.question.temperature for each in asked])
        top_p = np.array([each.question.top_p for each in asked])
        longest = max(each.most_tokens for each in asked)
        numbers = np.stack([np.random.default_rng(each.seed).random(longest) for each in asked])

        def choose(logits: Array, rows: Array, place: int) -> Array:
            return draw(distribution(logits, temperature[rows], top_p[rows]), numbers[rows, place])

        prompts = pad([each.prompt for each in asked])
        responses = decode(self._model, prompts, group=1, max_tokens=longest, choose=choose)
        return [_completion(each, row[: each.most_tokens]) for each, row in zip(asked, responses, strict=True)]


def _completion(asked: _Asked, tokens: Array) -> Completion:
    return Completion(
        text=text_of(tokens),
        is_cut=END not in tokens,
        prompt_tokens=len(asked.prompt),
        tokens=int((tokens != PAD).sum()),
    )
