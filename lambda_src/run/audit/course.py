"""The audit from its first question to its result."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from ...reward.batched import NEVER, Deadline
from ...reward.rubric import Rubric
from . import rules
from .cost import Cost
from .exploits import exploits
from .grading import Grade, Grader, TimeShortError, UnusableGraderError, batches_of
from .latency import Latency
from .result import Audit, RuleResult, Verdict
from .speed import speed
from .spread import spread
from .stability import ALONE, stability
from .terms import Exactness, Judges, Terms, asks_judge, judges_without_reference
from .trials import Graded, Trial, Trials, trials
from .worth import Record, by_strategy, histogram, right_answers, variants, wrong_answers

RECORDS: Final = 32
RECORDS_BATCHED: Final = 8
"""Where the rubric asks a judge or a sandbox: every response costs time or money."""

_REPEATED: Final = 4  # batches
_REPEATED_BATCHED: Final = 1
_COMPARED: Final = (rules.WRONG_ANSWER_EARNS_LESS, rules.EXPLOIT_DOES_NOT_PAY)
_NEED_JUDGES: Final = (*_COMPARED, rules.GRADER_IS_FAST_ENOUGH, rules.REWARD_HAS_SPREAD)
_TOLD_APART: Final = (
    rules.REFERENCE_EARNS_FULL_REWARD,
    rules.VARIANT_EARNS_FULL_REWARD,
    *_COMPARED,
    rules.REWARD_HAS_SPREAD,
)
_GUESSED: Final = (
    "a stand-in answered, which cannot tell a good response without a reference; the preflight asks the judge"
)
_UNTRIED: Final[Mapping[Judges, Mapping[str, str]]] = {
    Judges.ASKED: {},
    Judges.STAND_IN: {rules.GRADER_IS_FAST_ENOUGH: "a stand-in answered, sooner than a judge can"},
    Judges.LEFT_OUT: dict.fromkeys(_NEED_JUDGES, "judges were not asked"),
}


def audit(
    grade: Grade,
    records: Sequence[Mapping[str, Any]],
    rubric: Rubric,
    terms: Terms | None = None,
    *,
    deadline: Deadline = NEVER,
    clock: Callable[[], float] = time.perf_counter,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Audit:
    """Try a grader on responses of known worth to the records.

    Args:
        grade: May raise anything; that is a finding too.
        records: Dataset records that have passed ``dataset.check``.
        rubric: Says how right, wrong and dishonest responses to a record look.
        deadline: When to stop; what was graded by then is judged.
        clock: In seconds; times the grader.
        progress: Called after each batch with the responses graded so far, and with all there will be.
    """
    terms = terms or Terms()
    batched = any(criterion.takes_batch for criterion in rubric.criteria)
    written = trials(rubric, records, terms.records or (RECORDS_BATCHED if batched else RECORDS))
    asked = [trial for of_record in written.by_record for trial in of_record]
    repeated = _REPEATED_BATCHED if batched else _REPEATED
    expected = len(asked) + 3 * sum(map(len, batches_of(asked)[:repeated])) + ALONE
    grader = Grader(grade, deadline, clock, _Progress(expected, progress))

    answers = _Answers()
    answers.ask(grader, asked)
    results = _on_worth(answers, written, rubric, terms)
    results[rules.SAME_INPUT_SAME_SCORE] = answers.ask_again(grader, repeated, Exactness.of(rubric, terms))
    latency = Latency.of(grader.batches, terms.job)
    results[rules.GRADER_IS_FAST_ENOUGH] = speed(latency, terms.limits)
    if asks_judge(rubric):
        results |= {rule: RuleResult.not_tried(rule, why) for rule, why in _UNTRIED[terms.judges].items()}
    if terms.judges is Judges.STAND_IN and judges_without_reference(rubric):
        tried = [rule for rule in _TOLD_APART if results[rule].verdict is not Verdict.NOT_TRIED]
        results |= {rule: RuleResult.not_tried(rule, _GUESSED) for rule in tried}
    whole = _whole(written, answers)
    return Audit(
        rules=(answers.result(), _on_reading(written), *(_settled(results[rule], terms) for rule in rules.RULES)),
        records=len(whole),
        responses=sum(len(record.graded) for record in whole),
        histogram=histogram(whole),
        strategies=by_strategy(whole),
        latency=latency,
        cost=Cost.of([tokens for one in answers.graded if (tokens := one.tokens)], terms.job, terms.prices),
        notes=(answers.short,) if answers.short else (),
    )


def audit_records(records: Sequence[Mapping[str, Any]], rubric: Rubric, count: int, why: str) -> Audit:
    """Try what needs no grader: whether the records' references can be read.

    Args:
        count: How many records are tried.
        why: Reason for all that is not tried.
    """
    answers, *others = (RuleResult.not_tried(rule, why) for rule in (rules.GRADER_ANSWERS, *rules.RULES))
    return Audit((answers, _on_reading(trials(rubric, records, count)), *others))


@dataclass(slots=True)
class _Answers:
    """What the grader has answered, and why it answered no more."""

    graded: list[Graded] = field(default_factory=list)
    unusable: str = ""
    short: str = ""

    def ask(self, grader: Grader, asked: Sequence[Trial]) -> None:
        try:
            for batch in batches_of(asked):
                self.graded += grader.rewards(batch)
        except UnusableGraderError as error:
            self.unusable = str(error)
        except TimeShortError as error:
            self.short = f"stopped after {len(self.graded)} of {len(asked)} responses: {error}"

    def ask_again(self, grader: Grader, batches: int, exactness: Exactness) -> RuleResult:
        if self.unusable or not self.graded:
            return RuleResult.not_tried(rules.SAME_INPUT_SAME_SCORE, "no response was graded")
        try:
            return stability(grader, self.graded, batches=batches, judged=exactness.repeat)
        except UnusableGraderError as error:
            self.unusable = f"asked again, {error}"
        except TimeShortError as error:
            self.short = self.short or f"responses were not graded again: {error}"
        return RuleResult.not_tried(rules.SAME_INPUT_SAME_SCORE, self.unusable or self.short)

    def result(self) -> RuleResult:
        if self.unusable:
            return RuleResult.of(rules.GRADER_ANSWERS, holds=False, reason=self.unusable)
        if not self.graded:
            return RuleResult.not_tried(rules.GRADER_ANSWERS, self.short or "there was nothing to grade")
        return RuleResult.of(rules.GRADER_ANSWERS, holds=True, reason=f"{len(self.graded):,} responses graded")


class _Progress:
    """Adds up what a grader reports."""

    def __init__(self, total: int, report: Callable[[int, int], None]) -> None:
        self._done, self._total, self._report = 0, total, report

    def __call__(self, graded: int) -> None:
        self._done += graded
        self._report(self._done, max(self._total, self._done))


def _on_worth(answers: _Answers, written: Trials, rubric: Rubric, terms: Terms) -> dict[str, RuleResult]:
    """The rules that look at rewards alone."""
    whole = _whole(written, answers)
    if answers.unusable or not whole:
        why = "the grader gave no usable answer" if answers.unusable else answers.short or "no record could be read"
        return {rule: RuleResult.not_tried(rule, why) for rule in rules.RULES}
    exactness = Exactness.of(rubric, terms)
    spreading = spread(whole, terms.job.samples)
    results = [right_answers(whole, exactness.full), variants(whole, exactness.full), spreading]
    if spreading.failed and rules.REWARD_HAS_SPREAD not in terms.waive:
        same = f"rewards hardly differ: see {rules.REWARD_HAS_SPREAD}"
        results += [RuleResult.not_tried(rule, same) for rule in _COMPARED]
    else:
        results += [wrong_answers(whole), exploits(whole, exactness.dressed)]
    return {result.rule: result for result in results}


def _whole(written: Trials, answers: _Answers) -> list[Record]:
    """Records of which every response was graded."""
    graded = {one.trial.id: one for one in answers.graded}
    return [
        Record(tuple(graded[trial.id] for trial in of_record))
        for of_record in written.by_record
        if all(trial.id in graded for trial in of_record)
    ]


def _on_reading(written: Trials) -> RuleResult:
    unreadable = len(written.unreadable)
    total = unreadable + written.referenced
    if written.by_record and not total:
        return RuleResult.not_tried(rules.REFERENCE_IS_READABLE, "the records have none, and the rubric reads none")
    return RuleResult.of(
        rules.REFERENCE_IS_READABLE,
        holds=not unreadable,
        reason=f"{total - unreadable} of {total} sampled records have a reference answer that the rubric reads",
        examples=tuple(written.unreadable),
    )


def _settled(result: RuleResult, terms: Terms) -> RuleResult:
    why = terms.waive.get(result.rule)
    return result if why is None else result.waived(why)
