"""local.tiny-lm, asked one prompt at a time."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from rehearsal.completion import Completion, Question
from rehearsal.tiny_lm.layers import softmax
from rehearsal.tiny_lm.model import RESPONSE_POSITIONS, Transformer, load_base
from rehearsal.tiny_lm.responder import TinyLm
from rehearsal.tiny_lm.sampler import pad
from rehearsal.tiny_lm.tokenizer import END, VOCABULARY, encode

BAGS = "Tom has 5 bags of 4 marbles. He sells 3 marbles. How many are left? Put the final answer after ####."
DUCKS = "There are 12 ducks on a pond. 3 ducks fly away. How many are left?"


@pytest.fixture(scope="module")
def model() -> TinyLm:
    return TinyLm(load_base())


def ask_all(model: TinyLm, questions: list[Question], seeds: list[int], *, threads: int) -> list[Completion]:
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(model.complete, questions, seeds))


def test_a_response_depends_on_its_seed_and_not_on_who_else_asks(model: TinyLm) -> None:
    questions = [Question((BAGS, DUCKS)[n % 2], 0.6 + n % 3 / 10, 1 - n % 2 / 10, 40 + n) for n in range(24)]
    seeds = list(range(24))

    together = ask_all(model, questions, seeds, threads=24)
    alone = [model.complete(question, seed) for question, seed in zip(questions, seeds, strict=True)]

    assert together == alone
    assert len({each.text for each in alone}) > 8


@pytest.mark.parametrize("temperature", [1.0, 0.6])
def test_the_first_token_is_drawn_from_the_models_own_distribution(model: TinyLm, temperature: float) -> None:
    logits, _ = Transformer(load_base()).logits(pad([encode(DUCKS)]), np.zeros((1, 1), np.int64))
    expected = softmax(logits[0, 0] / temperature)
    count = 2000

    drawn = ask_all(model, [Question(DUCKS, temperature, 1.0, 1)] * count, list(range(count)), threads=64)
    texts = [VOCABULARY[token] if token != END else "" for token in range(len(expected))]
    found = np.array([sum(each.text.casefold() == text.casefold() for each in drawn) for text in texts]) / count

    np.testing.assert_allclose(found, expected, atol=4 * 0.5 / count**0.5)


def test_temperature_0_takes_the_likeliest_token_every_time(model: TinyLm) -> None:
    answers = {model.complete(Question(BAGS, 0.0), seed).text for seed in range(3)}

    (answer,) = answers
    tokens = np.array([[*encode(answer), END]])
    logits, _ = Transformer(load_base()).logits(pad([encode(BAGS)]), tokens)
    assert logits[0].argmax(-1).tolist() == tokens[0].tolist()


def test_a_smaller_nucleus_leaves_fewer_answers(model: TinyLm) -> None:
    def answers(top_p: float) -> set[str]:
        return {each.text for each in ask_all(model, [Question(BAGS, 1.0, top_p)] * 32, list(range(32)), threads=32)}

    assert len(answers(0.0)) == 1
    assert len(answers(0.5)) < len(answers(1.0))


def test_a_response_that_is_cut_off_has_as_many_tokens_as_were_allowed(model: TinyLm) -> None:
    whole, cut = model.complete(Question(BAGS, 0.0), 0), model.complete(Question(BAGS, 0.0, 1.0, 5), 0)

    assert (whole.is_cut, cut.is_cut) == (False, True)
    assert cut.tokens == 5
    assert whole.text.startswith(cut.text)


def test_tokens_are_counted_as_in_training_the_end_among_them(model: TinyLm) -> None:
    whole = model.complete(Question(BAGS, 0.0), 0)

    assert whole.prompt_tokens == len(encode(BAGS))
    assert whole.tokens == len(encode(whole.text)) + 1
    assert model.complete(Question(BAGS, 0.0, 1.0, whole.tokens), 0) == whole


def test_more_tokens_than_the_model_has_places_for_are_not_written(model: TinyLm) -> None:
    answers = ask_all(model, [Question(BAGS, 1.0, 1.0, 10**9)] * 8, list(range(8)), threads=8)

    assert max(each.tokens for each in answers) <= RESPONSE_POSITIONS


@pytest.mark.parametrize(
    ("prompt", "complaint"),
    [
        pytest.param("Tom has a gizmo, a big gizmo.", "does not know gizmo, big; use the words of", id="words"),
        pytest.param("How many? " * 40, "has 120 tokens; local.tiny-lm reads 1 to 96", id="too long"),
        pytest.param(" ", "has 0 tokens", id="nothing"),
    ],
)
def test_a_prompt_that_the_model_cannot_read_is_refused(model: TinyLm, prompt: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        model.complete(Question(prompt), 0)
