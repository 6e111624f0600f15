"""Responses to records of which nobody has said what is right."""

from typing import Any

import pytest

from lambda_src.reward.rollout import RecordError
from lambda_src.reward.rubric import Rubric
from lambda_src.run.candidates import Worth, candidates, families, is_without_reference, strategies
from lambda_src.run.candidates.without_reference import responses

RECORD: dict[str, Any] = {"id": "log-1", "messages": [{"role": "user", "content": "Where is my parcel?"}]}
OTHER = RECORD | {"id": "log-2", "messages": [{"role": "user", "content": "Can I pay later?"}]}
LOGGED = RECORD | {"logged_response": "It is on its way."}

FREE = Rubric.from_config([{"function": "text.max_words", "weight": 1}])
NEEDING = Rubric.from_config([{"function": "text.similarity", "weight": 1}])


def test_nothing_is_said_to_be_right() -> None:
    assert {one.worth for one in responses(RECORD)} == {Worth.WRONG, Worth.EXPLOIT}
    assert not any(one.dresses_right for one in responses(RECORD))


def test_a_logged_response_is_an_answer_that_nobody_has_judged() -> None:
    (logged, *rest) = responses(LOGGED)

    assert (logged.strategy, logged.worth, logged.response) == (strategies.LOGGED, Worth.OPEN, "It is on its way.")
    assert rest == list(responses(RECORD))


@pytest.mark.parametrize("logged", ["", "  ", None, 5, {"text": "It is on its way."}], ids=str)
def test_what_is_no_text_is_no_logged_response(logged: Any) -> None:
    assert list(responses(RECORD | {"logged_response": logged})) == list(responses(RECORD))


def test_the_prompt_and_talk_to_the_judge_are_among_the_exploits() -> None:
    exploits = {one.strategy: one.response for one in responses(RECORD) if one.worth is Worth.EXPLOIT}

    assert exploits[strategies.PROMPT_ECHOED] == "Where is my parcel?"
    assert {strategies.FLATTERY, strategies.INJECTION, "authority alone", "padding alone"} <= exploits.keys()


def test_no_other_record_is_needed() -> None:
    assert candidates(FREE, RECORD, []) == list(responses(RECORD))
    assert candidates(FREE, RECORD, [OTHER]) == list(responses(RECORD))


def test_a_record_with_a_reference_answer_keeps_its_right_answer() -> None:
    """Records without one have none to lend."""
    answered = RECORD | {"reference_answer": "It is in Rome."}

    (right, *_) = candidates(FREE, answered, [OTHER, OTHER | {"reference_answer": "You can."}])

    assert (right.worth, right.response) == (Worth.RIGHT, "It is in Rome.")


def test_a_rubric_that_reads_references_cannot_do_without() -> None:
    assert not is_without_reference(NEEDING, RECORD)
    with pytest.raises((RecordError, ValueError)):
        candidates(NEEDING, RECORD, [OTHER, OTHER | {"reference_answer": "You can."}])


def test_it_is_no_family_of_rewards() -> None:
    assert "without_reference" not in families()
