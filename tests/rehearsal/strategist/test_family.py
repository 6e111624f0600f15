"""Which family a job is about, found out from its grader."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from infra.config import LOCAL, ProjectConfig
from lambda_src.reward.rewards._judge.client import asking
from lambda_src.reward.rubric import Rubric
from lambda_src.run.candidates import respond
from rehearsal.bedrock.runtime import converse
from rehearsal.grpo import Record, item
from rehearsal.strategist.family import best_paid, fitting, likeliest, unreadable
from tests.rehearsal.strategist.runs import records, sound

PROJECTS = sorted((Path(__file__).parents[3] / "projects").glob("*.yaml"))
PROBLEMS = records("gsm8k-style", "train", 40)


def test_what_the_grader_is_asked_is_told_from_what_a_policy_samples() -> None:
    asked: list[Record] = []

    def grade(items: Sequence[Record]) -> list[float]:
        asked.extend(items)
        return sound(items)

    best_paid(PROBLEMS, grade)

    assert {str(item["id"]).partition("/")[0] for item in asked} == {"preflight"}


def test_only_families_that_can_answer_every_record_fit() -> None:
    found = fitting(PROBLEMS)

    assert "maths" in found
    assert "tools" not in found
    assert unreadable(PROBLEMS) == []


def test_the_family_is_the_one_whose_right_answers_earn_most() -> None:
    assert best_paid(PROBLEMS, sound) == "maths"


@pytest.mark.parametrize("project", PROJECTS, ids=lambda project: project.stem)
def test_the_family_of_a_bundled_project_is_the_one_of_its_rubric(project: Path) -> None:
    stage = ProjectConfig.load(project).for_stage(LOCAL)
    rubric = Rubric.from_config(stage.rubric)
    some = records(str(stage.dataset), "train", 16)

    with asking(converse):
        family = best_paid(some, lambda items: [score.reward for score in rubric.grade(items)])

    assert family == rubric.family


@pytest.mark.parametrize("project", PROJECTS, ids=lambda project: project.stem)
def test_the_records_of_a_bundled_project_alone_give_its_family_away(project: Path) -> None:
    stage = ProjectConfig.load(project).for_stage(LOCAL)

    assert likeliest(records(str(stage.dataset), "train", 16)) == Rubric.from_config(stage.rubric).family


def test_without_a_grader_records_that_no_family_fits_are_named() -> None:
    odd = {**PROBLEMS[3], "id": "odd", "reference_answer": {"shape": "round"}}
    bare = [{**record, "reference_answer": record["reference_answer"]["final_answer"]} for record in PROBLEMS]

    with pytest.raises(ValueError, match="record odd: "):
        likeliest([*bare, odd])


def test_a_grader_of_bare_answers_is_answered_with_bare_answers() -> None:
    def bare(items: Sequence[Record]) -> list[float]:
        expected = (item["metadata"]["reference_answer"]["final_answer"] for item in items)
        return [float(item["messages"][-1]["content"] == answer) for item, answer in zip(items, expected, strict=True)]

    family = best_paid(PROBLEMS, bare)

    assert bare([item(PROBLEMS[0], 0, respond(family, PROBLEMS[0], PROBLEMS)[0].response)]) == [1.0]


@pytest.mark.parametrize("reward", [0.0, 0.5, 1.0])
def test_a_grader_that_pays_the_same_for_everything_leaves_the_more_particular_family(reward: float) -> None:
    assert best_paid(PROBLEMS, lambda items: [reward] * len(items)) == "maths"


def test_few_responses_are_graded_to_find_out() -> None:
    asked = 0

    def grade(items: Sequence[Record]) -> list[float]:
        nonlocal asked
        asked += len(items)
        return sound(items)

    best_paid(PROBLEMS * 10, grade)

    assert asked < 500


def test_one_record_that_fits_no_family_is_named_with_the_closest_one() -> None:
    bare = [{**record, "reference_answer": record["reference_answer"]["final_answer"]} for record in PROBLEMS]
    broken = [*bare, {**PROBLEMS[0], "id": "odd", "reference_answer": {"shape": "round"}}]

    (line,) = unreadable(broken)

    assert line.startswith("record odd: ")
    assert "the closest one" in line
    with pytest.raises(ValueError, match="record odd: "):
        best_paid(broken, sound)
