"""What a deploy finds out and asks for before it starts a run: data, grader, base model, hold and approval.

The tests follow each other on one stack, from a first deploy that is refused to a run that was held and approved; each
says what it expects of the state before it.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any

import pytest

from rehearsal.environment import ROOT
from tests.e2e.checkout import Checkout
from tests.e2e.test_lifecycle import QUICK

pytestmark = pytest.mark.emulator

NAME = "preflight"
BUCKET = "records-of-another-team"
GOOD = (ROOT / "datasets" / "gsm8k-style" / "train.jsonl").read_bytes()
BAD = GOOD + b'{"messages": []}\n'
PROBE = {"deploy": "warn", "prompts": 16, "samples": 4}
STRATEGIST = {"model": "local.strategist", "hyperParameters": {"epochCount": 1, "batchSize": 64}}


@pytest.fixture(scope="module", autouse=True)
def _bucket(checkout: Checkout) -> None:
    checkout.aws.client("s3").create_bucket(Bucket=BUCKET)


def _write(checkout: Checkout, content: bytes, **keys: Any) -> None:
    """A project that pins its records in another bucket, and puts them there."""
    key = f"{hashlib.sha256(content).hexdigest()[:8]}/train.jsonl"
    checkout.aws.client("s3").put_object(Bucket=BUCKET, Key=key, Body=content)
    pin = {"uri": f"s3://{BUCKET}/{key}", "sha256": hashlib.sha256(content).hexdigest()}
    given = {"local": STRATEGIST, "approval": "required", "probe": PROBE} | keys
    checkout.write_project(NAME, dataset={"train": pin}, **given)


def _deploy(checkout: Checkout, *context: str) -> tuple[bool, str]:
    """Whether it succeeded, and what it said in one line, as the CDK's command line breaks lines where it likes."""
    options = [word for each in context for word in ("-c", each)]
    deployed = checkout.cdk("deploy", NAME, "--require-approval", "never", *options)
    return deployed.returncode == 0, re.sub(r"\s+", " ", deployed.stdout)


def _report(checkout: Checkout, said: str) -> Mapping[str, Any]:
    """The report that a refusal names; its bucket has outlived the stack."""
    found = re.search(r"The whole report: s3://([^/]+)/(preflight/\S+/report\.json)", said)
    assert found, said
    body = checkout.aws.client("s3").get_object(Bucket=found[1], Key=found[2])["Body"].read()
    return dict(json.loads(body))


def _run(checkout: Checkout) -> str:
    return checkout.outputs(NAME)["RunDigest"][:12]


def test_bad_records_fail_the_deploy_with_what_is_wrong_and_leave_the_report(checkout: Checkout) -> None:
    _write(checkout, BAD, approval="none")

    succeeded, said = _deploy(checkout)

    report = _report(checkout, said)
    (file,) = report["dataset"]["files"]
    assert not succeeded
    assert "Training was not started: the dataset cannot be used" in said
    assert "line 481: messages" in said
    assert file["records"] == 481
    assert report["refused"]
    assert checkout.jobs(NAME) == []


def test_a_hold_deploys_everything_and_starts_nothing(checkout: Checkout) -> None:
    _write(checkout, GOOD)

    succeeded, said = _deploy(checkout, "run=hold")

    executions = checkout.aws.client("stepfunctions").list_executions(
        stateMachineArn=checkout.outputs(NAME)["StateMachineArn"]
    )["executions"]
    assert succeeded, said
    assert executions == []
    assert checkout.jobs(NAME) == []


def test_what_was_held_is_refused_until_somebody_approves_it(checkout: Checkout) -> None:
    run = _run(checkout)

    succeeded, said = _deploy(checkout)

    assert not succeeded
    assert "Nothing was started or spent" in said
    assert f"-c approve={run}" in said
    assert checkout.jobs(NAME) == []
    assert _custom_resource(checkout) == f"{NAME}-local-held"


def test_what_was_held_and_is_approved_starts_with_its_probe_on_record(checkout: Checkout) -> None:
    succeeded, said = _deploy(checkout, f"approve={_run(checkout)}")

    assert succeeded, said
    preflight = checkout.conclude(NAME)["preflight"]
    bucket, _, key = preflight["report"].removeprefix("s3://").partition("/")
    s3 = checkout.aws.client("s3")
    report = json.loads(s3.get_object(Bucket=bucket, Key=key)["Body"].read())
    rollouts = s3.get_object(Bucket=bucket, Key=key.replace("report.json", "rollouts.jsonl"))["Body"].read()
    assert preflight["dataset"]["files"]["train"]["sha256"] == hashlib.sha256(GOOD).hexdigest()
    assert preflight["probe"]["model"] == "local.strategist"
    assert preflight["probe"]["verdict"] == report["probe"]["verdict"]
    assert report["probe"]["responses"] == len(rollouts.splitlines()) == 64


def test_a_base_model_that_cannot_do_the_task_at_all_is_not_trained(checkout: Checkout) -> None:
    """Two tokens are no answer."""
    former = _run(checkout)
    tiny = {"model": "local.tiny-lm", "hyperParameters": QUICK | {"inferenceMaxTokens": 2}}
    _write(checkout, GOOD, approval="none", probe=PROBE | {"deploy": "refuse"}, local=tiny)

    succeeded, said = _deploy(checkout)

    (job,) = checkout.jobs(NAME)
    assert not succeeded
    assert "The probe of the base model local.tiny-lm says too-hard" in said
    assert _report(checkout, said)["probe"]["verdict"]["name"] == "too-hard"
    assert _run(checkout) == former
    assert _custom_resource(checkout) == f"{job['jobName']}/1"


def _custom_resource(checkout: Checkout) -> str:
    found = checkout.aws.client("cloudformation").describe_stack_resources(StackName=f"{NAME}-local")["StackResources"]
    (physical_id,) = (one["PhysicalResourceId"] for one in found if one["ResourceType"] == "Custom::BedrockRft")
    return str(physical_id)
