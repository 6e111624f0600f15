import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from datasets.make_sql import COUNTS, WORLDS, make
from infra.config import ProjectConfig
from lambda_src.reward.rewards._sql.task import task_of
from lambda_src.reward.rollout import Rollout
from lambda_src.reward.rubric import Rubric
from lambda_src.run.candidates import Worth, respond

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "datasets" / "sql"


def _records(split: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (FOLDER / f"{split}.jsonl").read_text(encoding="utf-8").splitlines()]


def _prompt(record: dict[str, Any]) -> str:
    return str(record["messages"][0]["content"])


def _fenced(query: str) -> str:
    return f"```sql\n{query}\n```"


@pytest.fixture(scope="module")
def records() -> list[dict[str, Any]]:
    return [record for split in COUNTS for record in _records(split)]


@pytest.fixture(scope="module")
def rubric() -> Rubric:
    return Rubric.from_config(ProjectConfig.load(ROOT / "projects" / "sql.yaml").for_stage("dev").rubric)


def test_generating_again_gives_the_same_bytes(tmp_path: Path) -> None:
    make(tmp_path)

    for split in COUNTS:
        assert (tmp_path / f"{split}.jsonl").read_bytes() == (FOLDER / f"{split}.jsonl").read_bytes(), split


@pytest.mark.parametrize(("split", "count"), COUNTS.items())
def test_each_file_has_its_number_of_records(split: str, count: int) -> None:
    assert len(_records(split)) == count


def test_ids_and_prompts_are_unique(records: list[dict[str, Any]]) -> None:
    assert len({record["id"] for record in records}) == len(records)
    assert len({_prompt(record) for record in records}) == len(records)


def test_every_reference_and_every_alternative_earns_the_full_reward(
    records: list[dict[str, Any]], rubric: Rubric
) -> None:
    for record in records:
        reference = record["reference_answer"]
        for query in (reference["query"], *reference["alternatives"]):
            assert rubric.score(Rollout(record["id"], _fenced(query), fields=record)).reward == 1.0, record["id"]


def test_dishonest_and_wrong_responses_earn_little(rubric: Rubric) -> None:
    records = _records("test")

    for i, record in enumerate(records):
        for candidate in respond("sql", record, [records[i - 1]]):
            reward = rubric.score(Rollout(record["id"], candidate.response, fields=record)).reward
            if candidate.worth is Worth.WRONG or (candidate.worth is Worth.EXPLOIT and not candidate.dresses_right):
                assert reward <= 0.25, (record["id"], candidate.strategy)


def test_the_two_databases_give_different_rows_without_nulls(records: list[dict[str, Any]]) -> None:
    for record in records:
        one, other = task_of(Rollout(record["id"], "", fields=record)).databases

        assert 0 < len(one.answer.rows) <= 15
        assert 0 < len(other.answer.rows) <= 15
        assert other.share(one.answer.rows, 0.0) <= 0.4, record["id"]
        assert None not in {cell for each in (one, other) for row in each.answer.rows for cell in row}, record["id"]


def test_every_world_and_kind_is_in_every_file() -> None:
    kinds = {question.kind for world in WORLDS for question in world.questions}

    for split in COUNTS:
        counted = Counter(record["topic"] for record in _records(split))
        assert set(counted) == {world.name for world in WORLDS}
        assert max(counted.values()) - min(counted.values()) <= 1
        assert {record["kind"] for record in _records(split)} == kinds


def test_every_prompt_shows_the_schema_and_asks_for_one_block(records: list[dict[str, Any]]) -> None:
    for record in records:
        assert record["schema"] in _prompt(record)
        assert _prompt(record).endswith("Answer with one SQLite query in one ```sql block.")
        assert "{" not in _prompt(record)
