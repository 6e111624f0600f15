import pytest

from lambda_src.reward.rewards import text
from lambda_src.reward.rollout import RecordError, Rollout


@pytest.mark.parametrize(
    ("response", "value"),
    [
        pytest.param("", 0.0, id="empty"),
        pytest.param("one\n\n  \ntwo", 0.5, id="blank lines do not count"),
        pytest.param("more\n" * 400, 1.0, id="never above 1"),
    ],
)
def test_worked_steps_pays_lines(response: str, value: float) -> None:
    assert text.worked_steps(Rollout("r", response), steps=4) == value


@pytest.mark.parametrize(
    ("response", "value"),
    [
        pytest.param("", 0.0, id="saying nothing is not brief"),
        pytest.param("one two", 1.0, id="brief"),
        pytest.param("word " * 8, 0.5, id="twice as long"),
    ],
)
def test_max_words_pays_brevity(response: str, value: float) -> None:
    assert text.max_words(Rollout("r", response), words=4) == value


def test_a_wrong_answer_looks_as_long_as_a_right_one() -> None:
    record = {"reference_answer": {"final_answer": "18", "solution": "16 - 7 = 9\n9 * 2 = 18"}}

    right, wrong = text.right_answer(record), text.wrong_answer(record)

    assert right == "16 - 7 = 9\n9 * 2 = 18\n18"
    assert len(wrong.splitlines()) == len(right.splitlines())


def test_a_record_without_reference_has_no_right_answer() -> None:
    with pytest.raises(RecordError, match="record train-1: no reference answer"):
        text.right_answer({"id": "train-1"})


def test_silence_is_no_answer() -> None:
    assert not text.parsed(Rollout("r", ""))
