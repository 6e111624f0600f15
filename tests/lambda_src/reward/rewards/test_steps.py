"""What ``maths.steps`` and partial credit pay for a trace, and what they do not pay for padding."""

from typing import Any

import pytest

from lambda_src.reward.rewards import maths
from lambda_src.reward.rollout import Rollout

PROMPT = "Ducks lay 16 eggs. She eats three and bakes with 4, and sells the rest for $2 each. How much does she make?"
SOLUTION = "16 - 3 - 4 = <<16-3-4=9>>9\n9 * 2 = <<9*2=18>>18"
HONEST = "16 - 3 - 4 = 9\n9 * 2 = 18\n#### 18"
ONE_SLIP = "16 - 3 - 4 = 9\n9 * 2 = 17\n#### 17"
SPAM = "\n".join(f"{n} + {n} = {2 * n}" for n in range(1, 60))


def rollout(response: str, **reference: Any) -> Rollout:
    return Rollout("r", response, "18", PROMPT, {"reference_answer": {"final_answer": "18", **reference}})


@pytest.mark.parametrize(
    ("response", "value"),
    [
        pytest.param(HONEST, 1.0, id="all true"),
        pytest.param("(16 - 3 - 4) * 2 = 18\n#### 18", 1.0, id="in one step"),
        pytest.param("16 - 3 = 13\n13 - 4 = 9\n9 * 2 = 18\n#### 18", 1.0, id="in small steps"),
        pytest.param("16 - 3 - 4 = 9\n9 * 2 = 18", 1.0, id="no answer stated"),
        pytest.param("3 + 4 = 7, 16 - 7 = 9, 9 * 2 = 18. The answer is 18.", 1.0, id="another way"),
        pytest.param(ONE_SLIP, 2 / 3, id="a slip"),
        pytest.param("16 - 3 - 4 = 8\n8 * 2 = 16\n#### 16", 1 / 3, id="a slip that is carried on"),
        pytest.param("#### 18", 0.0, id="no steps"),
        pytest.param("She makes 18 dollars.", 0.0, id="no steps in prose"),
        pytest.param("", 0.0, id="empty"),
    ],
)
def test_the_share_of_sound_operations_is_paid(response: str, value: float) -> None:
    assert maths.steps(rollout(response, solution=SOLUTION)) == value


@pytest.mark.parametrize(
    "padding",
    [
        pytest.param("1 = 1\n" * 50, id="identities"),
        pytest.param("2 + 2 = 4\n" * 50, id="one true step again and again"),
        pytest.param(SPAM, id="true steps that lead nowhere"),
        pytest.param("16 + 3 = 19\n19 - 3 = 16\n16 * 1 = 16\n", id="circles"),
        pytest.param("4 - 3 - 4 = -3\n3 + 4 - 16 = -9\n", id="prompt's numbers that lead nowhere"),
        pytest.param("9 + 16 = 25\n25 - 16 = 9\n", id="a circle around a result"),
    ],
)
@pytest.mark.parametrize("place", ["before", "behind the steps"])
def test_padding_pays_nothing(padding: str, place: str) -> None:
    padded = f"{padding}\n{ONE_SLIP}" if place == "before" else ONE_SLIP.replace("####", f"{padding}\n####")

    assert maths.steps(rollout(padded, solution=SOLUTION)) <= maths.steps(rollout(ONE_SLIP, solution=SOLUTION))
    assert maths.steps(rollout(padded)) <= maths.steps(rollout(ONE_SLIP))


@pytest.mark.parametrize(
    ("response", "value"),
    [
        pytest.param("2 + 2 = 4\n#### 4", 1 / 8, id="one of two steps from one of four numbers"),
        pytest.param("2 + 2 = 4\n4 + 4 = 8\n#### 8", 1 / 2, id="two steps from two numbers"),
        pytest.param("5 + 5 = 10\n#### 10", 0.0, id="numbers from nowhere"),
        pytest.param(SPAM, 1 / 4, id="true steps from one number"),
        pytest.param("1 = 1\n#### 18", 0.0, id="an identity"),
    ],
)
def test_a_trace_that_does_no_work_is_not_paid_in_full(response: str, value: float) -> None:
    assert maths.steps(rollout(response, solution=SOLUTION)) <= value


def test_a_long_detour_does_not_drown_a_false_step() -> None:
    detour = "\n".join(f"{n} + 2 = {n + 2}" for n in range(9, 200, 2))
    response = f"16 - 3 - 4 = 9\n16 * 2 = 31\n{detour}\n#### 201"

    assert maths.steps(rollout(response, solution=SOLUTION)) <= 0.8


def test_a_prompt_without_numbers_gives_nothing_to_start_from() -> None:
    assert maths.steps(Rollout("r", HONEST, "18", prompt="How much?")) == 0.0


@pytest.mark.parametrize(
    "reference",
    [
        pytest.param({"final_answer": "18", "solution": SOLUTION}, id="solution beside the answer"),
        pytest.param(f"{SOLUTION}\n#### 18", id="GSM8K's rationale"),
    ],
)
def test_a_right_trace_with_a_wrong_end_earns_partial_credit(reference: Any) -> None:
    text = reference if isinstance(reference, str) else "18"
    response = Rollout("r", HONEST.replace("#### 18", "#### 81"), text, PROMPT, {"reference_answer": reference})

    assert maths.final_answer(response, partial_credit=0.8) == 0.8
    assert maths.final_answer(response) == 0.0


@pytest.mark.parametrize(
    "response",
    [
        pytest.param("#### 81", id="no trace"),
        pytest.param("9 * 2 = 18\n#### 81", id="a part of the trace"),
        pytest.param("16 - 3 - 4 = 9\n9 * 2 = 18\n2 + 2 = 5\n#### 81", id="a false step"),
        pytest.param("16 - 3 - 4 = 9\n9 * 2 = 18\nI do not know.", id="no answer"),
        pytest.param("16 - 3 - 4 = 9\n9 * 2 = 18\n#### 81 or 82", id="hedge"),
        pytest.param(f"{SPAM}\n16 - 3 - 4 = 9\n9 * 2 = 18\n#### 81", id="everything that can be computed"),
    ],
)
def test_partial_credit_needs_the_whole_trace_and_nothing_else(response: str) -> None:
    assert maths.final_answer(rollout(response, solution=SOLUTION), partial_credit=0.8) == 0.0


def test_a_record_without_solution_gives_no_partial_credit() -> None:
    assert maths.final_answer(rollout(HONEST.replace("#### 18", "#### 81")), partial_credit=0.8) == 0.0


def test_partial_credit_changes_nothing_for_a_right_answer() -> None:
    assert maths.final_answer(rollout(HONEST, solution=SOLUTION), partial_credit=0.8) == 1.0
