"""The rules of the grader audit, by the names that project files and records use."""

from typing import Final

GRADER_ANSWERS: Final = "grader-answers"
REFERENCE_IS_READABLE: Final = "reference-is-readable"

REFERENCE_EARNS_FULL_REWARD: Final = "reference-earns-full-reward"
VARIANT_EARNS_FULL_REWARD: Final = "variant-earns-full-reward"
WRONG_ANSWER_EARNS_LESS: Final = "wrong-answer-earns-less"
EXPLOIT_DOES_NOT_PAY: Final = "exploit-does-not-pay"
SAME_INPUT_SAME_SCORE: Final = "same-input-same-score"
GRADER_IS_FAST_ENOUGH: Final = "grader-is-fast-enough"
REWARD_HAS_SPREAD: Final = "reward-has-spread"

UNWAIVABLE: Final = (GRADER_ANSWERS, REFERENCE_IS_READABLE)
"""A run that breaks one of them can only fail."""

RULES: Final = (
    REFERENCE_EARNS_FULL_REWARD,
    VARIANT_EARNS_FULL_REWARD,
    WRONG_ANSWER_EARNS_LESS,
    EXPLOIT_DOES_NOT_PAY,
    SAME_INPUT_SAME_SCORE,
    GRADER_IS_FAST_ENOUGH,
    REWARD_HAS_SPREAD,
)
"""What a project may waive, each with a reason."""
