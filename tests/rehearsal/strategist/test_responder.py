"""local.strategist, asked one prompt at a time."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
import pytest

from lambda_src.run.candidates import Worth
from rehearsal.completion import Completion, Question
from rehearsal.grpo import Record
from rehearsal.strategist.library import Dataset, Handed, prompt_of
from rehearsal.strategist.preferences import Preferences
from rehearsal.strategist.repertoire import Repertoire
from rehearsal.strategist.responder import Strategist
from rehearsal.strategist.trainer import tokens
from tests.rehearsal.strategist.runs import records

PROBLEMS = records("gsm8k-style", "train", 40)
PROMPT = prompt_of(PROBLEMS[0])


def strategist(problems: Sequence[Record] = PROBLEMS, *datasets: Dataset) -> Strategist:
    handed = Handed()
    for dataset in datasets or [Dataset(problems)]:
        handed.add(dataset)
    return Strategist(handed)


def ask(model: Strategist, count: int, prompt: str = PROMPT, **settings: float) -> list[Completion]:
    question = Question(prompt, **settings)  # type: ignore[arg-type]  # a number for each of its settings
    return [model.complete(question, seed) for seed in range(count)]


def right_share(model: Strategist, temperature: float) -> float:
    right = {c.response for c in Repertoire("maths", PROBLEMS, []).candidates(PROBLEMS[0]) if c.worth is Worth.RIGHT}
    return sum(each.text in right for each in ask(model, 400, temperature=temperature)) / 400


def test_at_temperature_1_strategies_are_as_likely_as_where_a_training_starts() -> None:
    repertoire, count = Repertoire("maths", PROBLEMS, []), 4000
    choices = repertoire.choices(PROBLEMS[:1])
    probabilities = Preferences(repertoire.strategies, repertoire.kinds).probabilities(choices)[0]
    expected = Counter[str]()
    for number, response in choices.responses[0].items():
        expected[response] += probabilities[number]

    found = Counter(each.text for each in ask(strategist(), count))

    assert found.keys() <= expected.keys()
    np.testing.assert_allclose(
        [found[response] / count for response in expected], list(expected.values()), atol=4 * 0.5 / count**0.5
    )


def test_a_lower_temperature_favours_the_likelier_strategies() -> None:
    model = strategist()

    assert right_share(model, 1.0) < right_share(model, 0.6) < right_share(model, 0.3)
    assert right_share(model, 0.0) == 1.0


def test_equal_seeds_give_equal_responses_in_every_process() -> None:
    assert ask(strategist(), 20) == ask(strategist(), 20)


def test_a_response_is_cut_off_at_four_characters_a_token() -> None:
    whole, cut = ask(strategist(), 60), ask(strategist(), 60, max_tokens=3)

    assert {each.is_cut for each in whole} == {False}
    for one, other in zip(whole, cut, strict=True):
        assert other == Completion(one.text[:12], len(one.text) > 12, tokens(PROMPT), tokens(one.text[:12]))
    assert {each.is_cut for each in cut} == {True, False}


def test_a_prompt_of_no_dataset_is_refused_with_the_place_that_was_searched() -> None:
    with pytest.raises(ValueError, match=r"no record with the prompt 'How many\?'.*records that were handed to it"):
        strategist().complete(Question("How many?"), 0)


def test_a_record_beyond_those_that_were_looked_at_is_answered_too() -> None:
    many = [
        {**PROBLEMS[n % 40], "messages": [{"role": "user", "content": f"Story {n}: how many?"}]} for n in range(300)
    ]

    assert all(each.text for each in ask(strategist(many), 3, prompt="Story 299: how many?", temperature=0.0))


def test_a_record_that_the_others_family_cannot_answer_is_named() -> None:
    odd = {"id": "odd", "messages": [{"role": "user", "content": "Odd?"}], "reference_answer": {"shape": "round"}}
    many = [{**PROBLEMS[n % 40], "id": f"r{n}"} for n in range(399)] + [odd]
    model = strategist(many)

    assert ask(model, 1)
    with pytest.raises(ValueError, match="record odd: the family maths of rewards"):
        ask(model, 1, prompt="Odd?")


def test_records_that_no_family_can_answer_are_refused() -> None:
    same = [{**record, "reference_answer": {"final_answer": "1"}} for record in PROBLEMS]

    with pytest.raises(ValueError, match="no other record has another reference answer"):
        strategist(same).complete(Question(PROMPT), 0)


def test_a_family_that_is_known_is_not_guessed() -> None:
    answer = PROBLEMS[0]["reference_answer"]["final_answer"]

    assert ask(strategist(PROBLEMS, Dataset(PROBLEMS, "judge")), 1, temperature=0.0)[0].text == answer
    assert ask(strategist(PROBLEMS, Dataset(PROBLEMS)), 1, temperature=0.0)[0].text.endswith(f"#### {answer}")
