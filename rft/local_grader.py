"""A stage's grader on this machine, as its Lambda runs it."""

import signal
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any

from lambda_src.reward.batched import Deadline
from lambda_src.reward.guard import Guard
from lambda_src.reward.rewards._judge.client import asking
from lambda_src.reward.rollout import batch
from lambda_src.reward.rubric import Rubric
from lambda_src.run.audit import Grade, asks_judge
from lambda_src.sandbox import runner as sandbox
from lambda_src.sandbox.template import SandboxError
from rehearsal.bedrock import runtime

_BATCH_SECONDS = 300.0  # the deployed grader's time-out
_STAND_IN = (
    "Judges were answered by the local stand-in, which counts words and numbers: that the project is put together "
    "soundly is shown here, what the judge's model would say is not. The deploy's preflight asks the model."
)


@contextmanager
def local_grader(entries: Sequence[Mapping[str, Any]]) -> Iterator[Grade]:
    """The grader: reward functions for single rollouts in a process that can be killed, judges answered by a stand-in.

    Args:
        entries: The rubric, as ``StageConfig.rubric`` has it.
    """
    rubric = Rubric.from_config(entries)
    with _interrupts_ignored():
        guard = Guard(entries)

    def grade(items: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        deadline = Deadline.after(_BATCH_SECONDS)
        scores = rubric.grade(batch(items), deadline=deadline, each=partial(guard, deadline=deadline))
        return [score.to_response() | {"error": score.error} for score in scores]

    try:
        with asking(_stand_in):
            yield grade
    finally:
        guard.close()


def notes(rubric: Rubric) -> Iterator[str]:
    """What is otherwise here than in a deployed grader, one sentence each."""
    if asks_judge(rubric):
        yield _STAND_IN
    if "code" in rubric.families:
        with suppress(SandboxError):  # the audit has told of it
            held = sandbox.report()
            yield f"Code ran in this machine's sandbox: seccomp {held['seccomp']}, user {held['user']}."


@contextmanager
def _interrupts_ignored() -> Iterator[None]:
    """Ctrl-C reaches every process of a terminal; those started meanwhile leave it to this one to end them."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _stand_in(**request: Any) -> Mapping[str, Any]:
    """The local judge under the name of any model."""
    return runtime.converse(**(request | {"modelId": runtime.MODEL}))
