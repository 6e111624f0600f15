"""Rewards by a judge: another model says how good a response is, by a rubric of ``lambda_src/reward/rubrics``.

Against gaming: what is judged travels as data that can neither end nor imitate the judge's instructions
(``_judge.prompt``); the judge is told that praise and orders in it are worth nothing; the verdict is read from a tool's
call with an enumeration of marks and never from text (``_judge.verdict``); an answer that cannot be read is asked for
again, and costs its response a counted error in the end, never a middling score that breaking the judge would pay
(``_judge.call``); empty responses are not shown to it. A judge still has tastes of its own: see ``docs/judges.md``.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any, Final, Literal

from ..batched import Deadline, Judgement, batched
from ..options import OptionError
from ..rollout import RecordError, Rollout
from ._judge.batch import Verdicts, verdicts
from ._judge.client import MOST_CONNECTIONS, converse
from ._judge.prompt import FIRST, SECOND, TIE, VERDICT, Judge, key_of, shown
from ._judge.rubric import PAIRWISE, RESPONSE, JudgeRubric, JudgeRubricError, load
from ._judge.verdict import Verdict

INPUT_TOKENS: Final = "judgeInputTokens"
OUTPUT_TOKENS: Final = "judgeOutputTokens"


@batched
def score(
    rollouts: Sequence[Rollout],
    deadline: Deadline,
    *,
    rubric: str,
    model: str,
    criterion: str | None = None,
    max_tokens: int = 1000,
    temperature: float | None = 0.0,
    structure: Literal["tool", "json_schema"] = "tool",
    repeats: int = 1,
    concurrency: int = 16,
) -> list[Judgement | RecordError]:
    """Weighted mean of the rubric's criteria from 0 (lowest marks) to 1; in pairwise mode 1 win, 0.5 tie, 0 loss.

    Pairwise, both orders are asked, so that a judge's liking for the first text cancels out. Entries of one rubric that
    differ in ``criterion`` alone share their verdicts.

    Args:
        rubric: Name of a file in ``lambda_src/reward/rubrics``, without its ending.
        model: Id or ARN of a Bedrock model or inference profile.
        criterion: One criterion in place of the weighted mean.
        max_tokens: Of a verdict; one that is cut off is none.
        temperature: null for models that refuse the parameter.
        structure: ``json_schema`` for models that cannot be made to call a tool.
        repeats: Verdicts per response, of which the mean counts; each lists the criteria in another order.
        concurrency: Calls at a time.

    Raises:
        TransientError: The judge cannot be asked, or not all of it in time; what was judged is kept for the next try.

    >>> from ._judge.client import asking
    >>> def strict(**request):
    ...     marks = {"reasoning": "Two is even.", "instructions": 5, "correctness": 4, "clarity": 5}
    ...     call = {"toolUseId": "1", "name": "record_judgement", "input": marks}
    ...     return {"stopReason": "tool_use", "output": {"message": {"content": [{"toolUse": call}]}}}
    >>> rollout = Rollout("a", "Yes.", reference="Yes, two is even.", prompt="Is two even?")
    >>> with asking(strict):
    ...     score([rollout], Deadline.after(60), rubric="instruction-following", model="any")[0].value
    0.9125
    """
    task = load(rubric)
    judge = Judge(model, max_tokens, temperature, structure)
    plans = [_plan(task, judge, rollout, repeats) for rollout in rollouts]
    requests = {question.key: question.request for plan in plans if isinstance(plan, list) for question in plan}
    answers = verdicts(requests, converse(), deadline, concurrency=concurrency) if requests else Verdicts()
    return [
        _judged(task, criterion, rollout, plan, answers) if isinstance(plan, list) else plan
        for rollout, plan in zip(rollouts, plans, strict=True)
    ]


def parsed(rollout: Rollout) -> bool:
    """Whether the response says anything."""
    return bool(rollout.response.strip())


def check_options(_: str, options: Mapping[str, Any]) -> None:
    """Make sure that the rubric exists, and the criterion in it.

    Raises:
        OptionError: Names the option.
    """
    try:
        task = load(options["rubric"])
    except JudgeRubricError as error:
        raise OptionError("rubric", str(error)) from None
    names = [one.name for one in task.criteria]
    if options.get("criterion") is not None and (task.mode == PAIRWISE or options["criterion"] not in names):
        expected = "none in pairwise mode" if task.mode == PAIRWISE else f"one of {', '.join(names)}"
        raise OptionError("criterion", f"{options['criterion']!r}; expected {expected}")
    if options.get("concurrency", 1) > MOST_CONNECTIONS:
        raise OptionError("concurrency", f"{options['concurrency']}; expected {MOST_CONNECTIONS} at most")
    if (options.get("temperature") or 0) > 1:
        raise OptionError("temperature", f"{options['temperature']}; expected a number from 0 to 1")


@dataclass(frozen=True, slots=True)
class _Question:
    """One request.

    Attributes:
        key: What its verdict is remembered by.
        place: Where the response stands in a comparison.
    """

    request: dict[str, Any]
    key: str
    place: str = ""

    @classmethod
    def of(cls, request: dict[str, Any], place: str = "") -> "_Question":
        return cls(request, key_of(request), place)


def _plan(task: JudgeRubric, judge: Judge, rollout: Rollout, repeats: int) -> list[_Question] | Judgement | RecordError:
    """What to ask about a rollout, or what is plain without asking."""
    if not rollout.response.strip():
        return Judgement(0.0, "The response is empty.")
    try:
        if task.mode == PAIRWISE:
            return _comparisons(task, judge, rollout)
        material = shown(task, rollout, [*task.shows, RESPONSE])
        return [_Question.of(judge.request(task, material, turn=turn)) for turn in range(repeats)]
    except RecordError as error:
        return error


def _comparisons(task: JudgeRubric, judge: Judge, rollout: Rollout) -> list[_Question] | Judgement:
    against = str(task.against)
    parts = shown(task, rollout, [*task.shows, against, RESPONSE])
    other, own = parts.pop(against), parts.pop(RESPONSE)
    if isinstance(other, str) and own.strip() == other.strip():
        return Judgement(0.5, f"The response is the {against}.")
    orders = ((FIRST, {FIRST: own, SECOND: other}), (SECOND, {FIRST: other, SECOND: own}))
    return [_Question.of(judge.request(task, parts | pair), place) for place, pair in orders]


def _judged(
    task: JudgeRubric, criterion: str | None, rollout: Rollout, plan: Sequence[_Question], answers: Verdicts
) -> Judgement | RecordError:
    keys = [question.key for question in plan]
    for key in keys:
        if key in answers.missing:
            return RecordError(f"rollout {rollout.id}: {answers.missing[key]}")
    found = [answers.found[key] for key in keys]
    if task.mode == PAIRWISE:
        value = fmean(_won(verdict, question.place) for verdict, question in zip(found, plan, strict=True))
        metrics: dict[str, float] = {}
    else:
        shares = {one.name: fmean(_share(task, verdict, one.name) for verdict in found) for one in task.criteria}
        value = shares[criterion] if criterion else _weighted(task, shares)
        metrics = {f"{task.name}.{name}": share for name, share in shares.items()}
    return Judgement(value, " | ".join(verdict.reasoning for verdict in found), metrics | _tokens(keys, answers))


def _share(task: JudgeRubric, verdict: Verdict, name: str) -> float:
    low, high = task.scale
    return (int(verdict.answers[name]) - low) / (high - low)


def _weighted(task: JudgeRubric, shares: Mapping[str, float]) -> float:
    # exact sums: full marks are to make 1.0, whatever the weights
    return math.fsum(one.weight * shares[one.name] for one in task.criteria) / math.fsum(
        one.weight for one in task.criteria
    )


def _won(verdict: Verdict, place: str) -> float:
    better = verdict.answers[VERDICT]
    return 0.5 if better == TIE else float(better == place)


def _tokens(keys: Sequence[str], answers: Verdicts) -> dict[str, float]:
    """What the verdicts cost, told once: of equal responses the first one pays."""
    paid = [answers.found[key] for key in keys if key in answers.fresh]
    answers.fresh.difference_update(keys)
    if not paid:
        return {}
    return {
        INPUT_TOKENS: sum(verdict.input_tokens for verdict in paid),
        OUTPUT_TOKENS: sum(verdict.output_tokens for verdict in paid),
    }
