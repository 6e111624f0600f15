"""A run that goes wrong is seen while it trains, told about in words, and stopped where the project says so."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from infra.config import ProjectConfig
from lambda_src.run.detectors import length_spike
from rehearsal.environment import ROOT
from rft.rollouts import files
from rft.runs import Stack
from tests.e2e.checkout import Checkout, eventually

pytestmark = pytest.mark.emulator

NAME = "watched"
SPIKE = length_spike.ABOUT.name
HEALTHY = ProjectConfig.load(ROOT / "projects" / "gsm8k-style.yaml").for_stage("local").hyper_parameters.to_api()
PAYS_FOR_LENGTH: Mapping[str, Any] = {
    "reward": [
        {"function": "maths.final_answer", "weight": 0.5},
        {"function": "text.worked_steps", "weight": 0.5, "options": {"steps": 12}},
    ],
    "shadow": {"reward": [{"function": "maths.final_answer", "weight": 1}], "rolloutsPerStep": 32},
    "waive": dict.fromkeys(
        ("reference-earns-full-reward", "variant-earns-full-reward", "exploit-does-not-pay"),
        "shows what a reward for length does; the audit would not let it train",
    ),
    "alarms": {"stopOn": [SPIKE]},
    "local": {"hyperParameters": HEALTHY | {"inferenceMaxTokens": 120}},
}


@dataclass(frozen=True, slots=True)
class Watched:
    """A run that was stopped: its record, and what its topic said."""

    record: dict[str, Any]
    messages: list[str]


@pytest.fixture(scope="module")
def watched(checkout: Checkout) -> Watched:
    checkout.write_project(NAME, **PAYS_FOR_LENGTH)
    deployed = checkout.deploy(NAME)
    assert deployed.returncode == 0, deployed.stdout
    queue = _subscribed(checkout, checkout.outputs(NAME)["TopicArn"])
    record = checkout.conclude(NAME)
    messages: list[str] = []

    def told() -> bool:
        received = checkout.aws.client("sqs").receive_message(QueueUrl=queue, MaxNumberOfMessages=10)
        messages.extend(json.loads(message["Body"])["Message"] for message in received.get("Messages", []))
        return any(record["run"] in message and "stopped" in message for message in messages)

    eventually(told, seconds=30)
    return Watched(record, messages)


def test_the_alarm_stops_the_job_and_the_record_says_why(watched: Watched, checkout: Checkout) -> None:
    stopped = watched.record["stoppedBy"]

    assert checkout.jobs(NAME)[0]["status"] == "Stopped"
    assert (watched.record["verdict"], stopped["detector"]) == ("stopped", SPIKE)
    assert stopped["evidence"] in watched.record["verdictReason"]


def test_the_message_says_what_happened_why_and_what_to_do(watched: Watched) -> None:
    (message, *_) = (message for message in watched.messages if "What happened" in message and SPIKE in message)

    assert length_spike.ABOUT.what in message
    assert length_spike.ABOUT.advice in message
    assert "dashboards/dashboard/watched-local" in message
    assert "It was stopped" in message


def test_live_steps_hold_what_the_rollouts_tell_and_what_the_shadow_says(watched: Watched) -> None:
    steps = [step for step in watched.record["curves"] if step["rollouts"]]
    shadowed = [step for step in steps if step["shadowed"]]

    assert len(steps) >= 5
    assert {step["rollouts"] for step in steps[:-1]} == {HEALTHY["batchSize"] * HEALTHY["trainingSamplePerPrompt"]}
    assert steps[-1]["responseLength"] > 1.5 * steps[0]["responseLength"]
    assert {step["shadowed"] for step in shadowed} == {32}
    assert all(step["shadowReward"] != step["shadowedReward"] for step in shadowed)


def test_every_rollout_is_kept_with_its_text(watched: Watched, checkout: Checkout) -> None:
    rows = files.read(Stack(f"{NAME}-local", checkout.aws.client), watched.record["digest"][:12], limit=100_000)

    told = sum(step["rollouts"] or 0 for step in watched.record["curves"])
    assert len(rows) >= told > 0
    assert all(row.prompt and row.response is not None and "worked_steps" in str(dict(row.parts)) for row in rows[:50])


def _subscribed(checkout: Checkout, topic: str) -> str:
    """A queue that a topic delivers to; returns its URL."""
    arn = f"arn:aws:sqs:us-east-1:000000000000:{NAME}"
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": arn,
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    url = str(checkout.aws.client("sqs").create_queue(QueueName=NAME, Attributes={"Policy": policy})["QueueUrl"])
    checkout.aws.client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    return url
