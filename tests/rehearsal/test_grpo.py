"""The loop, with a policy that only counts."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

from rehearsal import grpo
from rehearsal.grpo import Grade, Record, Responses, StepRow, Update
from rehearsal.hyper_parameters import HyperParameters
from rehearsal.optimiser import Array

HYPER_PARAMETERS = HyperParameters(epoch_count=2, batch_size=4, samples_per_prompt=3, eval_interval=3)


class Policy:
    """Answers with the number of the response; hears what the loop makes of it."""

    longest_prompt = 10

    def __init__(self) -> None:
        self.sampled: list[tuple[list[str], int]] = []
        self.heard: list[tuple[Array, Array]] = []

    def prompt_length(self, record: Record) -> int:
        return len(record["messages"][0]["content"])

    def sample(self, records: Sequence[Record], group: int) -> Responses[int]:
        self.sampled.append(([record["id"] for record in records], group))
        count = len(records) * group
        return Responses([str(i % group) for i in range(count)], [i % group for i in range(count)], len(self.sampled))

    def update(self, trace: int, rewards: Array, advantages: Array) -> Update:
        assert trace == len(self.sampled), "the trace of the responses that were graded"
        self.heard.append((rewards, advantages))
        return Update(entropy=0.5, gradient_norm=2.0)


def record(number: int, prompt: str = "1 + 1") -> Record:
    return {"id": f"r{number}", "messages": [{"role": "user", "content": prompt}], "reference_answer": "2"}


def last_digit(items: Sequence[Record]) -> list[float]:
    return [float(item["messages"][-1]["content"]) for item in items]


def optimise(
    policy: Policy,
    *,
    train: int = 9,
    validation: int = 2,
    grade: Grade = last_digit,
    hyper_parameters: HyperParameters = HYPER_PARAMETERS,
    seed: int = 0,
    make: Callable[[int], Record] = record,
) -> list[StepRow]:
    rows: list[StepRow] = []
    grpo.optimise(
        policy,
        train=[make(n) for n in range(train)],
        validation=[record(n) for n in range(100, 100 + validation)],
        grade=grade,
        hyper_parameters=hyper_parameters,
        rng=np.random.default_rng(seed),
        on_step=rows.append,
    )
    return rows


def trained_on(policy: Policy) -> list[list[str]]:
    return [ids for ids, group in policy.sampled if group == 3]


def test_an_epoch_has_as_many_steps_as_the_data_fill_batches() -> None:
    rows = optimise(Policy())

    assert [(row.step, row.total, row.epoch) for row in rows] == [(1, 4, 1), (2, 4, 1), (3, 4, 2), (4, 4, 2)]


def test_every_epoch_has_another_order_and_no_record_twice() -> None:
    policy = Policy()

    optimise(policy, train=8)

    first, second = (trained_on(policy)[0] + trained_on(policy)[1], trained_on(policy)[2] + trained_on(policy)[3])
    assert sorted(first) == sorted(second) == [f"r{n}" for n in range(8)]
    assert first != second


def test_the_order_is_that_of_the_seed() -> None:
    policies = [Policy(), Policy(), Policy()]

    for policy, seed in zip(policies, (0, 0, 1), strict=True):
        optimise(policy, seed=seed)

    assert trained_on(policies[0]) == trained_on(policies[1])
    assert trained_on(policies[0]) != trained_on(policies[2])


def test_validation_opens_the_run_and_comes_every_interval_and_at_the_end() -> None:
    policy = Policy()

    rows = optimise(policy)

    assert [row.step for row in rows if row.validation_reward is not None] == [1, 3, 4]
    assert [group for _, group in policy.sampled] == [1, 3, 3, 3, 1, 3, 1]


def test_without_validation_records_there_is_no_validation() -> None:
    assert {row.validation_reward for row in optimise(Policy(), validation=0)} == {None}


def test_advantages_are_standardised_within_the_group_of_one_prompt() -> None:
    policy = Policy()

    optimise(policy)

    rewards, advantages = policy.heard[0]
    assert rewards.tolist() == [0, 1, 2] * 4
    assert advantages.tolist() == pytest.approx([-1, 0, 1] * 4, abs=1e-3)


def test_a_step_tells_what_the_policy_measured() -> None:
    row = optimise(Policy())[0]

    assert (row.policy_entropy, row.gradient_norm) == (0.5, 2.0)
    assert (row.training_reward, row.training_episode_length) == (1.0, 1.0)
    assert (row.min_advantage, row.mean_advantage, row.max_advantage) == pytest.approx((-1, 0, 1), abs=1e-3)


def test_the_grader_sees_what_bedrock_would_send_it() -> None:
    seen: list[Any] = []

    def grade(items: Sequence[Record]) -> list[float]:
        seen.extend(items)
        return [0.0] * len(items)

    optimise(Policy(), validation=0, grade=grade)

    assert sorted(seen[0]) == ["id", "messages", "metadata"]
    assert [message["role"] for message in seen[0]["messages"]] == ["user", "assistant"]
    assert seen[0]["metadata"] == {"reference_answer": "2"}
    assert len({item["id"] for item in seen[:12]}) == 12


def test_prompts_that_are_too_long_are_left_out() -> None:
    policy = Policy()

    optimise(policy, make=lambda n: record(n, "1 + 1" if n < 4 else "one and one"), validation=0)

    assert sorted({id_ for ids in trained_on(policy) for id_ in ids}) == ["r0", "r1", "r2", "r3"]


def test_data_that_fill_no_batch_are_refused() -> None:
    with pytest.raises(ValueError, match="training prompts of at most 10 tokens: 3; expected batchSize = 4 or more"):
        optimise(Policy(), train=3)


def test_a_grader_that_answers_too_little_is_an_error() -> None:
    with pytest.raises(ValueError, match="reshape"):
        optimise(Policy(), validation=0, grade=lambda items: [1.0] * (len(items) - 1))
