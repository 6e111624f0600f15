import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from aws_cdk.assertions import Template

from infra.config import ProjectConfig, StageConfig
from infra.planning import base_price, facts_for, given, inputs_of, plan_of, resolved
from lambda_src.run.advice import ADVICE_VERSION
from lambda_src.run.audit import Audit
from lambda_src.run.audit.latency import Batch, Latency
from lambda_src.run.dataset import DatasetReport, Distribution
from lambda_src.run.dataset.content import Content, Lengths
from lambda_src.run.dataset.finding import Findings
from lambda_src.run.dataset.report import FileReport
from lambda_src.run.digest import Inputs
from lambda_src.run.plan import Asked, Outcome, Permit
from lambda_src.run.plan.run_cost import GRADER_MB, SANDBOX_MB
from lambda_src.run.plan.upkeep import ALARMS, COMPOSITE_ALARMS, DASHBOARDS, KEYS
from tests.infra.synthesis import inputs_of as inputs_of_app
from tests.infra.synthesis import write_project

INPUTS = Inputs(*(f"{number}" * 64 for number in range(6)))
PINNED = {"uri": "s3://bucket/train.jsonl", "sha256": "f" * 64}
TOLD = {"epochCount": 12, "batchSize": 16, "learningRate": 1e-4, "maxPromptLength": 64}


def report(train: int = 100, validation: int = 10) -> DatasetReport:
    counts = {"train": train, "validation": validation, "test": 5}
    files = [FileReport(part, part, count, "", 1000, Findings(), ()) for part, count in counts.items() if count]
    return DatasetReport(tuple(files), Content({"train": Lengths(Distribution({8: train}), Distribution({9: train}))}))


def stage(root: Path, **changes: Any) -> StageConfig:
    return ProjectConfig.load(write_project(root, changes)).for_stage("dev")


def test_auto_is_resolved_from_the_data(tmp_path: Path) -> None:
    config = resolved(stage(tmp_path, hyperParameters="auto"), report())

    told = config.hyper_parameters.to_api()
    assert told | TOLD == told
    assert config.hyper_parameters.auto


def test_what_the_project_names_wins_and_stays_known_as_such(tmp_path: Path) -> None:
    config = resolved(stage(tmp_path, hyperParameters={"auto": True, "epochCount": 3}), report())

    assert config.hyper_parameters.epoch_count == 3
    assert config.hyper_parameters.batch_size == 16
    assert given(config) == {"epochCount": 3}


def test_to_resolve_twice_changes_nothing(tmp_path: Path) -> None:
    once = resolved(stage(tmp_path, hyperParameters="auto"), report())

    assert resolved(once, report()).hyper_parameters == once.hyper_parameters


def test_without_auto_nothing_is_resolved(tmp_path: Path) -> None:
    config = stage(tmp_path)

    assert resolved(config, report()) is config


def test_a_stage_may_go_without_auto(tmp_path: Path) -> None:
    changes = {"hyperParameters": "auto", "stages": {"dev": {"hyperParameters": {"auto": False}}}}

    assert resolved(stage(tmp_path, **changes), report()).hyper_parameters.to_api() == {}


def test_records_in_s3_that_nobody_read_are_planned_by_their_number(tmp_path: Path) -> None:
    config = stage(tmp_path, dataset={"train": PINNED | {"records": 480}}, hyperParameters={"epochCount": 8})

    plan = plan_of(config, INPUTS, None)

    assert plan.order.job.steps == 30
    assert plan.order.prompt_tokens is None
    assert plan.intended.records == {"train": 480}


def test_a_validation_file_in_s3_need_not_be_counted(tmp_path: Path) -> None:
    dataset = {"train": PINNED | {"records": 480}, "validation": PINNED | {"sha256": "e" * 64}}

    facts = facts_for(stage(tmp_path, dataset=dataset), None)

    assert (facts.records, facts.validation_records, facts.has_validation) == (480, 0, True)


def test_inputs_are_those_of_the_synth(tmp_path: Path) -> None:
    file = write_project(tmp_path)

    assert inputs_of(ProjectConfig.load(file).for_stage("dev")) == inputs_of_app(file)


def test_records_in_s3_are_their_hash(tmp_path: Path) -> None:
    inputs = inputs_of(stage(tmp_path, dataset={"train": PINNED}))
    both = inputs_of(stage(tmp_path, dataset={"train": PINNED, "validation": PINNED | {"sha256": "e" * 64}}))

    assert (inputs.train, inputs.validation) == ("f" * 64, None)
    assert both.validation == "e" * 64


def test_the_plan_is_that_of_the_stage(tmp_path: Path) -> None:
    config = resolved(stage(tmp_path, hyperParameters="auto", approval="required"), report())

    plan = plan_of(config, INPUTS, report(), asked=Asked(), permit=Permit(approved=INPUTS.run))

    assert (plan.name, plan.run) == ("sums-dev", INPUTS.run)
    assert plan.start.outcome is Outcome.NEW
    assert plan.order.job.steps == 75
    assert plan.intended.records == {"train": 100, "validation": 10, "test": 5}
    assert plan.intended.advice == ADVICE_VERSION
    assert [one.given for one in plan.advice.values] == [False] * 7
    assert plan.warnings == ()


def test_a_plan_without_an_account_is_open(tmp_path: Path) -> None:
    config = stage(tmp_path)

    plan = plan_of(config, INPUTS, report())

    assert plan.start.outcome is Outcome.UNKNOWN
    assert plan.intended.advice is None
    assert [one.name for one in plan.advice.values] == ["epochCount", "learningRate"]
    assert any("left to the service" in warning for warning in plan.warnings)


def test_a_stage_that_wants_approval_is_refused_without(tmp_path: Path) -> None:
    config = stage(tmp_path, approval="required")

    assert plan_of(config, INPUTS, report(), asked=Asked()).start.outcome is Outcome.UNAPPROVED


def test_prices_and_probe_of_the_project_count(tmp_path: Path) -> None:
    prices = {"trainingTokens": 1.0, "baseInput": 0, "baseOutput": 1.0}
    hyper_parameters = {"inferenceMaxTokens": 300, "epochCount": 2}
    config = stage(tmp_path, prices=prices, probe={"deploy": "warn"}, hyperParameters=hyper_parameters)

    plan = plan_of(config, INPUTS, report())

    costs = {item.name: item.usd for item in plan.cost.run}
    assert costs["training"] == pytest.approx(2 * 128 * 8 * (8 + 300) / 1e6)
    assert costs["probe"] == pytest.approx(64 * 8 * 300 / 1e6)


@pytest.mark.parametrize(
    ("prices", "input_usd", "output_usd"),
    [
        pytest.param({}, 0.33, 2.75, id="listed"),
        pytest.param({"baseInput": 1}, 1, 2.75, id="one of the two"),
        pytest.param({"baseInput": 1, "baseOutput": 0}, 1, 0, id="both"),
    ],
)
def test_prices_of_the_project_go_before_listed_ones_one_by_one(
    prices: dict[str, float], input_usd: float, output_usd: float, tmp_path: Path
) -> None:
    config = stage(tmp_path, prices=prices)

    price = base_price(config, config.probe_model)

    assert price is not None
    assert (price.input, price.output) == (input_usd, output_usd)


def test_high_effort_has_no_limit_that_a_probe_could_be_priced_by(tmp_path: Path) -> None:
    config = stage(tmp_path, probe={"deploy": "warn"}, hyperParameters={"reasoningEffort": "high"})

    (probe,) = [item for item in plan_of(config, INPUTS, report()).cost.run if item.name == "probe"]

    assert probe.usd is None
    assert "nothing limits them" in probe.basis


def test_a_probe_lets_responses_be_as_long_as_the_job_is_taken_to_do(tmp_path: Path) -> None:
    config = stage(tmp_path, probe={"deploy": "warn"}, hyperParameters={"epochCount": 2})

    order = plan_of(config, INPUTS, report()).order

    assert order.probe is not None
    assert order.probe.most_tokens == order.most_response_tokens


def test_a_probe_is_held_against_the_values_that_were_chosen_without_it(tmp_path: Path) -> None:
    config = resolved(stage(tmp_path, hyperParameters="auto"), report())
    probe = {"responseTokens": {"counts": [[3000, 10]], "most": 3000, "mean": 3000.0}, "truncatedShare": 0.0}

    plan = plan_of(config, INPUTS, report(), probe=probe)

    assert plan.advice.to_api() == config.hyper_parameters.to_api()
    assert [warning.split(":")[0] for warning in plan.warnings] == ["inferenceMaxTokens 1,024"]
    assert plan.order.response_tokens == 3000.0


def test_an_audit_says_how_fast_the_grader_is(tmp_path: Path) -> None:
    config = stage(tmp_path)
    latency = Latency.of([Batch(0.08, tuple("abcdefgh"))] * 2, plan_of(config, INPUTS, report()).order.job)

    plan = plan_of(config, INPUTS, report(), audit=Audit((), latency=latency))

    assert plan.duration.grader == pytest.approx(plan.order.job.rollouts * 0.01 / 3600)


def test_the_local_stage_costs_nothing(tmp_path: Path) -> None:
    config = ProjectConfig.load(write_project(tmp_path)).for_stage("local")

    plan = plan_of(config, INPUTS, report())

    assert plan.order.local
    assert json.loads(json.dumps(plan.to_json()))["cost"]["run"] == []


def test_upkeep_counts_what_a_stack_has(template: Template) -> None:
    kinds = Counter(resource["Type"] for resource in template.to_json()["Resources"].values())

    assert kinds["AWS::CloudWatch::Alarm"] == ALARMS
    assert kinds["AWS::CloudWatch::CompositeAlarm"] == COMPOSITE_ALARMS
    assert kinds["AWS::CloudWatch::Dashboard"] == DASHBOARDS
    assert kinds["AWS::KMS::Key"] == KEYS


def test_the_grader_has_the_memory_that_it_is_priced_with(template: Template) -> None:
    (grader,) = (
        resource["Properties"]["MemorySize"]
        for id_, resource in template.find_resources("AWS::Lambda::Function").items()
        if id_.startswith("RewardFunction")
    )

    assert grader == GRADER_MB
    assert f"memory_size={SANDBOX_MB}" in Path("infra/sandbox.py").read_text(encoding="utf-8")
