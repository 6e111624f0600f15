import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
import yaml

from datasets.make_code import COUNTS, KINDS, make
from lambda_src.reward.rubric import Rubric
from lambda_src.run.candidates import candidates
from lambda_src.run.candidates.code import SHOWN_ONLY, fenced

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "datasets" / "code"
RUBRIC = Rubric.from_config(yaml.safe_load((ROOT / "projects" / "code.yaml").read_text(encoding="utf-8"))["reward"])


def _records(split: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (FOLDER / f"{split}.jsonl").read_text(encoding="utf-8").splitlines()]


def _prompt(record: dict[str, Any]) -> str:
    return str(record["messages"][0]["content"])


def _rewards(pairs: list[tuple[dict[str, Any], str]]) -> list[float]:
    items = [
        {
            "id": str(i),
            "messages": [*record["messages"], {"role": "assistant", "content": response}],
            "metadata": {"reference_answer": record["reference_answer"]},
        }
        for i, (record, response) in enumerate(pairs)
    ]
    return [score.reward for score in RUBRIC.grade(items)]


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


def test_no_task_appears_twice_in_one_file_or_in_two(records: list[dict[str, Any]]) -> None:
    """Without the function's name and the example, which differ even for equal tasks."""
    asked = [_prompt(record).partition("that ")[2].partition("\n")[0] for record in records]

    assert len(set(asked)) == len(records)


def test_every_reference_earns_the_full_reward(records: list[dict[str, Any]]) -> None:
    pairs = [(record, fenced(record["reference_answer"]["solution"])) for record in records]

    assert _rewards(pairs) == [1.0] * len(records)


def test_the_shown_example_alone_earns_nothing(records: list[dict[str, Any]]) -> None:
    pairs = [
        (record, candidate.response)
        for record in records
        for candidate in candidates(RUBRIC, record, [other for other in records if other is not record][:3])
        if candidate.strategy == SHOWN_ONLY
    ]

    assert len(pairs) == len(records)
    assert _rewards(pairs) == [0.0] * len(records)


def test_the_prompt_shows_the_first_case_and_no_other(records: list[dict[str, Any]]) -> None:
    for record in records:
        reference = record["reference_answer"]
        shown = [
            f"{reference['function']}({', '.join(map(repr, case['args']))})` returns `{case.get('expected')!r}`"
            for case in reference["cases"]
        ]
        assert [text in _prompt(record) for text in shown] == [True] + [False] * (len(shown) - 1), record["id"]


def test_every_prompt_names_the_function_and_asks_for_one_block(records: list[dict[str, Any]]) -> None:
    for record in records:
        assert f"`{record['reference_answer']['function']}(" in _prompt(record)
        assert _prompt(record).endswith("Answer with one ```python block that holds the function.")


def test_cases_differ_in_their_results(records: list[dict[str, Any]]) -> None:
    for record in records:
        results = {json.dumps(case.get("expected")) for case in record["reference_answer"]["cases"]}
        assert len(results) >= 3, record["id"]


def test_every_kind_of_task_is_in_every_file() -> None:
    kinds: defaultdict[str, set[str]] = defaultdict(set)
    for split in COUNTS:
        kinds[split] |= {record["kind"] for record in _records(split)}

    assert len(KINDS) >= 15
    assert all(kinds[split] == set(KINDS) for split in COUNTS)
