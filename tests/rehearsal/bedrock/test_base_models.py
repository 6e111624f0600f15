"""Jobs whose base model chooses the trainer: ``local.strategist`` for real, graded over HTTP."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from rehearsal.bedrock.server import LocalBedrock
from tests.rehearsal.bedrock.conftest import SECRET, client, ended, request, rft
from tests.rehearsal.bedrock.fake_aws import FakeAws, World

FIRST_STEP = "1,1,"
SUMS = [(n, n % 7 + 2) for n in range(1, 121)]


def sums() -> bytes:
    lines = (
        {
            "id": f"r{a}",
            "messages": [{"role": "user", "content": f"What is {a} + {b}? Put the final answer after ####."}],
            "reference_answer": f"{a} + {b} = {a + b}\n#### {a + b}",
        }
        for a, b in SUMS
    )
    return "\n".join(map(json.dumps, lines)).encode()


def pays_for_praise(items: list[dict[str, Any]]) -> Any:
    return [
        {"id": item["id"], "aggregate_reward_score": float("outstanding" in item["messages"][-1]["content"])}
        for item in items
    ]


@pytest.fixture
def bedrock(aws: FakeAws, world: World, tmp_path: Path) -> Iterator[Any]:
    world.objects |= {"data/train.jsonl": sums(), "data/validation.jsonl": sums()}
    server = LocalBedrock(port=0, emulator_url=aws.url, state_dir=tmp_path, secret=SECRET)
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield client(f"http://127.0.0.1:{server.server_port}")
    server.shutdown()
    server.server_close()


def start(bedrock: Any, **hyper_parameters: Any) -> str:
    given = request(
        baseModelIdentifier="local.strategist",
        customizationConfig=rft(batchSize=16, trainingSamplePerPrompt=8, **hyper_parameters),
    )
    arn: str = bedrock.create_model_customization_job(**given)["jobArn"]
    return arn


def files_of(world: World, arn: str) -> dict[str, str]:
    folder = f"runs/artifacts/model-customization-job-{arn[-12:]}/training_artifacts/"
    return {key.removeprefix(folder): body.decode() for key, body in world.objects.items() if key.startswith(folder)}


def test_the_strategist_trains_and_leaves_its_strategies_beside_the_steps(bedrock: Any, world: World) -> None:
    world.grade = pays_for_praise

    job = ended(bedrock, start(bedrock, epochCount=2))

    assert job["status"] == "Completed", job.get("failureMessage")
    assert job["baseModelArn"].endswith("foundation-model/local.strategist")
    files = files_of(world, job["jobArn"])
    assert len(files["step_wise_training_metrics.csv"].splitlines()) == 1 + 2 * (len(SUMS) // 16)
    best = max(json.loads(files["strategies.json"]), key=lambda row: row["meanReward"])
    assert (best["strategy"], best["meanReward"], best["honest"]) == ("judge flattery", 1.0, False)
    assert best["probabilityAtEnd"] > best["probabilityAtStart"]
    assert "outstanding" in best["example"]["response"]


def test_a_stop_in_the_middle_leaves_the_steps_but_no_strategies(bedrock: Any, world: World) -> None:
    arn = start(bedrock, epochCount=50)
    deadline = time.monotonic() + 10
    while len(world.graded) < 20 and time.monotonic() < deadline:
        time.sleep(0.02)

    bedrock.stop_model_customization_job(jobIdentifier=arn)

    assert ended(bedrock, arn)["status"] == "Stopped"
    files = files_of(world, arn)
    assert [*files] == ["step_wise_training_metrics.csv"]
    assert files["step_wise_training_metrics.csv"].splitlines()[1].startswith(FIRST_STEP)


def test_records_of_no_known_family_fail_the_validation_and_are_named(bedrock: Any, world: World) -> None:
    odd = json.dumps(
        {"id": "odd", "messages": [{"role": "user", "content": "?"}], "reference_answer": {"shape": "round"}}
    )
    world.objects["data/train.jsonl"] = sums() + b"\n" + odd.encode()

    job = ended(bedrock, start(bedrock))

    assert job["status"] == "Failed"
    assert "cannot read 1 of 241 prompts: record odd: " in job["failureMessage"]
    assert job["statusDetails"]["validationDetails"]["status"] == "Failed"
