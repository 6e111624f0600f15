"""Weights, and who pays for a mistake: the project file, the item, or the batch."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from lambda_src.reward.rollout import Rollout, TransientError
from lambda_src.reward.rubric import Criterion, Rubric, RubricError, known_functions

MATHS = [{"function": "maths.final_answer", "weight": 0.9}, {"function": "maths.one_final_answer", "weight": 0.1}]


def item(id_: Any, response: str, reference: Any = "18") -> dict[str, Any]:
    return {"id": id_, "messages": [{"role": "assistant", "content": response}], "reference_answer": reference}


def rubric_of(function: Callable[[Rollout], float]) -> Rubric:
    return Rubric((Criterion("maths.final_answer", weight=1.0, function=function, options={}),))


def failing(error: Exception) -> Callable[[Rollout], float]:
    def function(rollout: Rollout) -> float:
        if rollout.id == "broken":
            raise error
        return 1.0

    return function


@pytest.mark.parametrize(
    ("response", "reward"),
    [
        pytest.param("#### 18", 1.0, id="right"),
        pytest.param("#### 17\n#### 18", 0.9, id="right, second guess"),
        pytest.param("#### 17", 0.1, id="wrong"),
        pytest.param("", 0.0, id="empty"),
    ],
)
def test_the_reward_is_the_weighted_mean(response: str, reward: float) -> None:
    assert Rubric.from_config(MATHS).score(Rollout("r", response, "18")).reward == reward


@pytest.mark.parametrize("weights", [(0.9, 0.1), (9, 1), (0.1, 0.7), (1e-3, 3)])
def test_full_marks_are_exactly_1(weights: tuple[float, float]) -> None:
    rubric = Rubric.from_config([entry | {"weight": w} for entry, w in zip(MATHS, weights, strict=True)])

    assert rubric.score(Rollout("r", "#### 18", "18")).reward == 1.0


def test_options_reach_the_function() -> None:
    rubric = Rubric.from_config([{"function": "text.worked_steps", "weight": 1, "options": {"steps": 2}}])

    assert rubric.score(Rollout("r", "one line")).parts == {"text.worked_steps": 0.5}


def test_a_weight_of_0_measures_without_paying() -> None:
    rubric = Rubric.from_config([*MATHS, {"function": "text.worked_steps", "weight": 0}])

    score = rubric.score(Rollout("r", "#### 18", "18"))

    assert (score.reward, "text.worked_steps" in score.parts) == (1.0, True)


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        pytest.param(
            {"function": "maths.final"}, "function: unknown .*'maths.final'; .*maths.final_answer", id="function"
        ),
        pytest.param({"function": "poetry.rhyme"}, "function: unknown .*'poetry.rhyme'; .*text.max", id="family"),
        pytest.param({"function": "maths.parsed"}, "function: unknown .*'maths.parsed'", id="a hook"),
        pytest.param({"function": "maths._expected"}, "function: unknown function", id="private"),
        pytest.param({"function": "_numbers.stated"}, "function: unknown function", id="no family"),
        pytest.param({"function": "../maths.final_answer"}, "function: unknown function", id="path"),
        pytest.param({"function": None}, "function: unknown function None", id="missing function"),
        pytest.param({"weight": -0.1}, r"weight: -0.1; expected a number of 0 or more", id="negative weight"),
        pytest.param({"weight": None}, "weight: None; expected a number", id="missing weight"),
        pytest.param({"weight": "0.9"}, "weight: '0.9'; expected a number", id="text as weight"),
        pytest.param({"weight": float("nan")}, "weight: nan; expected a number", id="not a number"),
        pytest.param({"wieght": 1}, "wieght: unknown key; expected function, weight, options", id="key"),
        pytest.param({"options": {"step": 3}}, "options.step: unknown option; expected steps", id="option"),
        pytest.param({"options": {"steps": "3"}}, "options.steps: '3'; expected a positive int", id="option's type"),
        pytest.param({"options": {"steps": 0}}, "options.steps: 0; expected a positive int", id="option's value"),
        pytest.param({"options": [3]}, r"options: \[3\]; expected an object", id="options' type"),
    ],
)
def test_a_mistake_in_a_rubric_is_named_by_entry_and_key(entry: dict[str, Any], message: str) -> None:
    with pytest.raises(RubricError, match=rf"^reward\[1\]\.{message}"):
        Rubric.from_config([MATHS[0], {"function": "text.worked_steps", "weight": 1, **entry}])


def test_a_function_without_options_takes_none() -> None:
    with pytest.raises(RubricError, match=r"reward\[0\]\.options\.digits: unknown option; expected none"):
        Rubric.from_config([MATHS[0] | {"options": {"digits": 3}}])


@pytest.mark.parametrize("entries", [[], [MATHS[0] | {"weight": 0}]], ids=["empty", "zeros"])
def test_weights_that_sum_to_0_are_refused(entries: list[dict[str, Any]]) -> None:
    with pytest.raises(RubricError, match="reward: the weights sum to 0; expected"):
        Rubric.from_config(entries)


def test_a_function_is_listed_once() -> None:
    with pytest.raises(RubricError, match=r"reward\[1\]\.function: maths.final_answer is listed twice"):
        Rubric.from_config([MATHS[0], MATHS[0]])


def test_all_reward_functions_are_known() -> None:
    assert known_functions() == [
        "maths.final_answer",
        "maths.one_final_answer",
        "maths.answer_anywhere",
        "text.worked_steps",
        "text.max_words",
    ]


def test_a_batch_keeps_its_length_order_and_ids() -> None:
    ids = ["b", "a", "", 7, None, "a"]

    scores = Rubric.from_config(MATHS).grade([item(id_, "#### 18") for id_ in ids])

    assert [score.id for score in scores] == ids


@pytest.mark.parametrize(
    ("unreadable", "error"),
    [
        pytest.param(item("r7", "#### 18", reference=None), "rollout r7: no reference answer;", id="reference"),
        pytest.param(item("r7", "#### 18", "unknown"), "rollout r7: reference answer 'unknown'", id="no number"),
        pytest.param({"id": "r7", "messages": []}, "rollout r7: no response; expected", id="response"),
        pytest.param("r7", "rollout ?: no messages; expected", id="no object"),
    ],
)
def test_an_unreadable_item_costs_itself_the_lowest_score(unreadable: Any, error: str) -> None:
    bad, good = Rubric.from_config(MATHS).grade([unreadable, item("r8", "#### 18")])

    assert (bad.reward, good.reward, good.error) == (0.0, 1.0, None)
    assert bad.error is not None
    assert bad.error.startswith(error)


def test_a_bug_in_a_reward_function_costs_the_item_alone() -> None:
    bad, good = rubric_of(failing(KeyError("digits"))).grade([item("broken", ""), item("r8", "#### 18")])

    assert (bad.reward, good.reward) == (0.0, 1.0)
    assert bad.error is not None
    assert re.fullmatch(r"rollout broken: maths.final_answer: KeyError: 'digits' \(test_rubric.py:\d+\)", bad.error)


def test_a_transient_failure_is_the_whole_batch_s() -> None:
    with pytest.raises(TransientError, match="judge throttled"):
        rubric_of(failing(TransientError("judge throttled"))).grade([item("broken", "")])


@pytest.mark.parametrize("value", [1.5, -0.1, float("nan"), float("inf")])
def test_a_value_outside_0_to_1_is_a_bug(value: float) -> None:
    score = rubric_of(lambda _: value).score(Rollout("r", "#### 18", "18"))

    assert score.reward == 0.0
    assert score.error is not None
    assert "expected a number from 0 to 1" in score.error


def test_the_heaviest_function_s_family_writes_the_answers() -> None:
    record = {"reference_answer": {"final_answer": "18", "solution": "9 * 2 = 18"}}
    rubric = Rubric.from_config([{"function": "text.max_words", "weight": 0.2}, MATHS[0]])

    assert rubric.right_answer(record) == "9 * 2 = 18\n#### 18"
    assert rubric.wrong_answer(record) == "9 * 2 = 18\n#### 19"


def test_a_response_without_answer_is_unparsed() -> None:
    scores = Rubric.from_config(MATHS).grade([item("r1", "No idea."), item("r2", "#### 17")])

    assert [score.parsed for score in scores] == [False, True]
