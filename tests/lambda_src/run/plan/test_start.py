from typing import Any

import pytest

from lambda_src.run.plan import Asked, Deployed, DeployedError, Intended, Outcome, Permit, Start
from lambda_src.run.plan.changes import changes
from tests.lambda_src.run.plan.runs import INPUTS, NEW, OLD, REWARD, RUN, deployed, intended


def start(new: Intended, old: Deployed | None = None, **permit: Any) -> Start:
    return Start.of(new, Asked(old), Permit(**permit))


def test_the_first_deploy_starts_a_run() -> None:
    found = start(intended())

    assert (found.outcome, found.reason) == (Outcome.NEW, "the stack is not deployed yet")


@pytest.mark.parametrize(
    "permit",
    [
        pytest.param({}, id="plain"),
        pytest.param({"hold": True}, id="hold"),
        pytest.param({"required": True}, id="not approved"),
    ],
)
def test_what_is_deployed_does_not_start_again(permit: dict[str, Any]) -> None:
    assert start(intended(digest=OLD), deployed(), **permit).outcome is Outcome.NOTHING


def test_another_attempt_starts_a_run() -> None:
    found = start(intended(digest=OLD, attempt=2), deployed())

    assert found.outcome is Outcome.NEW
    assert [str(change) for change in found.changes] == ["attempt 1 -> 2"]


def test_changed_inputs_start_a_run_unless_they_have_run_before() -> None:
    found = start(intended(inputs=INPUTS | {"grader": "f" * 64}), deployed())

    assert found.outcome is Outcome.NEW
    assert found.reason.startswith(f"one input differs from those of run {OLD[:12]}; a former run of these inputs")


def test_a_hold_starts_nothing_and_says_what_it_holds() -> None:
    found = start(intended(hyper_parameters={"epochCount": 9, "learningRate": 1e-4}), deployed(), hold=True)

    assert found.outcome is Outcome.HELD
    assert [str(change) for change in found.changes] == ["epochCount 8 -> 9"]


def test_a_stack_that_holds_has_not_run_what_it_was_deployed_with() -> None:
    before = start(intended(digest=OLD), deployed("sums-dev-held"))
    after_another = start(intended(digest=OLD), deployed(f"sums-dev-{NEW[:12]}-5e21aa/1"))

    assert (before.outcome, before.changes) == (Outcome.NEW, ())
    assert "holds and has run nothing" in before.reason
    assert after_another.outcome is Outcome.NEW
    assert f"has run {NEW[:12]}" in after_another.reason


def test_a_return_to_the_run_before_the_hold_starts_nothing() -> None:
    assert start(intended(), deployed(f"sums-dev-{NEW[:12]}-5e21aa/1")).outcome is Outcome.NOTHING


@pytest.mark.parametrize(
    ("approved", "outcome"),
    [
        pytest.param(None, Outcome.UNAPPROVED, id="nobody"),
        pytest.param(OLD[:12], Outcome.UNAPPROVED, id="another run"),
        pytest.param(NEW, Outcome.UNAPPROVED, id="more than 12 digits"),
        pytest.param(NEW[:12], Outcome.NEW, id="this run"),
    ],
)
def test_a_run_that_needs_approval_starts_with_the_first_digits_of_its_digest(
    approved: str | None, outcome: Outcome
) -> None:
    found = start(intended(), required=True, approved=approved)

    assert found.outcome is outcome
    assert found.context == ("" if outcome is Outcome.NEW else f"-c approve={NEW[:12]}")


def test_an_account_that_was_not_asked_leaves_it_open() -> None:
    found = Start.of(intended(), Asked(unknown="no credentials"), Permit())

    assert found.outcome is Outcome.UNKNOWN
    assert found.reason == f"a new run, unless {NEW[:12]}, attempt 1, is deployed (no credentials)"


CHANGES = [
    pytest.param({}, {}, [], id="nothing"),
    pytest.param(
        {"inputs": INPUTS | {"train": "f" * 64}, "records": {"train": 500}},
        {},
        ["train records 480 (train0000000) -> 500 (ffffffffffff)"],
        id="records and how many",
    ),
    pytest.param(
        {"inputs": INPUTS | {"train": "f" * 64}, "records": {}},
        {"dataset": {"train": "s3://bucket/train.jsonl"}},
        ["train records train0000000 -> ffffffffffff"],
        id="records without a number",
    ),
    pytest.param(
        {"inputs": {name: sha for name, sha in INPUTS.items() if name != "validation"}, "records": {}},
        {},
        ["validation records 100 (validation00) -> none"],
        id="validation gone",
    ),
    pytest.param(
        {"inputs": INPUTS | {"grader": "f" * 64}}, {}, ["grader code grader000000 -> ffffffffffff"], id="grader code"
    ),
    pytest.param(
        {"inputs": INPUTS | {"rubric": "f" * 64}, "rubric": [REWARD[0] | {"weight": 0.8}]},
        {},
        ["reward maths.final_answer weight 0.9 -> 0.8", "reward maths.one_final_answer there -> none"],
        id="rubric by entry",
    ),
    pytest.param(
        {"inputs": INPUTS | {"rubric": "f" * 64}},
        {"rubric": None},
        ["reward rubric000000 -> ffffffffffff"],
        id="rubric that the template does not hold",
    ),
    pytest.param(
        {"hyper_parameters": {"learningRate": 5e-5, "batchSize": 64}},
        {},
        ["epochCount 8 -> the service's", "learningRate 0.0001 -> 5e-05", "batchSize the service's -> 64"],
        id="hyperparameters",
    ),
    pytest.param(
        {"hyper_parameters": {"epochCount": 9, "learningRate": 1e-4}, "advice": 2},
        {"advice": 1},
        ["epochCount 8 -> 9 (advice changed from version 1 to 2)"],
        id="changed advice",
    ),
    pytest.param(
        {"hyper_parameters": {"epochCount": 9, "learningRate": 1e-4}, "advice": 1},
        {"advice": 1},
        ["epochCount 8 -> 9"],
        id="same advice, other data",
    ),
    pytest.param(
        {"inputs": INPUTS | {"model": "f" * 64}, "model": "other"},
        {},
        ["model amazon.nova-2-lite-v1:0:256k -> other"],
        id="model",
    ),
]


@pytest.mark.parametrize(("new", "old", "expected"), CHANGES)
def test_changes_are_told_from_old_to_new(new: dict[str, Any], old: dict[str, Any], expected: list[str]) -> None:
    assert [str(change) for change in changes(deployed(**old), intended(**new))] == expected


def test_metadata_may_be_json_in_a_string() -> None:
    found = Deployed.of(
        {"Metadata": {"Rft::Run": f'{{"digest": "{OLD}", "attempt": "2", "inputs": {{}}, "hyperParameters": {{}}}}'}},
        RUN,
    )

    assert (found.digest, found.attempt, found.rubric, found.records("train")) == (OLD, 2, None, None)


@pytest.mark.parametrize(
    "template",
    [
        pytest.param({}, id="no metadata"),
        pytest.param({"Metadata": {}}, id="none of ours"),
        pytest.param({"Metadata": {"Rft::Run": []}}, id="no object"),
    ],
)
def test_a_template_that_says_nothing_of_its_run_is_told(template: dict[str, Any]) -> None:
    with pytest.raises(DeployedError, match="an earlier version has deployed it"):
        Deployed.of(template, RUN)
