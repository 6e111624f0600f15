from collections.abc import Callable

import numpy as np
import pytest

from rehearsal.tiny_lm.layers import Array
from rehearsal.tiny_lm.lora import Adapter
from rehearsal.tiny_lm.model import Transformer, Weights, initial_weights, linear_names
from rehearsal.tiny_lm.tokenizer import PAD, RESPONSE_TOKENS, START, VOCABULARY

PROMPTS, GROUP, LENGTH = 3, 2, 5
RELATIVE_ERROR = 1e-5


class Batch:
    """Random prompts and responses of different lengths, and a loss that is linear in the logits."""

    def __init__(self) -> None:
        rng = np.random.default_rng(5)
        self.prompts = rng.integers(START + 1, len(VOCABULARY), (PROMPTS, 7))
        self.prompts[1, 4:] = PAD
        self.responses = rng.integers(START + 1, RESPONSE_TOKENS, (PROMPTS * GROUP, LENGTH))
        self.responses[2, 3:] = PAD
        self.slope = rng.standard_normal((PROMPTS * GROUP, LENGTH, RESPONSE_TOKENS))
        self.slope[..., [PAD, START]] = 0  # these logits are constants

    def loss(self, weights: Weights) -> float:
        return float((Transformer(weights).logits(self.prompts, self.responses)[0] * self.slope).sum())

    def gradients(self, weights: Weights) -> Weights:
        model = Transformer(weights)
        return model.gradients(self.slope, model.logits(self.prompts, self.responses)[1])


@pytest.fixture(scope="module")
def batch() -> Batch:
    return Batch()


@pytest.fixture
def weights() -> Weights:
    rng = np.random.default_rng(7)
    return {name: weight.astype(np.float64) for name, weight in initial_weights(rng).items()}


@pytest.mark.parametrize("name", list(initial_weights(np.random.default_rng(0))))
def test_gradients_are_those_of_finite_differences(name: str, batch: Batch, weights: Weights) -> None:
    analytic = batch.gradients(weights)[name]

    _assert_slope(weights[name], analytic, lambda: batch.loss(weights))


@pytest.mark.parametrize("matrix", ["A", "B"])
def test_lora_gradients_are_those_of_finite_differences(matrix: str, batch: Batch, weights: Weights) -> None:
    rng = np.random.default_rng(3)
    adapter = Adapter(weights, rank=3, alpha=8.0, rng=rng)
    for name in adapter.weights:
        adapter.weights[name] += rng.standard_normal(adapter.weights[name].shape) * 0.1

    projected = adapter.project(batch.gradients(adapter.merged()))

    for name in linear_names(weights):
        key = f"{name}.{matrix}"
        _assert_slope(adapter.weights[key], projected[key], lambda: batch.loss(adapter.merged()))


def _assert_slope(parameter: Array, gradient: Array, loss: Callable[[], float]) -> None:
    direction = np.random.default_rng(11).standard_normal(parameter.shape)
    step = 1e-7  # small enough that no hidden unit changes sides of its kink
    parameter += step * direction
    above = loss()
    parameter -= 2 * step * direction
    below = loss()
    parameter += step * direction
    assert (above - below) / (2 * step) == pytest.approx(float((gradient * direction).sum()), rel=RELATIVE_ERROR)


def test_an_untrained_adapter_changes_nothing(weights: Weights, batch: Batch) -> None:
    adapter = Adapter(weights, rank=4, alpha=8.0, rng=np.random.default_rng(1))

    assert batch.loss(adapter.merged()) == batch.loss(weights)


def test_padding_of_a_prompt_is_not_read(weights: Weights, batch: Batch) -> None:
    model = Transformer(weights)
    longer = np.pad(batch.prompts, ((0, 0), (0, 3)), constant_values=PAD)

    padded, _ = model.logits(longer, batch.responses)

    np.testing.assert_allclose(padded, model.logits(batch.prompts, batch.responses)[0], atol=1e-12)


def test_a_response_does_not_see_what_comes_later_nor_other_responses(weights: Weights, batch: Batch) -> None:
    model = Transformer(weights)
    changed = batch.responses.copy()
    changed[0, 3:] = START + 1
    changed[1] = START + 2

    before, _ = model.logits(batch.prompts, batch.responses)
    after, _ = model.logits(batch.prompts, changed)

    np.testing.assert_allclose(after[0, :4], before[0, :4], atol=1e-12)
