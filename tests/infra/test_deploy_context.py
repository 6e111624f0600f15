from pathlib import Path
from typing import Any

import pytest
from aws_cdk import App

from infra.config import ConfigError, ProjectConfig, StageConfig
from infra.deploy_context import DeployContext
from lambda_src.run.start_mode import StartMode
from tests.infra.synthesis import write_project

RUN, OTHER = "0123456789ab", "ba9876543210"


def context(**given: Any) -> DeployContext:
    return DeployContext.of(App(context=given).node)


def stage(tmp_path: Path, approval: str) -> StageConfig:
    return ProjectConfig.load(write_project(tmp_path, {"approval": approval})).for_stage("dev")


def test_without_context_everything_is_built_and_starts() -> None:
    assert context() == DeployContext(project=None, stage=None, hold=False, approved=None)


@pytest.mark.parametrize(("run", "hold"), [("start", False), ("hold", True)])
def test_a_run_is_started_or_held(run: str, hold: bool) -> None:
    assert context(run=run).hold is hold


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        pytest.param({"run": "hodl"}, "-c run=hodl: expected start or hold", id="unknown run"),
        pytest.param({"run": ""}, "-c run=: expected start or hold", id="run of an empty variable"),
        pytest.param({"run": True}, "-c run=True: expected start or hold", id="run without a value"),
        pytest.param({"approve": "0123"}, "-c approve=0123: expected the first 12 digits", id="too short"),
        pytest.param({"approve": "0123456789abc"}, "expected the first 12 digits", id="too long"),
        pytest.param({"approve": "0123456789AB"}, "expected the first 12 digits", id="capitals"),
        pytest.param({"approve": ""}, "expected the first 12 digits", id="empty"),
        pytest.param({"approve": f"{RUN}\n"}, "expected the first 12 digits", id="line end"),
    ],
)
def test_what_cannot_be_meant_is_refused(given: dict[str, Any], expected: str) -> None:
    with pytest.raises(ConfigError, match=expected):
        context(**given)


@pytest.mark.parametrize(
    ("given", "approval", "mode"),
    [
        pytest.param({}, "none", StartMode.NOW, id="nobody is to be asked"),
        pytest.param({}, "required", StartMode.UNAPPROVED, id="nobody has approved"),
        pytest.param({"approve": RUN}, "required", StartMode.NOW, id="approved"),
        pytest.param({"approve": OTHER}, "required", StartMode.UNAPPROVED, id="another was approved"),
        pytest.param({"approve": OTHER}, "none", StartMode.NOW, id="another was approved where nobody is to be asked"),
        pytest.param({"run": "hold"}, "required", StartMode.HOLD, id="a hold needs no approval"),
        pytest.param({"run": "hold", "approve": RUN}, "required", StartMode.HOLD, id="a hold starts nothing approved"),
        pytest.param({"run": "hold"}, "none", StartMode.HOLD, id="hold"),
    ],
)
def test_what_may_start(given: dict[str, str], approval: str, mode: StartMode, tmp_path: Path) -> None:
    assert context(**given).start_mode(stage(tmp_path, approval), RUN) is mode


@pytest.mark.parametrize("runs", [[RUN], [OTHER, RUN]], ids=["one stack", "several"])
def test_the_digest_of_a_stack_may_be_approved(runs: list[str]) -> None:
    context(approve=RUN).require_known(runs)


def test_a_digest_of_no_stack_is_refused_with_those_there_are() -> None:
    with pytest.raises(ConfigError, match=f"-c approve={RUN}: no selected stack would run that; expected {OTHER}"):
        context(approve=RUN).require_known([OTHER, OTHER])


def test_without_an_approval_every_digest_will_do() -> None:
    context().require_known([OTHER])
