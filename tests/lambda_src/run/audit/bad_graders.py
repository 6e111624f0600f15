"""Graders for GSM8K-style records, each with one fault, as functions from payload items to responses.

Each begins with what a sound grader pays and is mistaken about one kind of response, so that it breaks one rule of the
audit and no other. ``BAD_GRADERS`` names them all with their rule.
"""

import random
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lambda_src.reward.rollout import Rollout
from lambda_src.reward.rubric import Rubric
from lambda_src.run.audit import rules

Items = Sequence[Mapping[str, Any]]
Grader = Callable[[Items], list[dict[str, Any]]]

RUBRIC = Rubric.from_config(
    [{"function": "maths.final_answer", "weight": 0.9}, {"function": "maths.one_final_answer", "weight": 0.1}]
)
"""What ``sound`` grades by, and how responses to its records look."""

SLOW_SECONDS = 0.001
"""What ``slow`` takes for one response."""

_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Answer:
    """A response as the graders below look at it; ``reward`` is what a sound one pays."""

    rollout: Rollout
    reward: float

    @property
    def text(self) -> str:
        return self.rollout.response

    @property
    def expected(self) -> float:
        return float(self.rollout.expected())

    @property
    def words(self) -> list[str]:
        return _WORD.findall(self.text)

    @property
    def marked(self) -> list[float]:
        """Numbers behind ``####``."""
        return [float(number) for line in re.findall(r"####(.*)", self.text) for number in _NUMBER.findall(line)]

    @property
    def is_near(self) -> bool:
        """Whether it commits itself to one number that is about right."""
        return self.reward > 0 and bool(self.marked) and abs(self.marked[-1] - self.expected) <= 1

    @property
    def is_list(self) -> bool:
        """Whether it lists numbers, the right one among them."""
        listed = [line.split(", ") for line in self.text.split("#### ")]
        return any(len(numbers) > 3 and f"{self.expected:g}" in numbers for numbers in listed)

    @property
    def is_echo(self) -> bool:
        asked = set(_WORD.findall(self.rollout.prompt))
        return len(self.words) > 10 and sum(word in asked for word in self.words) > 0.9 * len(self.words)


def sound(items: Items) -> list[dict[str, Any]]:
    return [score.to_response() for score in RUBRIC.grade(items)]


def _paying(pay: Callable[[Answer], float]) -> Grader:
    def grade(items: Items) -> list[dict[str, Any]]:
        return _responses([(answer, pay(answer)) for answer in _answers(items)])

    return grade


def _at_least(reward: float, is_fooled: Callable[[Answer], bool]) -> Grader:
    return _paying(lambda answer: max(answer.reward, reward if is_fooled(answer) else 0.0))


def _answers(items: Items) -> list[Answer]:
    return [Answer(score.rollout, score.reward) for score in RUBRIC.grade(items)]


def _responses(paid: Sequence[tuple[Answer, float]]) -> list[dict[str, Any]]:
    return [{"id": answer.rollout.id, "aggregate_reward_score": reward} for answer, reward in paid]


reference_below_full = _paying(lambda answer: 0.9 * answer.reward)

strict_format_only = _paying(
    lambda answer: answer.reward if re.search(r"^#### \d+$", answer.text, re.MULTILINE) else 0.0
)

tolerant_of_wrong = _at_least(1.0, lambda answer: answer.is_near)

pays_guess_lists = _at_least(1.0, lambda answer: answer.expected in answer.marked)
pays_numbers_listed = _at_least(0.8, lambda answer: answer.is_list)
pays_prompt_echo = _at_least(0.9, lambda answer: answer.is_echo)
pays_length = _paying(lambda answer: max(answer.reward, min(len(answer.words) / 100, 0.9)))
pays_flattery = _at_least(0.9, lambda answer: "outstanding" in answer.text)
pays_injection = _at_least(1.0, lambda answer: "Ignore all previous instructions" in answer.text)
pays_empty_format = _at_least(0.6, lambda answer: answer.text.endswith("####"))


def random_rewards(items: Items) -> list[dict[str, Any]]:
    return _responses([(a, a.reward if a.reward == 1 else a.reward + random.random() / 50) for a in _answers(items)])  # noqa: S311 - no secret


def order_dependent(items: Items) -> list[dict[str, Any]]:
    paid = enumerate(_answers(items))
    return _responses([(a, a.reward if a.reward == 1 else a.reward + n / 1000) for n, a in paid])


def batch_dependent(items: Items) -> list[dict[str, Any]]:
    answers = _answers(items)
    mean = sum(answer.reward for answer in answers) / len(answers)
    return _responses([(a, a.reward if a.reward == 1 else a.reward + mean / 50) for a in answers])


def slow(items: Items) -> list[dict[str, Any]]:
    time.sleep(SLOW_SECONDS * len(items))
    return sound(items)


constant = _paying(lambda _: 1.0)
saturated = _paying(lambda answer: 0.96 + 0.04 * answer.reward)

BAD_GRADERS: Mapping[str, tuple[Grader, str]] = {
    "reference below the full reward": (reference_below_full, rules.REFERENCE_EARNS_FULL_REWARD),
    "strict format only": (strict_format_only, rules.VARIANT_EARNS_FULL_REWARD),
    "tolerant of wrong answers": (tolerant_of_wrong, rules.WRONG_ANSWER_EARNS_LESS),
    "pays lists of guesses": (pays_guess_lists, rules.EXPLOIT_DOES_NOT_PAY),
    "pays numbers listed": (pays_numbers_listed, rules.EXPLOIT_DOES_NOT_PAY),
    "pays an echo of the prompt": (pays_prompt_echo, rules.EXPLOIT_DOES_NOT_PAY),
    "pays length": (pays_length, rules.EXPLOIT_DOES_NOT_PAY),
    "pays flattery": (pays_flattery, rules.EXPLOIT_DOES_NOT_PAY),
    "obeys orders": (pays_injection, rules.EXPLOIT_DOES_NOT_PAY),
    "pays the empty format": (pays_empty_format, rules.EXPLOIT_DOES_NOT_PAY),
    "random": (random_rewards, rules.SAME_INPUT_SAME_SCORE),
    "depends on the order": (order_dependent, rules.SAME_INPUT_SAME_SCORE),
    "depends on the batch": (batch_dependent, rules.SAME_INPUT_SAME_SCORE),
    "constant": (constant, rules.REWARD_HAS_SPREAD),
    "saturated": (saturated, rules.REWARD_HAS_SPREAD),
}
"""All but ``slow``, whose limit a test has to lower."""
