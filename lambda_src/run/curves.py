"""Reads Bedrock's step-wise CSV files into steps.

Which columns Bedrock writes for reinforcement fine-tuning is not documented. Those of the console's graphs, of
the SageMaker runs of the same model and of the OpenAI-compatible path are all understood; columns are found
by name, and anything missing, additional, blank or not a number costs that value alone.
"""

import csv
import io
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from .steps import Step

_STEP = ("step_number", "step", "global_step")
_EPOCH = ("epoch_number", "epoch")
_TRAINING = {
    "epoch": _EPOCH,
    "training_reward": ("train_reward_mean", "training_reward", "reward_mean", "critic_rewards_mean"),
    "training_episode_length": ("train_episode_length_mean", "training_episode_length", "response_length_mean"),
    "policy_entropy": ("policy_entropy", "actor_entropy", "entropy"),
    "gradient_norm": ("gradient_norm", "actor_grad_norm", "grad_norm"),
}
_VALIDATION = {
    "epoch": _EPOCH,
    "validation_reward": ("validation_reward_mean", "val_reward_mean", "validation_reward", "val_score_rewards_mean_1"),
    "validation_episode_length": (
        "validation_episode_length_mean",
        "val_episode_length_mean",
        "validation_episode_length",
    ),
}


@dataclass(frozen=True, slots=True)
class Curves:
    """Steps in order, and what could not be read, one sentence each."""

    steps: tuple[Step, ...]
    notes: tuple[str, ...]


def read(training: str | None, validation: str | None) -> Curves:
    r"""Merge the two files by step; None stands for a file that is not there.

    >>> (step,) = read("step_number,policy_entropy\n1,0.48", "step_number,validation_reward_mean\n1,0.5").steps
    >>> step.policy_entropy, step.validation_reward
    (0.48, 0.5)
    """
    notes: list[str] = []
    values: dict[int, dict[str, Any]] = {}
    for name, text, columns in (("training", training, _TRAINING), ("validation", validation, _VALIDATION)):
        if text is not None:
            for step, row in _rows(name, text, columns, notes):
                values.setdefault(step, {}).update(row)
    return Curves(tuple(Step(step, **values[step]) for step in sorted(values)), tuple(notes))


def _rows(
    name: str, text: str, columns: Mapping[str, Iterable[str]], notes: list[str]
) -> Iterable[tuple[int, dict[str, float]]]:
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    by_name = {_normal(header): header for header in reader.fieldnames or []}
    step_header = _header(_STEP, by_name)
    if step_header is None:
        notes.append(f"{name} metrics: no column {_STEP[0]} (found {list(by_name)})")
        return
    found = {field: header for field, names in columns.items() if (header := _header(names, by_name)) is not None}
    missing = [names for field, names in columns.items() if field not in found and field != "epoch"]
    notes += [f"{name} metrics: no column {next(iter(names))} (found {list(by_name)})" for names in missing]
    unread = 0
    for row in reader:
        number = _number(row.get(step_header))
        if number is None:
            unread += 1
            continue
        values = {field: _number(row.get(header)) for field, header in found.items()}
        yield int(number), {field: value for field, value in values.items() if value is not None}
    if unread:
        notes.append(f"{name} metrics: {unread} rows have no step number and were left out")


def _header(names: Iterable[str], by_name: Mapping[str, str]) -> str | None:
    return next((by_name[name] for name in names if name in by_name), None)


def _normal(header: str) -> str:
    return re.sub("[^a-z0-9]+", "_", header.lower()).strip("_")


def _number(text: str | None) -> float | None:
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if math.isfinite(value) else None
