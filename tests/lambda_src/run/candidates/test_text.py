"""Responses to records with a text as their answer."""

import pytest

from lambda_src.reward.rollout import RecordError
from lambda_src.run.candidates import FALLBACK, Worth, families, strategies, text

ANSWER = "She sold the boat and bought a smaller one."
RECORD = {
    "id": "train-1",
    "messages": [{"role": "user", "content": "What did she do?"}],
    "reference_answer": {"final_answer": ANSWER, "solution": "First the sale."},
}
OTHER = {"messages": [{"role": "user", "content": "And he?"}], "reference_answer": "He stayed."}


def test_the_right_answer_is_solution_and_text() -> None:
    written = list(text.write(RECORD, OTHER))

    assert (written[0].worth, written[0].response) == (
        Worth.RIGHT,
        "First the sale.\nShe sold the boat and bought a smaller one.",
    )
    assert [c.response for c in written if c.strategy == strategies.TERSE] == [ANSWER]
    assert [c.response for c in written if c.strategy == strategies.ANOTHER_ANSWER] == ["He stayed."]


def test_a_wrong_answer_has_as_many_lines() -> None:
    (wrong,) = (c for c in text.write(RECORD, OTHER) if c.strategy == strategies.WRONG_ANSWER)

    assert wrong.response == "I do not know.\nI do not know."


def test_only_dressed_responses_hold_the_whole_answer() -> None:
    holding = {c.strategy for c in text.write(RECORD, OTHER) if "bought a smaller one." in c.response}

    assert holding == {
        strategies.WORKED,
        strategies.TERSE,
        strategies.PADDED,
        strategies.REPEATED,
        strategies.SEVERAL_GUESSES,
    }


def test_a_word_has_no_half_and_no_reverse() -> None:
    written = list(text.write({**RECORD, "reference_answer": "42"}, OTHER))

    assert not {text.CUT, text.REVERSED, strategies.TERSE} & {c.strategy for c in written}


def test_a_record_without_a_text_has_no_responses() -> None:
    with pytest.raises(RecordError, match=r"record train-1: reference_answer \{'query'"):
        list(text.write({**RECORD, "reference_answer": {"query": "SELECT 1"}}, OTHER))


def test_text_answers_for_families_without_a_module() -> None:
    assert FALLBACK == "text"
    assert "text" in families()
