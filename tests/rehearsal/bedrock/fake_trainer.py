"""A trainer that only pretends: one step of 30 ms per epoch, graded for real."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Record = Mapping[str, Any]


@dataclass(frozen=True)
class HyperParameters:
    epoch_count: int | None
    batch_size: int | None
    learning_rate: float | None
    max_prompt_length: int | None
    samples_per_prompt: int | None
    inference_max_tokens: int | None
    eval_interval: int | None


class Adapter:
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
    on_step: Callable[[Mapping[str, Any]], None],
) -> Adapter:
    steps = hyper_parameters.epoch_count or 1
    for step in range(1, steps + 1):
        rewards = grade([_item(record) for record in train])
        row = {
            "step": step,
            "total": steps,
            "epoch": step,
            "trainingReward": sum(rewards) / len(rewards),
            "trainingEpisodeLength": 20.0,
            "policyEntropy": 1.0,
            "gradientNorm": 0.5,
            "meanAdvantage": 0.0,
            "minAdvantage": -1.0,
            "maxAdvantage": 1.0,
        }
        evaluated = {"validationReward": 0.5, "validationEpisodeLength": 21.0} if validation and step == steps else {}
        on_step(row | evaluated)
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
