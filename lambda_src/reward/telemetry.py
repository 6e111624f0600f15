"""What a graded batch tells about the grader, at once; of the policy the kept rollouts tell."""

import json
import os
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from ..private.redaction import redacted
from . import metrics
from .rollout import Score
from .rollout_log import is_redacting

PREFLIGHT_ID: Final = "preflight/"
"""Ids that begin so come from the deployment's own checks, not from a policy."""
SOURCE_VARIABLE: Final = "RFT_SOURCE"
"""Says which grader this is, where it is not the project's own."""
NO_RUN: Final = "none"

_ALIAS: Final = "run-"
_QUALIFIER: Final = 7  # field of a Lambda ARN that holds the alias or version


def publish(scores: Sequence[Score], *, function_arn: str, milliseconds: float, lost: int | None = None) -> None:
    """Emit a batch's metrics, and a log line for each rollout that failed or that a judge gave reasons for.

    Args:
        function_arn: As invoked; its alias names the run.
        milliseconds: What grading the batch took.
        lost: How many rollouts of the policy could not be kept; None where none are to be.
    """
    _log_texts(scores)
    identity = {
        metrics.PROJECT: os.environ["RFT_PROJECT"],
        metrics.STAGE: os.environ["RFT_STAGE"],
        metrics.RUN: run_of(function_arn),
    }
    for source, part in _by_source(scores).items():
        dimensions = identity | {metrics.SOURCE: source}
        measured = measure(part, milliseconds=milliseconds)
        if lost is not None and source != metrics.PREFLIGHT_SOURCE:
            measured |= {metrics.ROLLOUTS_LOST: [lost]}
        metrics.emit(dimensions, measured)
        for function, count in _failures(part).items():
            metrics.emit(dimensions | {metrics.REWARD_FUNCTION: function}, {metrics.GRADER_ERRORS: [count]})


def run_of(function_arn: str) -> str:
    """The run that an invocation through its alias belongs to; ``NO_RUN`` without an alias.

    >>> run_of("arn:aws:lambda:us-east-1:000000000000:function:grader:run-0123456789ab")
    '0123456789ab'
    """
    qualifier = function_arn.split(":")[_QUALIFIER:]
    return qualifier[0].removeprefix(_ALIAS) if qualifier and qualifier[0].startswith(_ALIAS) else NO_RUN


def is_preflight(score: Score) -> bool:
    """Whether a rollout comes from the deployment's own checks."""
    return str(score.id).startswith(PREFLIGHT_ID)


def measure(scores: Sequence[Score], *, milliseconds: float) -> dict[str, Sequence[float]]:
    """Values by metric name. Rewards are those paid."""
    return {
        metrics.GRADER_REWARD: [score.reward for score in scores],
        metrics.GRADER_ERRORS: [sum(score.error is not None for score in scores)],
        metrics.GRADER_DURATION: [milliseconds],
        metrics.ROLLOUTS: [len(scores)],
    }


def _log_texts(scores: Iterable[Score]) -> None:
    told = redacted if is_redacting() else str
    for score in scores:
        if score.error:
            print(json.dumps({"graderError": told(score.error)}))
        if score.reasons:
            reasons = {name: told(reason) for name, reason in score.reasons.items()}
            print(json.dumps({"judged": score.id, "reward": score.reward, "reasons": reasons}))


def _failures(scores: Iterable[Score]) -> Mapping[str, int]:
    """How many rollouts each criterion could not grade; what the payload itself kept from being graded is nobody's."""
    return Counter(score.failed for score in scores if score.failed is not None)


def _by_source(scores: Sequence[Score]) -> Mapping[str, list[Score]]:
    """Never empty: an empty batch is a batch, too."""
    own = os.environ.get(SOURCE_VARIABLE, metrics.GRADER_SOURCE)
    sources: defaultdict[str, list[Score]] = defaultdict(list)
    for score in scores:
        sources[metrics.PREFLIGHT_SOURCE if is_preflight(score) else own].append(score)
    return sources or {own: []}
