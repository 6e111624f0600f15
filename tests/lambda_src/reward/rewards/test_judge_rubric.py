from pathlib import Path

import pytest

from lambda_src.reward.rewards._judge.rubric import JudgeRubricError, known_rubrics, load, parse

GOOD = """
instructions = "Mark it."
scale = [1, 3]
shows = ["prompt", "response"]
[[criteria]]
name = "wit"
description = "It is funny."
weight = 2
"""


def test_a_rubric_says_what_is_shown_and_marked() -> None:
    rubric = parse("mine", GOOD)

    assert rubric.shows == ("prompt",)
    assert rubric.marks == (1, 2, 3)
    assert [(one.name, one.weight) for one in rubric.criteria] == [("wit", 2.0)]


@pytest.mark.parametrize("name", known_rubrics())
def test_every_bundled_rubric_can_be_used(name: str) -> None:
    assert load(name).criteria


def test_the_ready_made_rubrics_are_there() -> None:
    expected = {"moderation", "summarisation", "instruction-following", "outcome", "pairwise"}

    assert expected <= set(known_rubrics())


def test_an_unknown_rubric_is_refused_with_the_known_ones() -> None:
    with pytest.raises(JudgeRubricError, match=r"no rubric '\.\./secret'; expected one of instruction-following"):
        load("../secret")


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        pytest.param('instructions = "Mark it."', "", "instructions is None; expected a text", id="no instructions"),
        pytest.param("scale = [1, 3]", "scale = [3, 1]", "expected two whole numbers", id="scale upside down"),
        pytest.param("scale = [1, 3]", "scale = [0.0, 1.0]", "expected two whole numbers", id="scale of fractions"),
        pytest.param("scale = [1, 3]", "scale = [0, 1000]", "expected two whole numbers", id="scale too fine"),
        pytest.param('shows = ["prompt", "response"]', "shows = []", "shows is", id="shows nothing"),
        pytest.param('name = "wit"', 'name = "Wit!"', "name is 'Wit!'", id="name"),
        pytest.param('name = "wit"', 'name = "reasoning"', "not 'reasoning'", id="reserved name"),
        pytest.param("weight = 2", "weight = 0", "expected a number above 0", id="weight"),
        pytest.param("weight = 2", "wheight = 2", "unknown key wheight", id="unknown key of a criterion"),
        pytest.param("scale = [1, 3]", "scales = [1, 3]", "unknown key scales", id="unknown key"),
        pytest.param("scale = [1, 3]", 'mode = "duel"', "expected scores or pairwise", id="mode"),
        pytest.param("scale = [1, 3]", 'against = "reference"', "against does not apply", id="against without a pair"),
        pytest.param(
            "scale = [1, 3]", 'scale = [1, 3]\nmode = "pairwise"', "scale does not apply", id="scale of a pair"
        ),
        pytest.param("scale = [1, 3]", 'mode = "pairwise"', "against is None", id="a pair of one"),
        pytest.param(
            "[[criteria]]", "[[criteria]]\n[[criteria]]", r"criteria\[0\]: name is None", id="empty criterion"
        ),
        pytest.param("weight = 2", "weight = 2\nweight = 3", "mine.toml: ", id="no TOML"),
    ],
)
def test_a_rubric_that_no_judge_can_use_is_refused(old: str, new: str, complaint: str) -> None:
    with pytest.raises(JudgeRubricError, match=complaint):
        parse("mine", GOOD.replace(old, new))


def test_two_criteria_of_one_name_are_refused() -> None:
    criterion = GOOD[GOOD.index("[[criteria]]") :]

    with pytest.raises(JudgeRubricError, match="expected different names"):
        parse("mine", GOOD + criterion)


def test_the_guide_s_rubric_can_be_used() -> None:
    guide = (Path(__file__).parents[4] / "docs" / "judges.md").read_text(encoding="utf-8")

    rubric = parse("guide", guide.split("```toml\n")[1].split("```")[0])

    assert rubric.shows == ("prompt", "reference")
    assert [one.name for one in rubric.criteria] == ["faithfulness"]
