"""Makes a run: trains a local policy in this process, and keeps what the product would know and what was so."""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # read by numpy when first imported

import json
import random
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from benchmarks.labelled_runs.recorder import Enough, Recorder
from benchmarks.labelled_runs.setting import Model, Setting
from benchmarks.labelled_runs.truth import Judge, Maker, Reader, Truth
from lambda_src.reward.rubric import Rubric
from lambda_src.run.steps import Step
from rehearsal.grpo import Record
from rehearsal.hyper_parameters import HyperParameters
from rehearsal.strategist import trainer as strategist
from rehearsal.strategist.family import best_paid
from rehearsal.tiny_lm import grpo as tiny_lm
from rehearsal.tiny_lm.fine_tuning import FineTuning
from rehearsal.tiny_lm.model import Weights

DATASETS = Path(__file__).parents[2] / "datasets"
_VALIDATED = 48  # records
_EVAL_INTERVAL = 5
_PROMPT_TOKENS = {Model.TINY_LM: 64, Model.STRATEGIST: 4096}
_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Made:
    """A run as the product knows it, and as it was."""

    steps: Sequence[Step]
    truth: Sequence[Truth]


def make(setting: Setting, seed: int) -> Made:
    """Train once; the same again for the same seed."""
    training, validation = _records(setting, seed)
    recorder = Recorder(setting, seed, _judge(setting, training, validation), training, validation)
    with suppress(Enough):
        _trainer(setting)(
            train=training,
            validation=validation,
            grade=recorder.grade,
            hyper_parameters=HyperParameters(
                epoch_count=setting.steps,
                batch_size=setting.batch,
                learning_rate=setting.learning_rate,
                max_prompt_length=_PROMPT_TOKENS[setting.model],
                samples_per_prompt=setting.samples,
                inference_max_tokens=setting.tokens,
                eval_interval=_EVAL_INTERVAL,
            ),
            seed=seed,
            on_step=recorder.on_step,
        )
    return Made(recorder.steps, recorder.truth)


def _records(setting: Setting, seed: int) -> tuple[list[Record], list[Record]]:
    """Records to train on and to validate with."""
    rng = random.Random(seed)  # noqa: S311 - to be repeatable
    training, validation = (list(_read(setting, part)) for part in ("train", "validation"))
    return rng.sample(training, min(setting.prompts, len(training))), validation[:_VALIDATED]


def _read(setting: Setting, part: str) -> Iterator[Record]:
    for line in (DATASETS / setting.dataset / f"{part}.jsonl").read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        if setting.magnified == 1:
            yield record
        elif "*" not in record["reference_answer"]["solution"]:
            yield _magnified(record, setting.magnified)


def _magnified(record: Record, factor: int) -> Record:
    """A sum with every number that many times as large; so is its answer."""

    def larger(text: str) -> str:
        return _NUMBER.sub(lambda number: str(factor * int(number[0])), text)

    messages = [{**message, "content": larger(message["content"])} for message in record["messages"]]
    answer = {name: larger(text) for name, text in record["reference_answer"].items()}
    return {**record, "messages": messages, "reference_answer": answer}


def _judge(setting: Setting, training: Sequence[Record], validation: Sequence[Record]) -> Judge:
    if setting.model is Model.TINY_LM:
        return Reader(setting.tokens)
    rubric = Rubric.from_config(setting.rubric)
    family = best_paid([*training, *validation], lambda items: [score.reward for score in rubric.grade(items)])
    return Maker(family, training, setting.tokens)


def _trainer(setting: Setting) -> Callable[..., object]:
    """A base model whose logits are divided by a temperature: to sample from it is to sample at that temperature."""
    if setting.model is Model.STRATEGIST:
        return strategist.train

    def tempered(base: Weights, *, rng: np.random.Generator) -> FineTuning:
        head = base["head"] / base["head"].dtype.type(setting.temperature)
        return tiny_lm.LORA(base | {"head": head}, rng=rng)

    return partial(tiny_lm.train, method=tempered)
