"""A trainer that only pretends: one step of 30 ms per epoch, graded for real."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

Record = Mapping[str, Any]


@dataclass(frozen=True)
class HyperParameters:
    epochs: int

    @classmethod
    def from_api(cls, values: Mapping[str, Any]) -> "HyperParameters":
        return cls(values.get("epochCount", 1))


@dataclass(frozen=True)
class Step:
    step: int
    total: int
    epoch: int
    training_reward: float
    validation_reward: float | None = None
    validation_episode_length: float | None = None
    training_episode_length: float = 20.0
    policy_entropy: float = 1.0
    gradient_norm: float = 0.5
    mean_advantage: float = 0.0
    min_advantage: float = -1.0
    max_advantage: float = 1.0


class Adapter:
    artifacts: ClassVar[Mapping[str, str]] = {"training_artifacts/beside.json": "[]"}

    def save(self, path: Path) -> None:
        path.write_bytes(b"weights")


def unreadable(records: Sequence[Record]) -> list[str]:
    return [f"{record['id']}: zebra" for record in records if "zebra" in record["messages"][0]["content"]]


def train(
    *,
    train: Sequence[Record],
    validation: Sequence[Record],
    grade: Callable[[Sequence[Record]], Sequence[float]],
    hyper_parameters: HyperParameters,
    seed: int,
    on_step: Callable[[Step], None],
) -> Adapter:
    steps = hyper_parameters.epochs
    for number in range(1, steps + 1):
        rewards = grade([_item(record) for record in train])
        measured = (0.5, 21.0) if validation and number == steps else (None, None)
        on_step(Step(number, steps, number, sum(rewards) / len(rewards), *measured))
        time.sleep(0.03)
    print("a trainer may print")
    return Adapter()


def _item(record: Record) -> dict[str, Any]:
    answer = {"role": "assistant", "content": "#### 1"}
    return {
        "id": record["id"],
        "messages": [*record["messages"], answer],
        "metadata": {"reference_answer": record["reference_answer"]},
    }
