"""Every bundled project rehearses: deployed, audited, trained, and healthy."""

import json
from collections.abc import Mapping
from functools import partial
from typing import Any

import pytest

from infra.config import ProjectConfig
from rehearsal.environment import ROOT, LocalAws
from rft.runs import Stack
from tests.e2e.checkout import eventually

pytestmark = pytest.mark.emulator

PROJECTS = sorted(
    file.stem
    for file in (ROOT / "projects").glob("*.yaml")
    if ProjectConfig.load(file).for_stage("local").model == "local.strategist"
)
"""The others have their own tests, with their own model."""

Records = Mapping[str, Mapping[str, Any]]


@pytest.fixture(scope="module")
def records(local_aws: LocalAws) -> Records:
    """The record of each project's run; they are deployed side by side and train side by side."""
    local_aws.bootstrap()
    stacks = [f"{project}-local" for project in PROJECTS]
    deployed = local_aws.cdk(
        ["deploy", *stacks, "-c", "stage=local", "--concurrency", "3", "--require-approval", "never"],
        capture_output=True,
        text=True,
    )
    assert deployed.returncode == 0, deployed.stdout + deployed.stderr
    return {project: eventually(partial(_record, local_aws, project), seconds=240) for project in PROJECTS}


def _record(aws: LocalAws, project: str) -> Mapping[str, Any] | None:
    bucket = Stack(f"{project}-local", aws.client).output("RunsBucket")
    s3 = aws.client("s3")
    found = s3.list_objects_v2(Bucket=bucket, Prefix="runs/").get("Contents", [])
    record = next((entry["Key"] for entry in found if entry["Key"].endswith("/record.json")), None)
    return json.loads(s3.get_object(Bucket=bucket, Key=record)["Body"].read()) if record else None


@pytest.mark.parametrize("project", PROJECTS)
def test_a_sound_grader_s_run_is_healthy(records: Records, project: str) -> None:
    assert records[project]["verdict"] == "healthy", records[project]["verdictReason"]


@pytest.mark.parametrize("project", PROJECTS)
def test_the_policy_learns_what_the_grader_pays(records: Records, project: str) -> None:
    curve = [step["validationReward"] for step in records[project]["curves"] if step["validationReward"] is not None]

    assert curve[-1] > curve[0] + 0.15
    assert curve[-1] > 0.7


@pytest.mark.parametrize("project", PROJECTS)
def test_honest_strategies_win(records: Records, project: str) -> None:
    (finding,) = (f for f in records[project]["detectors"] if f["name"] == "reward-hacking")

    assert not finding["alarm"], finding["evidence"]


@pytest.mark.parametrize("project", PROJECTS)
def test_the_deployed_grader_was_audited_before_the_run(records: Records, project: str) -> None:
    audit = records[project]["audit"]

    assert {rule["verdict"] for rule in audit["rules"]} <= {"passed", "waived"}
