import json

import pytest

from lambda_src.reward.rollout import Rollout, Score
from lambda_src.reward.rollout_row import SKETCH, Row, is_unfinished, likeness, prompt_id, sketch

SCORE = Score(
    Rollout("r1", "6 * 7 = 42\n#### 42", prompt="What is 6 * 7?"),
    0.9,
    parts={"maths.final_answer": 1.0},
    reasons={"judge.score": "clear"},
)
ROW = Row.of(SCORE, run="0" * 12, time="2026-03-01T10:00:00.000+00:00", batch="b" * 16, milliseconds=2.5)


def test_a_row_comes_back_from_its_line() -> None:
    assert Row.from_json(json.loads(json.dumps(ROW.to_json()))) == ROW


def test_a_row_of_another_version_is_read() -> None:
    row = {name: getattr(ROW, name) for name in ("run", "time", "batch", "id", "prompt_id", "reward")}

    assert Row.from_json(row | {"colour": "red", "parts": None}).parts == {}


def test_what_every_row_has_must_be_there() -> None:
    with pytest.raises(KeyError, match="reward"):
        Row.from_json({name: value for name, value in ROW.to_json().items() if name != "reward"})


def test_the_numbers_stay_when_the_texts_go() -> None:
    row = ROW.without_texts()

    assert (row.prompt, row.response, row.reasons) == (None, None, {})
    assert (row.reward, row.parts, row.characters, row.prompt_id) == (0.9, ROW.parts, 18, prompt_id("What is 6 * 7?"))


def _ideographs(start: int, end: int) -> str:
    return "".join(chr(0x4E00 + number) for number in range(start, end))


@pytest.mark.parametrize(
    ("one", "other", "least", "most"),
    [
        pytest.param("so it is 4", "So it is 4", 1, 1, id="same words"),
        pytest.param("", "", 1, 1, id="two empty"),
        pytest.param("", "so it is 4", 0, 0, id="one empty"),
        pytest.param("a b c d e f g h", "s t u v w x y z", 0, 0, id="nothing in common"),
        pytest.param("a b c d e f g h", "a b c d e x y z", 0.2, 0.5, id="half"),
        pytest.param(_ideographs(0, 64), _ideographs(32, 96), 0.1, 0.6, id="no spaces"),
        pytest.param("\ud800 is it", "\ud800 is it", 1, 1, id="half a surrogate pair"),
    ],
)
def test_sketches_tell_how_alike_texts_are(one: str, other: str, least: float, most: float) -> None:
    assert least <= likeness(sketch(one), sketch(other)) <= most


def test_likeness_is_near_the_share_of_common_pieces() -> None:
    words = [str(number) for number in range(400)]

    found = [likeness(sketch(" ".join(words[:200])), sketch(" ".join(words[k : 200 + k]))) for k in (0, 50, 100, 150)]

    assert found == pytest.approx([1, 0.6, 1 / 3, 1 / 7], abs=0.25)
    assert found == sorted(found, reverse=True)


def test_a_sketch_is_small_however_long_the_text_is() -> None:
    assert len(sketch("one two three " * 50_000 + " ".join(map(str, range(1000))))) <= SKETCH


@pytest.mark.parametrize(
    ("response", "parsed", "unfinished"),
    [
        pytest.param("So the number of eggs", False, True, id="breaks off"),
        pytest.param("So the number of eggs", True, False, id="has its answer"),
        pytest.param("I do not know.", False, False, id="ends its sentence"),
        pytest.param("", False, False, id="nothing"),
    ],
)
def test_what_breaks_off_without_an_answer_is_unfinished(response: str, parsed: bool, unfinished: bool) -> None:
    assert is_unfinished(response, parsed=parsed) is unfinished
