import random

from datasets.material.stories import write
from lambda_src.reward.rewards.maths import final_answer
from lambda_src.reward.rollout import Rollout
from rehearsal.tiny_lm.model import RESPONSE_POSITIONS
from rehearsal.tiny_lm.teacher import FLAWLESS, MIXED, Habits, demonstrate
from rehearsal.tiny_lm.tokenizer import RESPONSE_TOKENS, encode

COUNT = 300


def _rewards(habits: Habits) -> list[float]:
    rng = random.Random(4)  # noqa: S311  # not for security
    problems = [write(rng) for _ in range(COUNT)]
    return [final_answer(Rollout("r", demonstrate(p, habits, rng), reference=str(p.answer))) for p in problems]


def test_flawless_demonstrations_all_earn_the_reward() -> None:
    assert _rewards(FLAWLESS) == [1.0] * COUNT


def test_mixed_demonstrations_leave_room_for_reinforcement() -> None:
    assert 0.35 < sum(_rewards(MIXED)) / COUNT < 0.7


def test_demonstrations_consist_of_tokens_that_a_response_may_hold() -> None:
    rng = random.Random(4)  # noqa: S311  # not for security

    tokens = [encode(demonstrate(write(rng), MIXED, rng)) for _ in range(COUNT)]

    assert max(max(each, default=0) for each in tokens) < RESPONSE_TOKENS
    assert max(map(len, tokens)) < RESPONSE_POSITIONS
