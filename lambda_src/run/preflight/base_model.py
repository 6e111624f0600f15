"""The base model, sampled before it is trained."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from ...reward.batched import Deadline
from ...reward.rubric import Rubric
from ..probe import Probe, ProbeError, Settings, probe
from ..run_name import RUN_DIGITS
from .data import Data
from .grader import grade_with
from .refusal import PreflightError

REFUSE: Final = "refuse"
_BAD: Final = ("too-hard", "no-signal", "too-easy")
_UNKNOWN: Final = "unknown"
_ALL_THE_SAME: Final = "To train all the same, set probe.deploy: warn in the project file."


def probed(
    run: Mapping[str, Any],
    rubric: Rubric,
    data: Data,
    *,
    client: Callable[[str], Any],
    deadline: Deadline,
    keep: Callable[[Mapping[str, Any]], None],
) -> Probe:
    """Sample the base model on the training records, and grade what it says with the deployed grader.

    Args:
        run: Its ``probe`` says how much is sampled.
        keep: Takes each rollout as it is graded.

    Raises:
        ProbeError: The model cannot be sampled.
    """
    grade = grade_with(client("lambda"), run["graderArn"])
    return probe(
        client("bedrock-runtime").converse,
        grade,
        data.settled("train"),
        _settings(run),
        rubric=rubric,
        deadline=deadline,
        keep=keep,
    )


def unreachable(error: ProbeError) -> PreflightError:
    """The refusal where the model cannot be sampled."""
    return PreflightError(f"the base model could not be probed: {error}. {_ALL_THE_SAME}")


def require_trainable(found: Probe) -> None:
    """Make sure that there is something to learn, and something to learn from.

    A verdict that could not be found does not forbid a run: the next preflight might find none either.

    Raises:
        PreflightError: The verdict is bad.
    """
    if found.verdict.name in _BAD:
        raise PreflightError(f"{_said(found)} {found.verdict.advice} {_ALL_THE_SAME}")


def notes(found: Probe) -> list[str]:
    """What speaks against training this model on these records, or that nobody knows: one sentence, or none."""
    return [_said(found)] if found.verdict.name in (*_BAD, _UNKNOWN) else []


def _said(found: Probe) -> str:
    return f"The probe of the base model {found.model} says {found.verdict.name}: {found.verdict.reason.rstrip('.')}."


def _settings(run: Mapping[str, Any]) -> Settings:
    wanted, hyper_parameters = run["probe"], run["hyperParameters"]
    names = {"inferenceMaxTokens": "max_tokens", "reasoningEffort": "reasoning_effort"}
    given = {name: hyper_parameters[key] for key, name in names.items() if key in hyper_parameters}
    return Settings(
        model=wanted["model"],
        prompts=wanted["prompts"],
        samples=wanted["samples"],
        temperature=wanted["temperature"],
        metadata={"project": run["project"], "stage": run["stage"], "run": run["digest"][:RUN_DIGITS]},
        **given,
    )
