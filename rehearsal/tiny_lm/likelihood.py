"""Log-likelihood of responses: the one objective behind pre-training and policy gradient."""

from dataclasses import dataclass

import numpy as np

from rehearsal.tiny_lm.layers import Array, softmax
from rehearsal.tiny_lm.model import Transformer, Weights
from rehearsal.tiny_lm.tokenizer import PAD


@dataclass(frozen=True, slots=True)
class Likelihood:
    """How a model sees given responses.

    Attributes:
        loss: ``-sum(weight * log p(token)) / tokens``, over all tokens of all responses.
        entropy: Mean entropy of the model's distribution over the next token, in nats.
        gradients: Of the loss, for every weight of the model.
    """

    loss: float
    entropy: float
    gradients: Weights


def likelihood(model: Transformer, prompts: Array, responses: Array, weights: Array) -> Likelihood:
    """Loss and gradients for ``responses`` (P * G, T), each weighted by one of ``weights`` (P * G)."""
    logits, tape = model.logits(prompts, responses)
    probabilities = softmax(logits)
    written = (responses != PAD).astype(probabilities.dtype)
    share = written * weights.astype(probabilities.dtype)[:, None] / written.sum()

    chosen = np.take_along_axis(probabilities, responses[..., None], -1)[..., 0]
    loss = -float((np.log(chosen + 1e-20) * share).sum())
    surprise = probabilities * np.log(probabilities + 1e-20)
    entropy = -float((surprise.sum(-1) * written).sum() / written.sum())

    d_logits = probabilities * share[..., None]
    rows, places = np.indices(responses.shape)
    d_logits[rows, places, responses] -= share
    return Likelihood(loss, entropy, model.gradients(d_logits, tape))
