import json
from pathlib import Path
from typing import Any

import pytest

from datasets.make_gsm8k_style import COUNTS, make
from datasets.material.stories import INSTRUCTION, STORIES
from lambda_src.reward.rubric import Rubric
from lambda_src.run.candidates.maths import write
from rehearsal.tiny_lm.tokenizer import unreadable

FOLDER = Path(__file__).parents[2] / "datasets" / "gsm8k-style"
RUBRIC = Rubric.from_config(
    [
        {"function": "maths.final_answer", "weight": 0.9},
        {"function": "maths.one_final_answer", "weight": 0.1},
    ]
)


def _records(split: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (FOLDER / f"{split}.jsonl").read_text(encoding="utf-8").splitlines()]


def right_answer(record: dict[str, Any]) -> str:
    return next(iter(write(record, record))).response


def _prompt(record: dict[str, Any]) -> str:
    return str(record["messages"][0]["content"])


@pytest.fixture(scope="module")
def records() -> list[dict[str, Any]]:
    return [record for split in COUNTS for record in _records(split)]


def test_generating_again_gives_the_same_bytes(tmp_path: Path) -> None:
    make(tmp_path)

    for split in COUNTS:
        assert (tmp_path / f"{split}.jsonl").read_bytes() == (FOLDER / f"{split}.jsonl").read_bytes(), split


@pytest.mark.parametrize(("split", "count"), COUNTS.items())
def test_each_file_has_its_number_of_records(split: str, count: int) -> None:
    assert len(_records(split)) == count


def test_ids_are_unique(records: list[dict[str, Any]]) -> None:
    assert len({record["id"] for record in records}) == len(records)


def test_no_prompt_appears_twice_in_one_file_or_in_two(records: list[dict[str, Any]]) -> None:
    assert len({_prompt(record) for record in records}) == len(records)


def test_every_reference_earns_the_full_reward(records: list[dict[str, Any]]) -> None:
    items = [
        {
            "id": record["id"],
            "messages": [*record["messages"], {"role": "assistant", "content": right_answer(record)}],
            "metadata": {"reference_answer": record["reference_answer"]},
        }
        for record in records
    ]

    assert [score.reward for score in RUBRIC.grade(items)] == [1.0] * len(records)


def test_every_solution_is_right_line_by_line_and_ends_in_the_answer(records: list[dict[str, Any]]) -> None:
    for record in records:
        reference = record["reference_answer"]
        for line in reference["solution"].splitlines():
            left, operator, right, _, result = line.split()
            values = {"+": int(left) + int(right), "-": int(left) - int(right), "*": int(left) * int(right)}
            assert values[operator] == int(result), record["id"]
        assert reference["solution"].endswith(f"= {reference['final_answer']}"), record["id"]


def test_every_prompt_asks_for_the_marker(records: list[dict[str, Any]]) -> None:
    assert all(_prompt(record).endswith(INSTRUCTION) for record in records)


def test_every_number_of_a_solution_comes_from_its_prompt_or_an_earlier_line(records: list[dict[str, Any]]) -> None:
    for record in records:
        known = set(_prompt(record).split())
        for line in record["reference_answer"]["solution"].splitlines():
            left, _, right, _, result = line.split()
            assert {left, right} <= known, record["id"]
            known.add(result)


def test_the_local_model_knows_every_word(records: list[dict[str, Any]]) -> None:
    assert unreadable(records) == []


@pytest.mark.parametrize("kind", list(STORIES))
def test_every_kind_of_story_is_in_every_file(kind: str) -> None:
    question = STORIES[kind].question.split("{name}")[-1]

    assert all(any(question in _prompt(record) for record in _records(split)) for split in COUNTS)
