"""Trains local.tiny-lm with GRPO on rewards that somebody else gives: LoRA, unless another method is asked for.

The loop is that of ``rehearsal.grpo``. This model's part in it:

- The loss is averaged over all tokens of a batch, not first within each response, so that long responses are not
  favoured (https://arxiv.org/abs/2503.14476, section 3.3). Cut-off responses count like all others.
- Temperature 1, no top-k: reported entropy is that of the distribution that is sampled from, per token.

Adam, gradients clipped at norm 1, constant learning rate. One seed gives one run on one machine; another number of BLAS
threads adds in another order and gives another run.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # read by numpy when first imported; more threads gain nothing here

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np

from rehearsal import grpo
from rehearsal.grpo import Grade, Record, Responses, StepRow, Update
from rehearsal.hyper_parameters import HyperParameters
from rehearsal.optimiser import Adam
from rehearsal.tiny_lm.fine_tuning import FineTuning, Method
from rehearsal.tiny_lm.layers import Array
from rehearsal.tiny_lm.likelihood import likelihood
from rehearsal.tiny_lm.lora import Adapter
from rehearsal.tiny_lm.model import PROMPT_POSITIONS, RESPONSE_POSITIONS, Transformer, load_base
from rehearsal.tiny_lm.sampler import pad, sample
from rehearsal.tiny_lm.tokenizer import PAD, decode, encode, prompt_text, unreadable

__all__ = [
    "LEARNING_RATE_SCALE",
    "LORA",
    "Grade",
    "HyperParameters",
    "Record",
    "StepRow",
    "train",
    "unreadable",
]

LEARNING_RATE_SCALE = 25.0
"""Adam's learning rate here for a ``learningRate`` of 1 in the API: so small a model takes larger steps than Nova.

Chosen so that the API's 1e-4 (2.5e-3 here) trains well and its maximum of 1e-3 (2.5e-2) breaks the run. Measured on
the bundled project, 60 steps of 16 prompts x 8 responses, as ``benchmarks/learning.py`` does:

- 1e-4, seeds 0 to 2: validation reward 0.58, 0.51, 0.58 -> 0.92, 0.93, 0.92; response length 35 -> 25 tokens; largest
  fall of the smoothed entropy 0.27, 0.25, 0.22 of its start.
- 1e-3, seeds 0 to 2: validation reward 0.10 at the end; largest fall of the smoothed entropy 1.00, 1.00, 1.00.

A scale of 40 collapses harder, but commits itself to the first habit that pays.
"""

LORA: Final[Method] = partial(Adapter, rank=4, alpha=8.0)
"""How a job trains."""


def train(
    *,
    train: Sequence[Record],
    validation: Sequence[Record],
    grade: Grade,
    hyper_parameters: HyperParameters,
    seed: int,
    on_step: Callable[[StepRow], None],
    method: Method = LORA,
) -> FineTuning:
    """Train on dataset records; ``on_step`` is told of each step when it is done.

    Raises:
        ValueError: A prompt has words that the model does not know, or too few prompts are short enough for a batch.
    """
    rng = np.random.default_rng(seed)
    policy = _Policy(hyper_parameters, method(load_base(), rng=rng), rng)
    grpo.optimise(
        policy,
        train=train,
        validation=validation,
        grade=grade,
        hyper_parameters=hyper_parameters,
        rng=rng,
        on_step=on_step,
    )
    return policy.tuning


@dataclass(frozen=True, slots=True)
class _Trace:
    """Who was asked what, and answered what, in tokens."""

    model: Transformer
    prompts: Array
    responses: Array


class _Policy:
    """A model that learns."""

    def __init__(self, hyper_parameters: HyperParameters, tuning: FineTuning, rng: np.random.Generator) -> None:
        self.longest_prompt = min(hyper_parameters.max_prompt_length, PROMPT_POSITIONS)
        self.tuning = tuning
        self._rng = rng
        self._optimiser = Adam(tuning.weights)
        self._learning_rate = LEARNING_RATE_SCALE * hyper_parameters.learning_rate
        self._max_tokens = min(hyper_parameters.inference_max_tokens, RESPONSE_POSITIONS)

    def prompt_length(self, record: Record) -> int:
        return len(encode(prompt_text(record)))

    def sample(self, records: Sequence[Record], group: int) -> Responses[_Trace]:
        model = Transformer(self.tuning.merged())
        prompts = pad([encode(prompt_text(record)) for record in records])
        responses = sample(model, prompts, group=group, max_tokens=self._max_tokens, rng=self._rng)
        lengths = (responses != PAD).sum(1).tolist()
        return Responses([decode(tokens) for tokens in responses], lengths, _Trace(model, prompts, responses))

    def update(self, trace: _Trace, rewards: Array, advantages: Array) -> Update:
        result = likelihood(trace.model, trace.prompts, trace.responses, advantages)
        norm = self._optimiser.step(self.tuning.project(result.gradients), self._learning_rate)
        return Update(result.entropy, norm)
