"""A deployed run, and one that is planned."""

from typing import Any

from lambda_src.run.plan import Deployed, Intended

OLD, NEW = "a" * 64, "b" * 64
INPUTS = {name: f"{name:0<64}" for name in ("model", "train", "validation", "rubric", "grader", "hyperParameters")}
REWARD = [{"function": "maths.final_answer", "weight": 0.9}, {"function": "maths.one_final_answer", "weight": 0.1}]
RUN = f"sums-dev-{OLD[:12]}-5e21aa/1"
METADATA: dict[str, Any] = {
    "digest": OLD,
    "attempt": 1,
    "inputs": INPUTS,
    "model": "amazon.nova-2-lite-v1:0:256k",
    "hyperParameters": {"epochCount": 8, "learningRate": 1e-4},
    "dataset": {"train": {"records": 480}, "validation": {"records": 100}},
    "rubric": REWARD,
    "git": {"commit": "c0ffee", "dirty": False},
}
INTENDED: dict[str, Any] = {
    "digest": NEW,
    "attempt": 1,
    "inputs": INPUTS,
    "model": METADATA["model"],
    "hyper_parameters": METADATA["hyperParameters"],
    "rubric": REWARD,
    "records": {"train": 480, "validation": 100},
}


def deployed(physical_id: str = RUN, **others: Any) -> Deployed:
    return Deployed.of({"Metadata": {"Rft::Run": METADATA | others}}, physical_id)


def intended(**others: Any) -> Intended:
    return Intended(**INTENDED | others)
