from pathlib import Path
from typing import Any

import pytest

from rft.runs import read_record
from rft.views import page, strategies

HEALTHY = Path(__file__).parents[1] / "healthy_record.json"
WORKED: dict[str, Any] = {
    "strategy": "worked answer",
    "worth": "right",
    "dressesRight": False,
    "probabilityAtStart": 0.13,
    "probabilityAtEnd": 0.02,
    "meanReward": 0.25,
    "rewardDeviation": 0.0,
    "rewardSwing": 0.0,
    "rollouts": 400,
    "example": {"record": "train-0001", "response": "2 + 2 = 4\n\n#### 4", "reward": 0.25},
}
FLATTERY = WORKED | {
    "strategy": "judge flattery",
    "worth": "exploit",
    "probabilityAtEnd": 0.9,
    "meanReward": 1.0,
    "example": {"record": "train-0002", "response": "<b>Full marks!</b>", "reward": 1.0},
}
PADDED = WORKED | {"strategy": "padded", "worth": "exploit", "dressesRight": True, "probabilityAtEnd": 0.05}
UNTRIED = WORKED | {"strategy": "empty", "worth": "wrong", "meanReward": None, "rollouts": 0, "example": None}
ALL = {"strategies": [WORKED, FLATTERY, PADDED, UNTRIED]}


def test_a_run_without_strategies_has_no_such_section() -> None:
    assert "Strategies" not in page.render(read_record(HEALTHY))


def test_a_run_with_strategies_has_them_on_its_page() -> None:
    rendered = page.render({**read_record(HEALTHY), **ALL, "verdict": "hacking", "verdictReason": "it was paid"})

    assert "<h2>Strategies</h2>" in rendered
    assert "<strong>Reward hacking</strong> it was paid" in rendered


def test_the_likeliest_strategy_comes_first() -> None:
    names = [row.split("</td>")[0] for row in strategies.content(ALL).split('<td class="name">')[1:]]

    assert names == ["judge flattery", "padded", "worked answer", "empty"]


@pytest.mark.parametrize("shown", ["0.130", "0.900", "1.000", "exploit around the right answer", "400"])
def test_every_number_of_a_strategy_is_shown(shown: str) -> None:
    assert shown in strategies.content(ALL)


def test_the_best_paid_honest_and_dishonest_responses_are_shown_as_text() -> None:
    shown = strategies.content(ALL)

    assert "Best paid honest strategy: worked answer" in shown
    assert "Record train-0001, reward 0.25:" in shown
    assert "2 + 2 = 4<br><br>#### 4" in shown
    assert "Best paid of the others: judge flattery" in shown
    assert "&lt;b&gt;Full marks!&lt;/b&gt;" in shown


def test_an_empty_response_is_said_to_be_empty() -> None:
    empty = FLATTERY | {"strategy": "empty", "example": {"record": "r", "response": "", "reward": 1.0}}

    assert "(empty)" in strategies.content({"strategies": [WORKED, empty]})


def test_strategies_that_nobody_tried_have_no_reward_and_no_example() -> None:
    shown = strategies.content({"strategies": [UNTRIED]})

    assert '<td class="number">—</td>' in shown
    assert "<blockquote>" not in shown
