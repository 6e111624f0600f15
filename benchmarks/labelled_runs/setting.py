"""What a run is made of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from benchmarks.labelled_runs.faults import Fault

Entry = Mapping[str, Any]


class Model(StrEnum):
    """The local policies."""

    TINY_LM = "tiny-lm"
    STRATEGIST = "strategist"


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One run; with its seed it says everything.

    Attributes:
        dataset: A folder below ``datasets/``.
        prompts: Training records that are used; the seed chooses them.
        batch: Prompts of a step.
        samples: Responses to each.
        learning_rate: On the API's scale.
        tokens: ``inferenceMaxTokens``.
        temperature: That the base model is sampled and trained at; for ``local.tiny-lm`` alone.
        magnified: What every number of a record without multiplication is multiplied by; others are left out.
        rubric: What the policy is trained on.
        shadow: The independent rubric; it never trains.
        faults: What is wrong with the grader.
    """

    model: Model = Model.TINY_LM
    dataset: str = "gsm8k-style"
    prompts: int = 480
    steps: int = 50
    batch: int = 16
    samples: int = 8
    learning_rate: float = 1e-4
    tokens: int = 64
    temperature: float = 1.0
    magnified: int = 1
    rubric: Sequence[Entry] = ()
    shadow: Sequence[Entry] = ()
    shadowed: int = 64
    faults: Sequence[Fault] = ()
