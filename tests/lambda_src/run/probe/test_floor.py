import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from infra.config import ProjectConfig
from lambda_src.reward.rewards._judge.client import asking
from lambda_src.reward.rubric import Rubric
from lambda_src.run.probe import Prompt, choose
from lambda_src.run.probe.floor import floor
from lambda_src.run.probe.grading import Grader
from rehearsal.bedrock import runtime
from tests.lambda_src.run.probe.pupils import RUBRIC, grade, records

ROOT = Path(__file__).parents[4]


def _stand_in(**request: Any) -> Mapping[str, Any]:
    return runtime.converse(**(request | {"modelId": runtime.MODEL}))


@pytest.mark.parametrize(
    ("project", "least", "most"),
    [
        pytest.param("gsm8k-style", 0.1, 0.1, id="gsm8k-style: the marker"),
        pytest.param("sql", 0.1, 0.2, id="sql: running at all, and rows that are right by chance"),
        pytest.param("extraction", 0.0, 0.1, id="extraction: a field that two documents share"),
        pytest.param("tools", 0.0, 0.3, id="tools: the right tool, the wrong arguments"),
        pytest.param("moderation", 0.0, 0.0, id="moderation: nothing"),
        pytest.param("summaries", 0.0, 0.2, id="summaries: hardly anything"),
    ],
)
def test_what_the_bundled_projects_pay_for_answers_to_something_else(project: str, least: float, most: float) -> None:
    config = ProjectConfig.load(ROOT / "projects" / f"{project}.yaml").for_stage("dev")
    rubric = Rubric.from_config(config.rubric)
    with config.train_file.open("rb") as lines:
        prompts = choose(lines, 64)

    def graded(items: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        return [score.to_response() for score in rubric.grade(items)]

    with asking(_stand_in):
        found = floor(Grader(graded), prompts, rubric)

    assert least - 1e-6 <= found <= most + 1e-6


def test_a_rubric_that_pays_a_tenth_for_form_has_a_tenth_as_its_floor() -> None:
    prompts = choose(records(20), 8)

    assert floor(Grader(grade), prompts, RUBRIC) == pytest.approx(0.1)


def test_one_record_whose_neighbour_fits_by_chance_does_not_raise_it() -> None:
    prompts = choose(records(8), 8)

    def lenient(items: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        return [{"id": one["id"], "aggregate_reward_score": float("/0/" in one["id"])} for one in items]

    assert floor(Grader(lenient), prompts, RUBRIC) == 0.0


@pytest.mark.parametrize("count", [0, 1])
def test_without_another_record_there_is_none(count: int) -> None:
    assert floor(Grader(grade), choose(records(count), 8), RUBRIC) == 0.0


def test_records_that_no_candidate_can_be_written_for_have_none() -> None:
    prompts = [Prompt(line, {"id": f"r{line}", "messages": [{"role": "user", "content": "Q"}]}) for line in (1, 2)]

    assert floor(Grader(grade), prompts, RUBRIC) == 0.0


def test_items_are_such_as_bedrock_sends(tmp_path: Path) -> None:
    seen: list[Mapping[str, Any]] = []

    def spying(items: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        seen.extend(items)
        return grade(items)

    floor(Grader(spying), choose(records(20), 8), RUBRIC)

    assert all(item["id"].startswith("preflight/") for item in seen)
    assert len({item["id"] for item in seen}) == len(seen) == 8 * 6
    assert json.loads(json.dumps(seen)) == seen
