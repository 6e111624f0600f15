import numpy as np
import pytest

from rehearsal.tiny_lm.layers import Array, softmax
from rehearsal.tiny_lm.model import Transformer, load_base
from rehearsal.tiny_lm.sampler import pad, sample
from rehearsal.tiny_lm.tokenizer import END, PAD, START, encode

PROMPTS = pad(
    [
        encode("Tom has 5 bags of 4 marbles. He sells 3 marbles. How many are left? Put the final answer after ####."),
        encode("There are 12 ducks on a pond. 3 ducks fly away. How many are left?"),
    ]
)


@pytest.fixture(scope="module")
def model() -> Transformer:
    return Transformer(load_base())


def _sample(model: Transformer, *, group: int = 4, max_tokens: int = 40, seed: int = 0) -> Array:
    return sample(model, PROMPTS, group=group, max_tokens=max_tokens, rng=np.random.default_rng(seed))


def test_tokens_are_drawn_with_the_probabilities_that_training_sees(model: Transformer) -> None:
    group = 4000
    first = _sample(model, group=group, max_tokens=1)[:group, 0]
    probabilities = softmax(model.logits(PROMPTS, np.zeros((2, 1), np.int64))[0][0, 0])

    drawn = np.bincount(first, minlength=len(probabilities)) / group

    np.testing.assert_allclose(drawn, probabilities, atol=4 * 0.5 / group**0.5)


def test_later_tokens_are_drawn_with_the_probabilities_that_training_sees(model: Transformer) -> None:
    """The likelihood of greedy choices is the same step by step and all at once."""

    class Greedy:
        def random(self, shape: tuple[int, int]) -> Array:
            return np.full(shape, 0.5)

    responses = sample(model, PROMPTS, group=1, max_tokens=30, rng=Greedy())  # type: ignore[arg-type]  # random() is all that is used

    logits, _ = model.logits(PROMPTS, responses)
    cumulative = softmax(logits).cumsum(-1)
    expected = (cumulative <= 0.5 * cumulative[..., -1:]).sum(-1)
    written = responses != PAD
    assert (responses[written] == expected[written]).all()


def test_nothing_follows_the_end_and_nothing_is_padded_before_it(model: Transformer) -> None:
    for row in _sample(model):
        length = int((row != PAD).sum())
        assert (row[:length] != PAD).all()
        assert END not in row[: length - 1]


def test_no_response_is_longer_than_asked_for(model: Transformer) -> None:
    assert _sample(model, max_tokens=6).shape == (8, 6)


def test_a_response_never_holds_the_start_token(model: Transformer) -> None:
    assert not (_sample(model) == START).any()


def test_the_same_seed_draws_the_same_responses(model: Transformer) -> None:
    assert (_sample(model, seed=3) == _sample(model, seed=3)).all()
