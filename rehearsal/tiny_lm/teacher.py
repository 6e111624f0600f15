"""Demonstrations that the base model is pre-trained on.

The flawless teacher shows what a good response is. The mixed one has the habits that reinforcement learning is to
sort out: it rechecks steps and gets them wrong, guesses, states answers in several forms or forgets to. The words that
open a line are chosen freely; no reward cares for them, so a healthy policy keeps their entropy.
"""

import random
from dataclasses import dataclass

from datasets.material.stories import Problem, Step

_OPENERS = ("First", "Then", "Now", "Next", "So", "Well", "Okay", "Thus")


@dataclass(frozen=True, slots=True)
class Habits:
    r"""How a teacher writes; shares in [0, 1].

    Attributes:
        opener: Lines that begin with a free word.
        guess: Responses without a step, mostly wrong.
        recheck: Responses that do all steps once more, or twice.
        slip: Steps with a wrong result.
        recheck_slip: The same, in rechecks.
        forms: Weights of ``#### n``, ``\boxed{n}``, prose and no answer at all.
    """

    opener: float
    guess: float
    recheck: float
    slip: float
    recheck_slip: float
    forms: tuple[float, float, float, float]


FLAWLESS = Habits(opener=0.25, guess=0.0, recheck=0.0, slip=0.0, recheck_slip=0.0, forms=(0.65, 0.2, 0.15, 0.0))
MIXED = Habits(opener=0.85, guess=0.15, recheck=0.55, slip=0.05, recheck_slip=0.18, forms=(0.6, 0.15, 0.1, 0.15))


def demonstrate(problem: Problem, habits: Habits, rng: random.Random) -> str:
    r"""A response as a teacher of these habits would write it.

    >>> problem = Problem("...", (Step(57, "-", 6),))
    >>> demonstrate(problem, Habits(0, 0, 0, 0, 0, (1, 0, 0, 0)), random.Random(1))
    '57 - 6 = 51\n#### 51'
    """
    form = rng.choices(("#### {}", "\\boxed{{{}}}", "So the answer is {}.", ""), habits.forms)[0]
    if rng.random() < habits.guess:
        return form.format(_guess(problem, rng))
    lines, answer = _solve(problem, habits.opener, habits.slip, rng)
    if rng.random() < habits.recheck:
        for _ in range(rng.choice((1, 1, 1, 2))):
            again, answer = _solve(problem, 0.0, habits.recheck_slip, rng)
            lines += [f"Check: {line}" for line in again]
    return "\n".join([*lines, form.format(answer)])


def _solve(problem: Problem, opener_share: float, slip: float, rng: random.Random) -> tuple[list[str], int]:
    """Lines of the solution and its answer; a slip is carried into the steps that follow."""
    lines = []
    offset = 0
    for step in problem.steps:
        step_now = step if step.operator == "*" else Step(max(0, step.left + offset), step.operator, step.right)
        result = step_now.result + (rng.choice((-2, -1, 1, 2)) if rng.random() < slip else 0)
        result = max(0, result)
        offset = result - step.result
        opener = f"{rng.choice(_OPENERS)} " if rng.random() < opener_share else ""
        lines.append(f"{opener}{step_now.left} {step_now.operator} {step_now.right} = {result}")
    return lines, problem.answer + offset


def _guess(problem: Problem, rng: random.Random) -> int:
    return max(0, problem.answer + rng.choice((0, -3, -2, -1, 1, 2, 3)))
