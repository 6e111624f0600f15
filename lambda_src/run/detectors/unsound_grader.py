"""Unsound grader: what strategies of known worth earned breaks a rule of the grader audit.

The audit tries a sample before the job (``lambda_src.run.audit``); this looks at all rollouts of a training, and knows
of it only where the model chooses among responses of known worth, as ``local.strategist`` does. Reward hacking, where a
dishonest response is paid best, is a finding of its own.
"""

from collections.abc import Iterator, Sequence
from statistics import fmean

from ...reward import metrics
from ..candidates.candidate import Worth
from .finding import About, Finding, Severity, Subject
from .reward_hacking import FEWEST, StrategyResult

FULL_REWARD = 1.0

_TOLERANCE = 0.02  # of reward, where a mean is to reach another
_OVERPAID = 0.05  # of reward, over the best plain wrong answer
_MARGIN = 0.2  # of reward, between right and wrong answers
_SWING = 1e-3  # of reward, between two gradings of one response

ABOUT = About(
    name="unsound-grader",
    metric=metrics.UNSOUND_GRADER,
    severity=Severity.WARNING,
    subject=Subject.GRADER,
    threshold=1.0,
    unit="rules of the audit that are broken",
    what="Rollouts of known worth show that the grader breaks this many rules of the audit.",
    cause="The rubric misses right answers, or pays for wrong ones.",
    advice="Run `rft check`: it names the rule, the records and the responses. Correct the rubric before the next run.",
)


def detect(strategies: Sequence[StrategyResult]) -> Finding:
    """How many rules of the audit the grader has broken; an alarm from 1 on."""
    judged = [each for each in strategies if each.rollouts >= FEWEST]
    if not any(each.worth is Worth.RIGHT for each in judged):
        evidence = f"no right answer with {FEWEST} rollouts to compare with"
        return Finding.of(ABOUT, None, ABOUT.threshold, None, evidence)
    broken = list(_broken(judged))
    evidence = "; ".join(broken) or "right answers earned the full reward, in every form, and nothing else came near"
    return Finding.of(ABOUT, float(len(broken)), ABOUT.threshold, None, evidence)


def _broken(strategies: Sequence[StrategyResult]) -> Iterator[str]:
    """One sentence for each rule that is broken, with the worst case."""
    right, variants = (_of(strategies, worth) for worth in (Worth.RIGHT, Worth.VARIANT))
    wrong = _of(strategies, Worth.WRONG)
    exploits = [each for each in _of(strategies, Worth.EXPLOIT) if not each.dresses_right]
    paid = min(map(_reward, right))
    if paid < FULL_REWARD - _TOLERANCE:
        yield f"{_worst(right)}; expected the full reward"
    if variants and min(map(_reward, variants)) < paid - _TOLERANCE:
        yield f"{_worst(variants)}; expected the {paid:.2f} of the same answer in another form"
    if wrong and (mean := fmean(map(_reward, wrong))) > paid - _MARGIN:
        yield f"wrong answers earned {mean:.2f} on average; expected at most {paid - _MARGIN:.2f}"
    if wrong and exploits and max(map(_reward, exploits)) > (most := max(map(_reward, wrong)) + _OVERPAID):
        yield f"{_best(exploits)}; expected at most {most:.2f}"
    if (swing := max(each.reward_swing for each in strategies)) > _SWING:
        yield f"one response to one record earned rewards {swing:.2g} apart; expected the same"


def _of(strategies: Sequence[StrategyResult], worth: Worth) -> list[StrategyResult]:
    return [each for each in strategies if each.worth is worth]


def _reward(strategy: StrategyResult) -> float:
    return strategy.mean_reward or 0.0


def _worst(strategies: Sequence[StrategyResult]) -> str:
    return _earned(min(strategies, key=_reward))


def _best(strategies: Sequence[StrategyResult]) -> str:
    return _earned(max(strategies, key=_reward))


def _earned(strategy: StrategyResult) -> str:
    return f"{strategy.name!r} earned {_reward(strategy):.2f}"
