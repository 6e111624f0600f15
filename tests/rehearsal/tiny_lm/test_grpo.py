import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lambda_src.reward.rubric import Rubric
from rehearsal.tiny_lm.fine_tuning import FineTuning
from rehearsal.tiny_lm.grpo import Grade, HyperParameters, Record, StepRow, train

DATASET = Path(__file__).parents[3] / "datasets" / "gsm8k-style"
RUBRIC = Rubric.from_config(
    [
        {"function": "maths.final_answer", "weight": 0.9},
        {"function": "maths.one_final_answer", "weight": 0.1},
    ]
)
SHORT = HyperParameters(batch_size=16, samples_per_prompt=4, inference_max_tokens=40, eval_interval=2)


def _records(split: str, count: int) -> list[Record]:
    lines = (DATASET / f"{split}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines[:count]]


def _grade(items: Sequence[Record]) -> list[float]:
    return [score.reward for score in RUBRIC.grade(items)]


def _train(
    *,
    grade: Grade = _grade,
    hyper_parameters: HyperParameters = SHORT,
    seed: int = 0,
    validation: int = 10,
    records: int = 80,
) -> tuple[list[StepRow], FineTuning]:
    rows: list[StepRow] = []
    adapter = train(
        train=_records("train", records),
        validation=_records("validation", validation),
        grade=grade,
        hyper_parameters=hyper_parameters,
        seed=seed,
        on_step=rows.append,
    )
    return rows, adapter


@pytest.fixture(scope="module")
def rows() -> list[StepRow]:
    return _train()[0]


@dataclass(frozen=True, slots=True)
class Unvalidated:
    """A training without validation records, and what its grader was asked."""

    rows: list[StepRow]
    adapter: FineTuning
    seen: list[Record]


@pytest.fixture(scope="module")
def unvalidated() -> Unvalidated:
    seen: list[Record] = []

    def grade(items: Sequence[Record]) -> list[float]:
        seen.extend(items)
        return _grade(items)

    return Unvalidated(*_train(grade=grade, validation=0), seen)


def test_one_seed_gives_one_run_and_another_seed_another() -> None:
    first, again, other = (_train(seed=seed, records=32)[0] for seed in (0, 0, 1))

    assert first == again
    assert first != other


def test_an_epoch_has_as_many_steps_as_the_data_fill_batches(rows: list[StepRow]) -> None:
    assert [(row.step, row.total, row.epoch) for row in rows] == [(step, 5, 1) for step in range(1, 6)]


def test_validation_opens_the_run_and_comes_every_interval_and_at_the_end(rows: list[StepRow]) -> None:
    assert [row.step for row in rows if row.validation_reward is not None] == [1, 2, 4, 5]


def test_without_validation_records_there_is_no_validation(unvalidated: Unvalidated) -> None:
    assert {row.validation_reward for row in unvalidated.rows} == {None}


def test_advantages_are_centred_in_their_groups(rows: list[StepRow]) -> None:
    assert all(abs(row.mean_advantage) < 1e-6 and row.min_advantage < 0 < row.max_advantage for row in rows)


def test_entropy_starts_where_a_policy_that_explores_is(rows: list[StepRow]) -> None:
    assert 0.2 < rows[0].policy_entropy < 1.0


def test_equal_rewards_teach_nothing() -> None:
    rows, adapter = _train(grade=lambda items: [0.5] * len(items), validation=0, records=32)

    assert {row.gradient_norm for row in rows} == {0.0}
    assert all(not weight.any() for name, weight in adapter.weights.items() if name.endswith(".B"))


def test_a_reward_for_short_responses_makes_them_shorter() -> None:
    rows, _ = _train(
        grade=lambda items: [1 - len(item["messages"][-1]["content"]) / 500 for item in items],
        hyper_parameters=HyperParameters(
            epoch_count=2, batch_size=16, samples_per_prompt=4, inference_max_tokens=60, learning_rate=3e-4
        ),
        validation=0,
    )

    lengths = [row.training_episode_length for row in rows]
    assert np.mean(lengths[-3:]) < 0.75 * np.mean(lengths[:3])


def test_the_grader_sees_what_bedrock_would_send_it(unvalidated: Unvalidated) -> None:
    seen = unvalidated.seen

    item = seen[0]
    assert sorted(item) == ["id", "messages", "metadata"]
    assert [message["role"] for message in item["messages"]] == ["user", "assistant"]
    assert sorted(item["metadata"]["reference_answer"]) == ["final_answer", "solution"]
    assert len({each["id"] for each in seen[:64]}) == 64


def test_responses_keep_to_the_token_limit() -> None:
    limited = HyperParameters(batch_size=16, samples_per_prompt=2, inference_max_tokens=5)

    rows, _ = _train(hyper_parameters=limited, validation=0)

    assert max(row.training_episode_length for row in rows) <= 5


@pytest.mark.parametrize(
    "too_much",
    [
        pytest.param(HyperParameters(batch_size=81), id="batch larger than the data"),
        pytest.param(HyperParameters(batch_size=16, max_prompt_length=10), id="every prompt too long"),
    ],
)
def test_data_that_fill_no_batch_are_refused(too_much: HyperParameters) -> None:
    with pytest.raises(ValueError, match="expected batchSize"):
        _train(hyper_parameters=too_much)


def test_an_adapter_is_saved_with_all_its_matrices(unvalidated: Unvalidated, tmp_path: Path) -> None:
    adapter = unvalidated.adapter

    adapter.save(tmp_path / "adapter.npz")

    with np.load(tmp_path / "adapter.npz") as arrays:
        saved: dict[str, Any] = {name: arrays[name] for name in arrays.files}
    assert set(saved) == {*adapter.weights, "scale"}
    assert all((saved[name] == weight).all() for name, weight in adapter.weights.items())
