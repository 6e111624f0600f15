"""Asks the shadow grader what a sample of a step's responses is worth."""

import hashlib
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from statistics import fmean
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from ...reward.rollout_row import Row
from ..audit.job import GRADER_BATCH
from ..steps import Step
from .cost import Usage, judged
from .prompts import Prompts

_SHOWN: Final = 300  # characters of an error


class ShadowError(RuntimeError):
    """The shadow grader gave no rewards."""


@dataclass(slots=True)
class Shadow:
    """The shadow grader of a run.

    Attributes:
        client: Of Lambda.
        arn: Of the shadow's alias.
        most: Responses of a step that it grades.
        used: For the last step that it was asked about.
    """

    client: Any
    arn: str
    most: int
    used: Usage = field(default_factory=Usage)

    def judge(self, step: Step, rows: Sequence[Row], prompts: Prompts) -> tuple[Step, str]:
        """The step with what the shadow says, and why it does not say it; empty where it does."""
        self.used = Usage()
        sample = chosen(rows, prompts, self.most)
        if not sample:
            return step, "no rollout has its text kept and its prompt in the training set: the shadow grades none"
        try:
            rewards = self._rewards(sample, prompts)
        except (ClientError, BotoCoreError, ShadowError) as error:
            return step, f"the shadow grader gave no rewards for step {step.step}: {error}"
        paid = fmean(row.reward for row in sample)
        return replace(step, shadow_reward=fmean(rewards), shadowed_reward=paid, shadowed=len(sample)), ""

    def _rewards(self, sample: Sequence[Row], prompts: Prompts) -> list[float]:
        items = [prompts.item(row.prompt_id, str(i), row.response or "") for i, row in enumerate(sample)]
        starts = range(0, len(items), GRADER_BATCH)
        return [reward for start in starts for reward in self._grade(items[start : start + GRADER_BATCH])]

    def _grade(self, items: Sequence[dict[str, Any]]) -> list[float]:
        started = time.perf_counter()
        answer = self.client.invoke(FunctionName=self.arn, Payload=json.dumps(items).encode())
        content: bytes = answer["Payload"].read()
        self.used += Usage(calls=1, milliseconds=(time.perf_counter() - started) * 1000)
        if "FunctionError" in answer:
            raise ShadowError(content.decode(errors="replace")[:_SHOWN])
        try:
            scores = json.loads(content)
            rewards = {score["id"]: float(score["aggregate_reward_score"]) for score in scores}
            self.used += judged(_numbers(score) for score in scores)
            return [rewards[item["id"]] for item in items]
        except (LookupError, TypeError, ValueError) as error:
            raise ShadowError(f"it answered something else ({type(error).__name__}: {error})") from error


def chosen(rows: Sequence[Row], prompts: Prompts, most: int) -> list[Row]:
    """At most so many of the responses that were graded and kept, drawn by a hash: repeated, it draws the same."""
    kept = [row for row in rows if row.response is not None and row.error is None and row.prompt_id in prompts.training]
    return sorted(kept, key=_lot)[:most]


def _numbers(score: Mapping[str, Any]) -> dict[str, float]:
    """What a grader tells beside the reward, judges' tokens among it."""
    return {metric["name"]: float(metric["value"]) for metric in score.get("metrics_list", ())}


def _lot(row: Row) -> str:
    return hashlib.sha256(f"{row.batch}/{row.id}/{row.prompt_id}/{row.response}".encode(errors="replace")).hexdigest()
