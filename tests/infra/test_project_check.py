import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from infra.config import ProjectConfig, StageConfig
from infra.project_check import GraderError, require_sound
from lambda_src.run.dataset import DatasetError
from tests.infra.synthesis import record, write_project


def _project(tmp_path: Path, edit: Callable[[list[str]], list[str]] = list, **changes: Any) -> StageConfig:
    config = ProjectConfig.load(write_project(tmp_path, changes)).for_stage("dev")
    lines = config.train_file.read_text(encoding="utf-8").splitlines()
    config.train_file.write_text("".join(f"{line}\n" for line in edit(lines)), encoding="utf-8")
    return config


def test_a_sound_project_passes(tmp_path: Path) -> None:
    require_sound(_project(tmp_path))


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        pytest.param(lambda lines: [*lines[:2], "{", *lines[3:]], "train.jsonl line 3: is not valid JSON", id="JSON"),
        pytest.param(lambda lines: lines[1:], "99 records; expected 100 to 20,000", id="99 records"),
        pytest.param(
            lambda lines: [json.dumps({"messages": json.loads(lines[0])["messages"]}), *lines[1:]],
            "train.jsonl line 1: no reference_answer; every record needs one",
            id="no reference",
        ),
    ],
)
def test_records_that_cannot_be_used_are_named(
    edit: Callable[[list[str]], list[str]], expected: str, tmp_path: Path
) -> None:
    config = _project(tmp_path, edit)

    with pytest.raises(DatasetError) as refused:
        require_sound(config)

    assert "datasets/sums/train.jsonl" in str(refused.value)
    assert expected in str(refused.value)


def test_validation_records_are_checked_too(tmp_path: Path) -> None:
    config = _project(tmp_path)
    (config.dataset_folder / "validation.jsonl").write_text(f"{record(1)}[]\n", encoding="utf-8")

    with pytest.raises(DatasetError, match=r"datasets/sums/validation.jsonl line 2"):
        require_sound(config)


PAYS_FOR_ANY_ANSWER = [{"function": "maths.one_final_answer", "weight": 1}]


def test_a_reward_that_pays_for_wrong_answers_is_refused(tmp_path: Path) -> None:
    config = _project(tmp_path, reward=PAYS_FOR_ANY_ANSWER)

    with pytest.raises(GraderError, match="wrong-answer-earns-less: record r0: a wrong answer earns"):
        require_sound(config)


def test_a_waived_rule_is_not_applied(tmp_path: Path) -> None:
    waive = {"wrong-answer-earns-less": "Only the form is trained here."}

    require_sound(_project(tmp_path, reward=PAYS_FOR_ANY_ANSWER, waive=waive))
