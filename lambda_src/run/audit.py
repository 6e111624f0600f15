"""Tries the grader on answers whose worth is known, before any training is paid for.

Each sampled record is graded twice: once with a good response, which must earn the full reward (else the
best the model can do is punished), once with a wrong one, which must earn less (else there is nothing to
learn). The grader is passed in, so that one audit judges both the local code and the deployed alias.
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..reward.rubric import Rubric

REFERENCE_EARNS_FULL_REWARD = "reference-earns-full-reward"
WRONG_ANSWER_EARNS_LESS = "wrong-answer-earns-less"
RULES = (REFERENCE_EARNS_FULL_REWARD, WRONG_ANSWER_EARNS_LESS)
"""What a project may waive, each with a reason."""

GRADER_ANSWERS = "grader-answers"
REFERENCE_IS_READABLE = "reference-is-readable"
"""Neither can be waived: a run that breaks one of the two can only fail."""

FULL_REWARD = 1.0
_TOLERANCE = 1e-6
_BATCH = 16  # items; Lambda takes 6 MB per invocation

Grade = Callable[[Sequence[Mapping[str, Any]]], Any]
"""Takes payload items as Bedrock sends them and returns the grader's answer, whatever that is."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that a record breaks; ``message`` names the record, its reward and what is expected."""

    rule: str
    record: str
    message: str


def audit(
    grade: Grade, records: Sequence[Mapping[str, Any]], rubric: Rubric, waive: Mapping[str, str]
) -> list[Finding]:
    """Grade a right and a wrong answer to each record and compare.

    Args:
        grade: May raise anything; that is a finding too.
        records: Dataset records that have passed ``dataset.check``.
        rubric: Says how a right and a wrong answer to a record look.
        waive: Rules not to apply, each with its reason.

    Raises:
        ValueError: ``waive`` names a rule that does not exist or gives no reason.
    """
    _check_waivers(waive)
    names = [str(record.get("id") or f"#{n}") for n, record in enumerate(records)]
    items: list[dict[str, Any]] = []
    findings: list[Finding] = []
    for n, record in enumerate(records):
        try:
            items += [
                _item(f"preflight/{n}/right", record, rubric.right_answer(record)),
                _item(f"preflight/{n}/wrong", record, rubric.wrong_answer(record)),
            ]
        except (LookupError, TypeError, ValueError) as error:
            findings.append(Finding(REFERENCE_IS_READABLE, names[n], f"record {names[n]}: {error}"))
    try:
        rewards = _rewards(grade, items)
    except _UnusableGraderError as error:
        return [*findings, Finding(GRADER_ANSWERS, "", str(error))]
    for n, name in enumerate(names):
        if f"preflight/{n}/right" in rewards:
            right, wrong = rewards[f"preflight/{n}/right"], rewards[f"preflight/{n}/wrong"]
            findings += [finding for finding in _compare(name, right, wrong) if finding.rule not in waive]
    return findings


def _check_waivers(waive: Mapping[str, str]) -> None:
    for rule, reason in waive.items():
        if rule not in RULES:
            raise ValueError(f"waive.{rule}: no such rule; expected one of {', '.join(RULES)}")
        if not str(reason).strip():
            raise ValueError(f"waive.{rule}: no reason; expected one sentence that says why the rule does not apply")


def _item(identity: str, record: Mapping[str, Any], response: str) -> dict[str, Any]:
    return {
        "id": identity,
        "messages": [*record["messages"], {"role": "assistant", "content": response}],
        "metadata": {key: value for key, value in record.items() if key not in ("id", "messages")},
    }


def _compare(record: str, right: float, wrong: float) -> Iterator[Finding]:
    if right < FULL_REWARD - _TOLERANCE:
        yield Finding(
            REFERENCE_EARNS_FULL_REWARD,
            record,
            f"record {record}: its own reference answer earns {right:.6g}; expected the full reward of {FULL_REWARD}",
        )
    if wrong > right - _TOLERANCE:
        yield Finding(
            WRONG_ANSWER_EARNS_LESS,
            record,
            f"record {record}: a wrong answer earns {wrong:.6g}; expected less than the {right:.6g} of the right one",
        )


class _UnusableGraderError(ValueError):
    """The grader raised or answered something that is not one score per item."""


def _rewards(grade: Grade, items: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    rewards: dict[str, float] = {}
    for start in range(0, len(items), _BATCH):
        batch = items[start : start + _BATCH]
        try:
            answer = grade(batch)
        except Exception as error:  # the grader is the project's own code and may raise anything
            raise _UnusableGraderError(f"the grader failed: {type(error).__name__}: {error}") from error
        rewards |= _read(batch, answer)
    return rewards


def _read(batch: Sequence[Mapping[str, Any]], answer: Any) -> dict[str, float]:
    if not isinstance(answer, list):
        raise _UnusableGraderError(
            f"the grader returned a {type(answer).__name__} ({str(answer)[:80]}); expected a list of scores"
        )
    if len(answer) != len(batch):
        raise _UnusableGraderError(
            f"the grader returned {len(answer)} scores for {len(batch)} items; expected one per item"
        )
    return dict(_score(item["id"], score) for item, score in zip(batch, answer, strict=True))


def _score(identity: str, score: Any) -> tuple[str, float]:
    if not isinstance(score, Mapping) or score.get("id") != identity:
        given = score.get("id", "no id") if isinstance(score, Mapping) else score
        raise _UnusableGraderError(f"the grader returned {given!r} for item {identity}; expected its id, in order")
    reward = score.get("aggregate_reward_score")
    if isinstance(reward, bool) or not isinstance(reward, int | float) or not math.isfinite(reward):
        raise _UnusableGraderError(
            f"item {identity}: aggregate_reward_score is {reward!r}; expected a finite number from 0 to 1"
        )
    return identity, float(reward)
