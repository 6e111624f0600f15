"""What a graded batch tells about the policy and the grader, while a job trains."""

import json
import os
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from statistics import fmean, pstdev
from typing import Final

from . import metrics
from .rollout import Score

PREFLIGHT_ID: Final = "preflight/"
"""Ids that begin so come from the deployment's own checks, not from a policy."""
_ALIAS: Final = "run-"
_QUALIFIER: Final = 7  # field of a Lambda ARN that holds the alias or version


def publish(scores: Sequence[Score], *, function_arn: str, milliseconds: float) -> None:
    """Emit a batch's metrics, and a log line for each rollout that failed or that a judge gave reasons for.

    Args:
        function_arn: As invoked; its alias names the run.
        milliseconds: What grading the batch took.
    """
    for score in scores:
        if score.error:
            print(json.dumps({"graderError": score.error}))
        if score.reasons:
            print(json.dumps({"judged": score.id, "reward": score.reward, "reasons": dict(score.reasons)}))
    identity = {
        metrics.PROJECT: os.environ["RFT_PROJECT"],
        metrics.STAGE: os.environ["RFT_STAGE"],
        metrics.RUN: run_of(function_arn),
    }
    for source, part in _by_source(scores).items():
        dimensions = identity | {metrics.SOURCE: source}
        metrics.emit(dimensions, measure(part, milliseconds=milliseconds))
        for function, count in _failures(part).items():
            metrics.emit(dimensions | {metrics.REWARD_FUNCTION: function}, {metrics.GRADER_ERRORS: [count]})


def run_of(function_arn: str) -> str:
    """The run that an invocation through its alias belongs to; ``none`` without an alias.

    >>> run_of("arn:aws:lambda:us-east-1:000000000000:function:grader:run-0123456789ab")
    '0123456789ab'
    """
    qualifier = function_arn.split(":")[_QUALIFIER:]
    return qualifier[0].removeprefix(_ALIAS) if qualifier and qualifier[0].startswith(_ALIAS) else "none"


def measure(scores: Sequence[Score], *, milliseconds: float) -> Mapping[str, Sequence[float]]:
    """Values by metric name. Rewards are those paid; the rest leaves out what could not be graded."""
    graded = [score for score in scores if not score.error]
    return {
        metrics.GRADER_REWARD: [score.reward for score in scores],
        metrics.REWARD_SPREAD: _spread(scores),
        metrics.RESPONSE_LENGTH: [len(score.rollout.response) for score in graded],
        metrics.UNPARSED_SHARE: [fmean(not score.parsed for score in graded)] if graded else [],
        metrics.GRADER_ERRORS: [len(scores) - len(graded)],
        metrics.GRADER_DURATION: [milliseconds],
        metrics.ROLLOUTS: [len(scores)],
    }


def _failures(scores: Iterable[Score]) -> Mapping[str, int]:
    """How many rollouts each criterion could not grade; what the payload itself kept from being graded is nobody's."""
    return Counter(score.failed for score in scores if score.failed is not None)


def _spread(scores: Iterable[Score]) -> list[float]:
    """Bedrock does not say which rollouts share a prompt, so equal prompts are taken as one group."""
    groups: defaultdict[str, list[float]] = defaultdict(list)
    for score in scores:
        groups[score.rollout.prompt].append(score.reward)
    spreads = [pstdev(rewards) for rewards in groups.values() if len(rewards) > 1]
    return [fmean(spreads)] if spreads else []


def _by_source(scores: Sequence[Score]) -> Mapping[str, list[Score]]:
    """Never empty: an empty batch is a batch, too."""
    sources: defaultdict[str, list[Score]] = defaultdict(list)
    for score in scores:
        is_preflight = str(score.id).startswith(PREFLIGHT_ID)
        sources[metrics.PREFLIGHT_SOURCE if is_preflight else metrics.GRADER_SOURCE].append(score)
    return sources or {metrics.GRADER_SOURCE: []}
