"""``rft probe``: what a person sees and is asked, what lies in the folder, and the status a script sees."""

import io
import json
import signal
import threading
import time
from collections.abc import Callable, Mapping
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
import yaml
from botocore.response import StreamingBody
from botocore.stub import Stubber
from typer.testing import CliRunner, Result

from lambda_src.run.probe import Probe
from rft import score
from rft.cli import app
from rft.probing import models as probe_models
from tests.lambda_src.run.probe.pupils import Pupil, answer, record, stubbed

RULES = [
    {"function": "maths.final_answer", "weight": 0.9},
    {"function": "maths.one_final_answer", "weight": 0.1},
]
JUDGE = {"function": "judge.score", "weight": 1, "options": {"rubric": "instruction-following"}}
FOLDER = Path("reports/sums-dev/probe")


@pytest.fixture(autouse=True)
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A checkout with one project of 150 records, a wide terminal, and nobody's credentials."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    Path("projects").mkdir()
    Path("datasets/sums").mkdir(parents=True)
    Path("datasets/sums/train.jsonl").write_bytes(lines())
    project()


def lines() -> bytes:
    return b"".join(json.dumps(record(number)).encode() + b"\n" for number in range(150))


def project(**changes: Any) -> None:
    content = {
        "name": "sums",
        "model": "amazon.nova-2-lite-v1:0:256k",
        "dataset": "sums",
        "reward": RULES,
        "hyperParameters": {"inferenceMaxTokens": 200, "reasoningEffort": "low"},
        "probe": {"prompts": 16, "samples": 4},
        "stages": {"dev": {"region": "us-east-1"}},
    }
    Path("projects/sums.yaml").write_text(yaml.safe_dump(content | changes), encoding="utf-8")


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[..., Any]], None]:
    """Puts a model in the place of Bedrock's."""

    def put(converse: Callable[..., Any]) -> None:
        monkeypatch.setattr(probe_models, "_client", lambda *_, **__: SimpleNamespace(converse=converse))

    return put


Asked = Callable[[Callable[..., Any]], None]


def probed(*arguments: str, **options: Any) -> Result:
    return CliRunner().invoke(app, ["probe", "sums", *arguments], **options)


def found() -> Probe:
    return Probe.from_json(json.loads((FOLDER / "probe.json").read_bytes()))


def rollouts(folder: Path = FOLDER) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "rollouts.jsonl").read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize(
    ("rate", "status", "said"),
    [
        pytest.param(0.5, 0, "Worth training: ", id="good"),
        pytest.param(0.0, 3, "Too hard: ", id="too hard"),
        pytest.param(1.0, 3, "Too easy: ", id="too easy"),
    ],
)
def test_the_status_tells_a_script_the_verdict(asked: Asked, rate: float, status: int, said: str) -> None:
    asked(Pupil(lambda _: rate))

    result = probed("--yes")

    assert result.exit_code == status, result.output
    assert said in result.stdout


def test_too_little_to_judge_is_a_failure(asked: Asked) -> None:
    asked(Pupil(lambda _: 0.5))

    result = probed("--yes", "--prompts", "4")

    assert result.exit_code == 1
    assert "Not known: 16 graded responses" in result.stdout


def test_result_and_rollouts_are_in_the_folder(asked: Asked) -> None:
    asked(Pupil(lambda _: 0.5))

    result = probed("--yes", "--json", "again.json")

    assert found().responses == len(rollouts()) == 64
    assert json.loads(Path("again.json").read_bytes()) == found().to_json()
    assert str(FOLDER / "rollouts.jsonl") in result.stdout
    assert [*score.read_items(FOLDER / "rollouts.jsonl")] == rollouts()
    assert sorted(file.name for file in FOLDER.iterdir()) == ["probe.json", "rollouts.jsonl", "settings.json"]


def test_the_request_is_that_of_the_project(asked: Asked) -> None:
    pupil = Pupil(lambda _: 0.5)
    asked(pupil)

    probed("--yes", "--temperature", "0.9", "--samples", "2", "--output", "elsewhere")

    assert len(pupil.requests) == len(rollouts(Path("elsewhere"))) == 32
    request = pupil.requests[0]
    assert request["modelId"] == "us.amazon.nova-2-lite-v1:0"
    assert request["inferenceConfig"] == {"maxTokens": 200, "temperature": 0.9}
    assert request["additionalModelRequestFields"]["reasoningConfig"]["maxReasoningEffort"] == "low"
    assert request["requestMetadata"] | {"project": "sums", "stage": "dev"} == request["requestMetadata"]


@pytest.mark.parametrize(
    ("changes", "arguments", "said"),
    [
        pytest.param(
            {}, [], "64 requests to us.amazon.nova-2-lite-v1:0: 4 for each of 16 of 150 records", id="how many"
        ),
        pytest.param({}, [], "12,800 output tokens at most: 0.04 USD at most", id="listed price"),
        pytest.param(
            {"prices": {"baseInput": 0, "baseOutput": 1000}}, [], "12.80 USD at most", id="the project's own price"
        ),
        pytest.param({}, ["--model", "other"], "the price is unknown; prices.baseInput and", id="unknown price"),
        pytest.param(
            {"prices": {"baseInput": 0, "baseOutput": 1000}}, ["--model", "other"], "12.80 USD", id="named for another"
        ),
        pytest.param(
            {"hyperParameters": {"reasoningEffort": "high"}},
            [],
            "output without a limit: the cost is not",
            id="no limit",
        ),
        pytest.param(
            {"reward": [JUDGE], "judge": {"model": "judge-1"}}, [], "up to 64 requests to the judge judge-1", id="judge"
        ),
    ],
)
def test_before_anything_is_asked_it_says_what_and_for_how_much(
    asked: Asked, changes: dict[str, Any], arguments: list[str], said: str
) -> None:
    pupil = Pupil(lambda _: 0.5)
    asked(pupil)
    project(**changes)

    result = probed(*arguments)

    assert result.exit_code == 1
    assert said in result.stderr
    assert "expected --yes" in result.stderr
    assert pupil.requests == []


@pytest.mark.parametrize(("typed", "requests", "status"), [("y\n", 64, 0), ("n\n", 0, 1), ("\n", 0, 1)])
def test_a_person_is_asked_before_money_is_spent(
    asked: Asked, monkeypatch: pytest.MonkeyPatch, typed: str, requests: int, status: int
) -> None:
    pupil = Pupil(lambda _: 0.5)
    asked(pupil)
    monkeypatch.setattr("rft.probe._is_terminal", lambda: True)

    result = probed(input=typed)

    assert (result.exit_code, len(pupil.requests)) == (status, requests)
    assert "Go on? [y/N]" in result.stderr


@pytest.mark.parametrize("arguments", [["--stage", "local"], ["--model", "local.strategist", "--yes"]], ids=str)
def test_a_local_model_is_asked_in_this_process(monkeypatch: pytest.MonkeyPatch, arguments: list[str]) -> None:
    def nobody(*_: Any, **__: Any) -> None:
        raise AssertionError("a client of AWS was made")

    monkeypatch.setattr(boto3, "client", nobody)

    result = probed(*arguments, "--output", "out")

    assert result.exit_code == 0, result.output
    assert "in this process, for nothing" in result.stderr
    assert {rollout["reward"] for rollout in rollouts(Path("out"))} >= {0.1, 1.0}


def test_a_real_model_is_judged_by_the_real_judge_and_a_local_one_by_the_stand_in(asked: Asked) -> None:
    judged: list[str] = []

    def bedrock(**request: Any) -> Mapping[str, Any]:
        if request["modelId"] == "judge-1":
            judged.append(request["modelId"])
            marks = {"reasoning": "Fine.", "instructions": 3, "correctness": 3, "clarity": 3}
            call = {"toolUseId": "1", "name": request["toolConfig"]["tools"][0]["toolSpec"]["name"], "input": marks}
            return {"stopReason": "tool_use", "output": {"message": {"content": [{"toolUse": call}]}}}
        return answer(f"Seven more, I think {len(judged)}.")

    asked(bedrock)
    project(reward=[JUDGE], judge={"model": "judge-1"}, stages={"dev": {"region": "us-east-1"}})

    real = probed("--yes")
    by_the_real = len(judged)
    local = probed("--model", "local.strategist", "--yes")

    assert by_the_real > 0
    assert "stand-in" not in real.stdout
    assert len(judged) == by_the_real
    assert "Judges were answered by the local stand-in" in local.stdout


def test_an_interrupt_leaves_a_valid_file_and_a_verdict(asked: Asked) -> None:
    main = threading.main_thread().ident
    assert main is not None
    once = threading.Lock()

    def before(_: Mapping[str, Any]) -> None:
        time.sleep(0.003)
        kept = FOLDER / "rollouts.jsonl.partial"
        if kept.exists() and kept.read_bytes().count(b"\n") >= 48 and once.acquire(blocking=False):
            signal.pthread_kill(main, signal.SIGINT)

    asked(Pupil(lambda _: 0.5, before))

    result = probed("--yes", "--prompts", "150")

    assert f"interrupted after {found().responses} of 600 responses" in result.stdout
    assert 48 <= found().responses < 600
    assert sum(rollout["reward"] is not None for rollout in rollouts()) == found().responses


def test_with_advised_settings_responses_may_be_as_long_as_in_the_job(asked: Asked) -> None:
    pupil = Pupil(lambda _: 0.5)
    asked(pupil)
    project(hyperParameters="auto")

    probed("--yes", "--prompts", "1")

    assert pupil.requests[0]["inferenceConfig"]["maxTokens"] == 1024


def test_an_interrupt_before_the_first_response_leaves_the_earlier_probe(asked: Asked) -> None:
    asked(Pupil(lambda _: 0.5))
    probed("--yes")
    earlier, once = found(), threading.Lock()

    def interrupt(_: Mapping[str, Any]) -> None:
        if once.acquire(blocking=False):
            signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
        threading.Event().wait(5)

    asked(Pupil(lambda _: 0.5, interrupt))

    result = probed("--yes")

    assert result.exit_code == 1
    assert result.stderr.splitlines()[-1] == "rft probe: it ended before the first response; nothing is written"
    assert found() == earlier


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["--json", "no/such/place.json"], id="no folder for the result"),
        pytest.param(["--output", "projects/sums.yaml"], id="a file for a folder"),
        pytest.param(["--resume"], id="nothing to resume"),
    ],
)
def test_what_cannot_be_done_costs_nothing(asked: Asked, arguments: list[str]) -> None:
    pupil = Pupil(lambda _: 0.5)
    asked(pupil)

    result = probed("--yes", *arguments)

    assert result.exit_code == 1
    assert result.stderr.count("\n") == 1
    assert not pupil.requests


def test_a_profile_that_there_is_not_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "absent")
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)

    result = probed("--yes")

    assert result.exit_code == 1
    assert result.stderr.splitlines()[-1] == "rft probe: The config profile (absent) could not be found"


def test_a_probe_can_be_gone_on_with(asked: Asked) -> None:
    asked(Pupil(lambda _: 0.5))
    probed("--yes")
    kept = (FOLDER / "rollouts.jsonl").read_bytes().splitlines(keepends=True)
    (FOLDER / "rollouts.jsonl.partial").write_bytes(b"".join(kept[:40]) + kept[40][:30])  # killed while writing
    pupil = Pupil(lambda _: 0.5)
    asked(pupil)

    result = probed("--yes", "--resume")

    assert result.exit_code == 0, result.output
    assert len(pupil.requests) == 24
    assert "less the 40 responses that the earlier probe has" in result.stderr
    assert len(rollouts()) == found().responses == 64
    assert not (FOLDER / "rollouts.jsonl.partial").exists()


@pytest.mark.parametrize(
    ("changes", "arguments", "said"),
    [
        pytest.param(
            {}, ["--temperature", "0.1"], "temperature of the earlier probe is 0.6; expected 0.1", id="hotter"
        ),
        pytest.param({}, ["--model", "other"], "model of the earlier probe is", id="another model"),
        pytest.param({"reward": RULES[:1]}, [], "reward of the earlier probe is", id="another reward"),
        pytest.param({}, ["--output", "elsewhere"], "elsewhere: no probe to resume", id="none"),
    ],
)
def test_another_probe_is_not_gone_on_with(
    asked: Asked, changes: dict[str, Any], arguments: list[str], said: str
) -> None:
    asked(Pupil(lambda _: 0.5))
    probed("--yes")
    project(**changes)

    result = probed("--yes", "--resume", *arguments)

    assert result.exit_code == 1
    assert said in result.stderr
    assert len(rollouts()) == 64


def test_a_refused_probe_says_why_and_leaves_the_earlier_one(asked: Asked) -> None:
    asked(Pupil(lambda _: 0.5))
    probed("--yes")
    client, stubber = stubbed()
    for _ in range(8):
        stubber.add_client_error("converse", "AccessDeniedException", "You don't have access.", http_status_code=403)
    asked(client.converse)

    result = probed("--yes")

    assert result.exit_code == 1
    assert "rft probe: us.amazon.nova-2-lite-v1:0 cannot be sampled: AccessDeniedException" in result.stderr
    assert "expected bedrock:InvokeModel" in result.stderr
    assert len(rollouts()) == found().responses == 64


@pytest.mark.parametrize(
    ("pin", "status", "said"),
    [
        pytest.param(sha256(lines()).hexdigest(), 0, "64 requests", id="as pinned"),
        pytest.param("0" * 64, 1, f"expected {'0' * 64}, which the project file pins", id="another file"),
    ],
)
def test_records_in_s3_are_read_as_they_are_pinned(
    asked: Asked, monkeypatch: pytest.MonkeyPatch, pin: str, status: int, said: str
) -> None:
    s3: Any = boto3.client("s3", region_name="us-east-1")
    stubber = Stubber(s3)
    stubber.activate()
    body = {"Body": StreamingBody(io.BytesIO(lines()), len(lines())), "ContentLength": len(lines()), "ETag": '"1"'}
    stubber.add_response("get_object", body)
    monkeypatch.setattr(boto3, "client", lambda *_, **__: s3)
    asked(Pupil(lambda _: 0.5))
    project(dataset={"train": {"uri": "s3://data/train.jsonl", "sha256": pin}})

    result = probed("--yes")

    assert result.exit_code == status, result.output
    assert said in result.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(["--stage", "none"], "stage 'none' is unknown", id="no such stage"),
        pytest.param(["--yes", "--json", "no/such/place.json"], "no/such", id="no such folder"),
        pytest.param(["--yes", "--output", "projects/sums.yaml"], "projects/sums.yaml", id="a file for a folder"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(asked: Asked, arguments: list[str], said: str) -> None:
    asked(Pupil(lambda _: 0.5))

    result = probed(*arguments)

    assert result.exit_code == 1
    assert said in result.stderr.splitlines()[-1]
    assert "Traceback" not in result.output
