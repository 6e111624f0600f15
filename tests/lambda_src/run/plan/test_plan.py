import json
import subprocess
import sys
from typing import Any

import pytest

from lambda_src.run.advice import Facts, advise
from lambda_src.run.audit import Job
from lambda_src.run.dataset import Distribution
from lambda_src.run.plan import Asked, Permit, Plan
from tests.lambda_src.run.plan.orders import order
from tests.lambda_src.run.plan.runs import NEW, deployed, intended

FACTS = Facts(1000, 100, Distribution({50: 1000}))


def plan(
    facts: Facts = FACTS,
    *,
    given: dict[str, Any] | None = None,
    asked: Asked | None = None,
    permit: Permit | None = None,
    auto: bool = True,
    **changes: Any,
) -> Plan:
    advice = advise(facts, given or {}, auto=auto)
    return Plan.of(
        project="sums",
        stage="dev",
        intended=intended(),
        facts=facts,
        advice=advice,
        order=order(**changes),
        asked=asked or Asked(),
        permit=permit or Permit(),
    )


def test_the_summary_fits_a_terminal() -> None:
    lines = plan().lines()

    assert lines[0] == f"sums-dev: run {NEW[:12]}, attempt 1, amazon.nova-2-lite-v1:0:256k"
    assert [line.split()[0] for line in lines[1:]] == [
        "starts",
        "records",
        "settings",
        "size",
        "time",
        "cost",
        "a",
    ]
    assert "20 steps, 16,300 rollouts in 266 calls of the grader" in lines[4]


def test_the_summary_of_a_deployed_run_is_short() -> None:
    old = deployed(f"sums-dev-{NEW[:12]}-5e21aa/1")

    lines = plan(asked=Asked(old)).lines()

    assert len(lines) == 3
    assert f"starts   nothing: run {NEW[:12]}, attempt 1, is deployed" in lines[1]


def test_the_worst_summary_has_no_more_than_a_dozen_lines() -> None:
    given = {
        "epochCount": 1,
        "batchSize": 512,
        "learningRate": 1e-3,
        "trainingSamplePerPrompt": 2,
        "maxPromptLength": 9,
    }

    made = plan(Facts(1000, 0, Distribution({50: 1000})), given=given, asked=Asked(deployed()))
    lines = made.lines()

    assert len(made.warnings) > 3
    assert len(lines) <= 12
    assert lines[-2].endswith("more: rft plan sums --stage dev")


def test_many_plans_take_a_line_each() -> None:
    given = {"learningRate": 1e-3}

    assert plan(given=given).line() == (
        f"sums-dev: run {NEW[:12]}: new run; 20 steps, 16,300 rollouts; "
        "cost up to 0.03 USD plus unknown: training; 1 warning"
    )
    assert plan(asked=Asked(unknown="offline")).line().startswith(f"sums-dev: run {NEW[:12]}: perhaps a new run; ")


def test_settings_say_where_they_are_from() -> None:
    (line,) = [line for line in plan(given={"epochCount": 5}).lines() if "settings" in line]
    (whole,) = [line for line in plan().lines() if "settings" in line]
    (left,) = [line for line in plan(given={"epochCount": 5}, auto=False).lines() if "settings" in line]

    assert "epochCount 5, batchSize 128" in line
    assert "(advised, version 1: batchSize" in line
    assert whole.endswith("(advised, version 1: all of them)")
    assert "left to the service: batchSize" in left


def test_dropped_prompts_are_counted_and_not_trained() -> None:
    facts = Facts(1100, 100, Distribution({50: 1000, 500: 100}))

    (line,) = [line for line in plan(facts).lines() if "records" in line]

    assert "1,100 to train on, 100 of them left out as too long, 100 to validate" in line


def test_records_in_s3_that_nobody_counted_are_unknown() -> None:
    made = plan(Facts(0, 0, validates=True), job=Job())

    assert "unknown: the records lie in S3" in "\n".join(made.lines())
    assert made.to_json()["job"] is None
    assert "unknown size" in made.line()


def test_advice_for_bedrock_is_not_held_against_a_local_model() -> None:
    made = plan(given={"learningRate": 1e-3}, local=True)

    assert made.warnings == ()
    assert "  cost     nothing: a rehearsal" in made.lines()


def test_everything_can_be_written_as_json() -> None:
    written = json.loads(json.dumps(plan(given={"learningRate": 1e-3}, permit=Permit(hold=True)).to_json()))

    assert written["start"]["outcome"] == "held"
    assert written["job"] == {
        "steps": 20,
        "stepsPerEpoch": 10.0,
        "validations": 3,
        "rollouts": 16_300,
        "graderCalls": 266,
    }
    assert written["cost"]["runUnknown"] == ["training"]
    assert len(written["warnings"]) == 1


@pytest.mark.parametrize("module", ["advice", "plan"])
def test_neither_advice_nor_plan_needs_an_aws_client(module: str) -> None:
    code = f"import sys, lambda_src.run.{module}; sys.exit('botocore' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
