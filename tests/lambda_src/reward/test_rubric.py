"""Weights, and who pays for a mistake: the project file, the item, or the batch."""

import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from lambda_src.reward.batched import Deadline, Judgement, batched
from lambda_src.reward.criterion import Call
from lambda_src.reward.rollout import RecordError, Rollout, TransientError
from lambda_src.reward.rubric import Criterion, Rubric, RubricError, known_functions

MATHS = [{"function": "maths.final_answer", "weight": 0.9}, {"function": "maths.one_final_answer", "weight": 0.1}]


def item(id_: Any, response: str, reference: Any = "18") -> dict[str, Any]:
    return {"id": id_, "messages": [{"role": "assistant", "content": response}], "reference_answer": reference}


def criterion_of(function: Callable[..., Any], name: str = "maths.final_answer", **roles: float) -> Criterion:
    return Criterion(name, (Call(name, function, {}),), **roles)


def rubric_of(function: Callable[..., Any]) -> Rubric:
    return Rubric((criterion_of(function, weight=1.0),))


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
        pytest.param({"function": None}, "function: None beside None as minimum; expected one", id="missing function"),
        pytest.param({"weight": -0.1}, r"weight: -0.1; expected a number of 0 or more", id="negative weight"),
        pytest.param({"weight": None}, "weight: missing; expected weight, gate or penalty", id="missing weight"),
        pytest.param({"penalty": 0.1}, "penalty: stands beside weight; expected a penalty alone", id="two roles"),
        pytest.param(
            {"weight": None, "penalty": 0}, "penalty: 0; expected a number above 0, 1 at most", id="no penalty"
        ),
        pytest.param({"gate": 1.5}, "gate: 1.5; expected a number above 0, 1 at most", id="gate out of reach"),
        pytest.param({"scale": [0.5, 0.5]}, r"scale: \[0.5, 0.5\]; expected \[low, high\]", id="empty scale"),
        pytest.param({"scale": 0.5}, r"scale: 0.5; expected \[low, high\]", id="half a scale"),
        pytest.param({"name": " "}, "name: ' '; expected a text", id="blank name"),
        pytest.param({"function": None, "minimum": []}, r"minimum: \[\]; expected a list of two", id="least of none"),
        pytest.param(
            {"function": None, "minimum": [MATHS[0], MATHS[1]]}, r"minimum\[0\].weight: unknown key", id="least's key"
        ),
        pytest.param(
            {"function": None, "minimum": [{"function": "maths.final"}] * 2},
            r"minimum\[0\].function: unknown function",
            id="least's function",
        ),
        pytest.param({"weight": "0.9"}, "weight: '0.9'; expected a number", id="text as weight"),
        pytest.param({"weight": float("nan")}, "weight: nan; expected a number", id="not a number"),
        pytest.param({"wieght": 1}, "wieght: unknown key; expected function, minimum, name, weight", id="key"),
        pytest.param({"options": {"step": 3}}, "options.step: unknown option; expected steps", id="option"),
        pytest.param({"options": {"steps": "3"}}, "options.steps: '3'; expected an int above 0", id="option's type"),
        pytest.param({"options": {"steps": 0}}, "options.steps: 0; expected an int above 0", id="option's value"),
        pytest.param({"options": [3]}, r"options: \[3\]; expected an object", id="options' type"),
    ],
)
def test_a_mistake_in_a_rubric_is_named_by_entry_and_key(entry: dict[str, Any], message: str) -> None:
    with pytest.raises(RubricError, match=rf"^reward\[1\]\.{message}"):
        Rubric.from_config([MATHS[0], {"function": "text.worked_steps", "weight": 1, **entry}])


def test_a_function_without_options_takes_none() -> None:
    with pytest.raises(RubricError, match=r"reward\[0\]\.options\.digits: unknown option; expected none"):
        Rubric.from_config([MATHS[0] | {"function": "maths.answer_anywhere", "options": {"digits": 3}}])


@pytest.mark.parametrize("entries", [[], [MATHS[0] | {"weight": 0}]], ids=["empty", "zeros"])
def test_weights_that_sum_to_0_are_refused(entries: list[dict[str, Any]]) -> None:
    with pytest.raises(RubricError, match="reward: the weights sum to 0; expected"):
        Rubric.from_config(entries)


def test_every_entry_has_a_name_of_its_own() -> None:
    with pytest.raises(RubricError, match=r"reward\[1\]\.name: maths.final_answer is listed twice"):
        Rubric.from_config([MATHS[0], MATHS[0]])

    assert Rubric.from_config([MATHS[0], MATHS[0] | {"name": "again"}]).score(Rollout("r", "#### 18", "18")).parts == {
        "maths.final_answer": 1.0,
        "again": 1.0,
    }


def test_reward_functions_are_known_by_their_families_and_names() -> None:
    known = known_functions()

    assert {"maths.final_answer", "maths.one_final_answer", "text.worked_steps", "text.max_words"} <= set(known)
    assert not [name for name in known if name.split(".")[1] in ("parsed", "check_options")]


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


def test_the_heaviest_criterion_says_which_family_a_project_is_of() -> None:
    rubric = Rubric.from_config([{"function": "text.max_words", "weight": 0.2}, MATHS[0]])

    assert (rubric.family, rubric.families) == ("maths", {"maths", "text"})


def test_a_response_without_answer_is_unparsed() -> None:
    scores = Rubric.from_config(MATHS).grade([item("r1", "No idea."), item("r2", "#### 17")])

    assert [score.parsed for score in scores] == [False, True]


STEPS = {"function": "text.worked_steps", "weight": 1, "options": {"steps": 4}}


@pytest.mark.parametrize(
    ("response", "reward"),
    [
        pytest.param("#### 18", 0.5 + 0.5 * 0.25, id="met: everything is paid"),
        pytest.param("a\nb\nc\n#### 17", 0.0, id="not met: style is not paid"),
    ],
)
def test_a_gate_keeps_the_others_from_being_paid(response: str, reward: float) -> None:
    rubric = Rubric.from_config([{"function": "maths.final_answer", "weight": 1, "gate": 1.0}, STEPS])

    assert rubric.score(Rollout("r", response, "18")).reward == reward


def test_a_gate_that_is_not_met_keeps_its_own_share() -> None:
    rubric = Rubric.from_config([STEPS | {"gate": 1.0}, {"function": "maths.final_answer", "weight": 1}])

    assert rubric.score(Rollout("r", "a\n#### 18", "18")).reward == 0.25


def test_a_penalty_is_subtracted_and_never_below_0() -> None:
    strict = {"function": "text.max_words", "penalty": 1.0, "options": {"words": 2}}
    rubric = Rubric.from_config([MATHS[0], strict])

    assert rubric.score(Rollout("r", "#### 18", "18")).reward == 1.0
    assert rubric.score(Rollout("r", "so it is\n#### 18", "18")).reward == pytest.approx(2 / 5)
    assert rubric.score(Rollout("r", "so it is\n#### 17", "18")).reward == 0.0


def test_the_minimum_of_several_functions_counts() -> None:
    least = {
        "minimum": [{"function": "text.worked_steps", "options": {"steps": 4}}, {"function": "maths.final_answer"}]
    }
    rubric = Rubric.from_config([least | {"weight": 1}])

    assert rubric.score(Rollout("r", "a\n#### 18", "18")).parts == {"minimum": 0.5}
    assert rubric.score(Rollout("r", "a\n#### 17", "18")).parts == {"minimum": 0.0}


def test_a_scale_stretches_what_lies_within_it_and_clips_the_rest() -> None:
    rubric = Rubric.from_config([STEPS | {"scale": [0.25, 0.75]}])

    rewards = [rubric.score(Rollout("r", "\n".join("abcd"[:lines]))).reward for lines in (1, 2, 3, 4)]

    assert rewards == [0.0, 0.5, 1.0, 1.0]


def judge(answer: Callable[[Rollout], Judgement | RecordError]) -> tuple[Callable[..., Any], list[list[str]]]:
    """A batched function, and the ids of each batch that it is asked for."""
    asked: list[list[str]] = []

    @batched
    def function(rollouts: Sequence[Rollout], _: Deadline) -> list[Judgement | RecordError]:
        asked.append([rollout.id for rollout in rollouts])
        return [answer(rollout) for rollout in rollouts]

    return function, asked


def test_a_batched_function_gets_the_batch_at_once_and_its_reasons_are_kept() -> None:
    function, asked = judge(lambda r: Judgement(0.5, reason=f"read {r.response}", metrics={"tokens": 7.0}))

    scores = rubric_of(function).grade([item("a", "x"), {"id": "broken"}, item("b", "y")])

    assert asked == [["a", "b"]]
    assert [score.reward for score in scores] == [0.5, 0.0, 0.5]
    assert scores[2].reasons == {"maths.final_answer": "read y"}
    assert {"name": "tokens", "value": 7.0, "type": "Metric"} in scores[0].to_response()["metrics_list"]


def test_a_batched_function_that_cannot_grade_an_item_costs_that_item_alone() -> None:
    function, _ = judge(lambda r: RecordError(f"rollout {r.id}: unreadable") if r.id == "a" else Judgement(1.0))

    bad, good = rubric_of(function).grade([item("a", "x"), item("b", "y")])

    assert (bad.reward, bad.error, bad.failed) == (0.0, "rollout a: unreadable", "maths.final_answer")
    assert (good.reward, good.error) == (1.0, None)


def test_a_bug_in_a_batched_function_costs_every_item_and_names_itself() -> None:
    function, _ = judge(lambda r: Judgement(2.0))

    scores = rubric_of(function).grade([item("a", "x"), item("b", "y")])

    assert [score.reward for score in scores] == [0.0, 0.0]
    assert all("expected a number from 0 to 1" in str(score.error) for score in scores)


def test_a_closed_gate_spares_the_judge() -> None:
    function, asked = judge(lambda _: Judgement(1.0))
    gate = Criterion.of("reward[0]", {"function": "maths.final_answer", "weight": 1, "gate": 1})
    rubric = Rubric((gate, criterion_of(function, "text.judged", weight=1.0)))

    scores = rubric.grade([item("right", "#### 18"), item("wrong", "#### 17")])

    assert asked == [["right"]]
    assert [(score.reward, "text.judged" in score.parts) for score in scores] == [(1.0, True), (0.0, False)]


def test_a_gate_that_takes_batches_is_asked_before_the_others() -> None:
    style, asked_for_style = judge(lambda _: Judgement(1.0))
    passed, _ = judge(lambda r: Judgement(float(r.id == "passes")))
    rubric = Rubric((criterion_of(style, "text.style", weight=1.0), criterion_of(passed, "text.tests", gate=1.0)))

    rubric.grade([item("passes", "x"), item("fails", "y")])

    assert asked_for_style == [["passes"]]


def test_what_functions_import_late_can_be_imported_before_any_time_limit_holds() -> None:
    code = (
        "import sys\n"
        "from lambda_src.reward.rubric import Rubric\n"
        "rubric = Rubric.from_config([{'function': 'maths.equivalent', 'weight': 1}])\n"
        "before = 'math_verify' in sys.modules\n"
        "rubric.preload()\n"
        "print(before, 'math_verify' in sys.modules)\n"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert done.stdout.split() == ["False", "True"], done.stderr
