"""``rft plan``: what a person sees of a run before it starts, and the status a script sees."""

import json
from pathlib import Path
from typing import Any

import boto3
import pytest
import typer
import yaml
from botocore.stub import Stubber
from typer.testing import CliRunner, Result

from lambda_src.run import digest
from lambda_src.run.advice import ADVICE_VERSION
from lambda_src.run.plan import Asked, Deployed
from rft import plan as command
from rft.plan import plan as plan_command
from rft.runs import Stack

PROJECT: dict[str, Any] = {
    "name": "sums",
    "model": "amazon.nova-2-lite-v1:0:256k",
    "dataset": "sums",
    "reward": [
        {"function": "maths.final_answer", "weight": 0.9},
        {"function": "maths.one_final_answer", "weight": 0.1},
    ],
    "hyperParameters": "auto",
    "stages": {"dev": {"region": "us-east-1"}, "prod": {"approval": "required"}},
}
APP = typer.Typer()
APP.command()(plan_command)


@pytest.fixture(autouse=True)
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout with one project, no credentials, and a wide terminal.

    The grader is neither hashed nor timed, which takes most of a plan's time; two tests at the end do both.
    """
    monkeypatch.setattr(digest, "_grader_sources", lambda *_: {})
    monkeypatch.setattr(command, "_audited", lambda *_: None)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "300")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    (tmp_path / "projects").mkdir()
    (tmp_path / "datasets" / "sums").mkdir(parents=True)
    project()
    write("train", 0, 200)
    write("validation", 200, 220)
    return tmp_path


@pytest.fixture
def real(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The grader hashed and timed after all."""
    monkeypatch.undo()
    monkeypatch.chdir(checkout)


def project(**changes: Any) -> None:
    Path("projects/sums.yaml").write_text(yaml.safe_dump(PROJECT | changes), encoding="utf-8")


def write(part: str, first: int, end: int) -> None:
    lines = "".join(f"{json.dumps(record(number))}\n" for number in range(first, end))
    Path(f"datasets/sums/{part}.jsonl").write_text(lines, encoding="utf-8")


def record(number: int) -> dict[str, Any]:
    answer = {"final_answer": str(number + 7), "solution": f"{number} + 7 = {number + 7}"}
    question = f"Worker {number} packs {number} boxes and then {'7' if number % 2 else 'seven'} more. How many boxes?"
    messages = [{"role": "user", "content": f"{question} Put the final answer after ####."}]
    return {"id": f"r{number}", "messages": messages, "reference_answer": answer}


def plan(*arguments: str, offline: bool = True) -> Result:
    return CliRunner().invoke(APP, ["sums", *(["--offline"] if offline else []), *arguments])


def written(*arguments: str) -> dict[str, Any]:
    assert plan(*arguments, "--json", "plan.json").exit_code == 0
    found: dict[str, Any] = json.loads(Path("plan.json").read_text(encoding="utf-8"))
    return found


def test_everything_about_a_run_is_shown() -> None:
    result = plan()

    assert result.exit_code == 0
    for expected in (
        "sums-dev: run ",
        "is deployed (--offline)",
        "epochCount               10",
        f"advice {ADVICE_VERSION}",
        "200 to train on, 20 to validate",
        "63 steps, 16,368 rollouts",
        "unknown: AWS says no more than that a job can take a few hours",
        "plus unknown: training",
        "KMS key",
        "hyperParameters:\n  epochCount: 10\n  batchSize: 32\n",
    ):
        assert expected in result.stdout


def test_the_json_is_what_the_terminal_shows() -> None:
    found = written()

    assert found["start"]["outcome"] == "unknown"
    assert found["job"]["steps"] == 63
    assert found["pinned"] == found["hyperParameters"]
    assert found["cost"]["runUnknown"] == ["training"]


def test_pinned_values_start_the_same_run() -> None:
    before = written()
    project(hyperParameters=before["pinned"])

    assert written()["digest"] == before["digest"]


def test_what_the_account_says_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    deployed = Deployed("a" * 64, 1, {"train": "b" * 64}, {"epochCount": 8})
    monkeypatch.setattr(command, "ask", lambda stack: (Asked(deployed), None))

    result = plan(offline=False)

    assert "a new run: the stack holds and has run nothing" in result.stdout


def test_changed_inputs_are_shown_from_old_to_new(monkeypatch: pytest.MonkeyPatch) -> None:
    before = written()
    metadata = {
        "digest": before["digest"],
        "attempt": 1,
        "inputs": {"train": "b" * 64},
        "hyperParameters": {**before["hyperParameters"], "epochCount": 8},
    }
    deployed = Deployed.of({"Metadata": {"Rft::Run": metadata}}, f"sums-dev-{before['run']}-5e21aa/1")
    project(attempt=2)
    monkeypatch.setattr(command, "ask", lambda stack: (Asked(deployed), None))

    result = plan(offline=False)

    assert "epochCount" in result.stdout
    assert "attempt" in result.stdout.split("hyperparameter")[0]


def test_an_account_without_credentials_does_not_keep_a_plan_from_being_made(monkeypatch: pytest.MonkeyPatch) -> None:
    client = boto3.client("cloudformation", "us-east-1", aws_access_key_id="a", aws_secret_access_key="b")  # noqa: S106
    monkeypatch.setattr(Stack, "of", lambda project, stage: Stack(f"{project}-{stage}", lambda _: client))
    with Stubber(client) as stubber:
        stubber.add_client_error("describe_stacks", "InvalidClientTokenId", "no such key")

        result = plan(offline=False)

    assert result.exit_code == 0
    assert "no such key" in result.stdout


def test_the_rehearsals_stage_is_not_looked_for_in_an_account() -> None:
    result = plan("--stage", "local", offline=False)

    assert result.exit_code == 0
    assert "the local stage is the rehearsal's" in result.stdout
    assert "nothing: a rehearsal" in result.stdout


def test_approval_is_asked_for_with_the_digits_to_give() -> None:
    run = written("--stage", "prod")["run"]

    assert (
        f"nothing, the deploy is refused: nobody has approved it; -c approve={run} does"
        in plan("--stage", "prod").stdout
    )
    assert written("--stage", "prod", "--approve", run)["start"]["outcome"] == "unknown"


def test_a_hold_starts_nothing() -> None:
    assert written("--hold")["start"]["outcome"] == "held"


def probe(**changes: Any) -> None:
    tokens = {"counts": [[700, 98], [900, 2]], "most": 900, "mean": 704.0}
    found = {"responseTokens": tokens, "passAt1": 0.05, "truncatedShare": 0.0, "bytesPerToken": 3.2} | changes
    Path("probe.json").write_text(json.dumps(found), encoding="utf-8")


def test_a_probe_makes_the_advice_better() -> None:
    probe()

    found = written("--probe", "probe.json")

    assert (found["pinned"]["inferenceMaxTokens"], found["pinned"]["trainingSamplePerPrompt"]) == (2048, 16)
    assert found["hyperParameters"]["inferenceMaxTokens"] == 1024, "the deploy knows nothing of the probe"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        pytest.param(None, "No such file", id="missing"),
        pytest.param("{", "not JSON", id="not JSON"),
        pytest.param("{}", "no responseTokens", id="something else"),
    ],
)
def test_a_file_that_is_no_probe_is_told(content: str | None, expected: str) -> None:
    if content is not None:
        Path("probe.json").write_text(content, encoding="utf-8")

    result = plan("--probe", "probe.json")

    assert result.exit_code == 1
    assert expected in result.stderr


@pytest.mark.parametrize(("arguments", "status"), [((), 0), (("--strict",), 3)])
def test_warnings_change_the_status_only_where_that_is_asked_for(arguments: tuple[str, ...], status: int) -> None:
    project(hyperParameters={"auto": True, "learningRate": 1e-3})

    result = plan(*arguments)

    assert "learningRate 0.001: 10 times the advised 0.0001" in result.stdout
    assert result.exit_code == status


def test_strict_is_content_with_a_plan_without_warnings() -> None:
    assert plan("--strict").exit_code == 0


def test_records_that_cannot_be_used_are_told() -> None:
    write("train", 0, 20)

    result = plan()

    assert result.exit_code == 1
    assert "rft plan: " in result.stderr
    assert "20 records" in result.stderr


def test_records_in_s3_are_not_read_offline() -> None:
    dataset = {"train": {"uri": "s3://bucket/train.jsonl", "sha256": "f" * 64, "records": 480}}
    project(dataset=dataset, hyperParameters={"epochCount": 8})

    found = written()

    assert found["pinned"]["batchSize"] == 64
    assert found["records"]["train"] == 480
    assert found["cost"]["runUnknown"] == ["training"]


@pytest.mark.parametrize(
    ("digits", "expected"),
    [
        pytest.param("xyz", "-c approve=xyz: expected the first 12 digits of a digest", id="no digits"),
        pytest.param("0" * 12, "-c approve=000000000000: no selected stack would run that; expected", id="another run"),
    ],
)
def test_an_approval_that_a_deploy_would_refuse_is_refused(digits: str, expected: str) -> None:
    result = plan("--approve", digits)

    assert result.exit_code == 1
    assert expected in result.stderr


def test_a_probe_of_another_model_is_told() -> None:
    probe(model="local.strategist")

    result = plan("--probe", "probe.json")

    assert result.exit_code == 0
    assert "the probe is of local.strategist, and not of us.amazon.nova-2-lite-v1:0" in result.stderr


def test_a_profile_that_there_is_not_does_not_keep_a_plan_from_being_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "absent")

    result = plan(offline=False)

    assert result.exit_code == 0
    assert "The config profile (absent) could not be found" in " ".join(result.stdout.split())


def test_a_file_that_cannot_be_written_is_told() -> None:
    result = plan("--json", "nowhere/plan.json")

    assert result.exit_code == 1
    assert "no such folder" in result.stderr


def test_nothing_is_changed(checkout: Path) -> None:
    def state() -> list[tuple[str, int]]:
        return sorted((str(file), file.stat().st_mtime_ns) for file in checkout.rglob("*"))

    before = state()

    plan()

    assert state() == before


def test_the_grader_is_timed_on_a_few_records(real: None) -> None:
    found = written()

    assert found["time"]["graderHours"] > 0
    assert [item["bound"] for item in found["cost"]["run"] if item["name"] == "grader Lambda"] == ["about"]


def test_a_rubric_that_asks_a_judge_is_priced_without_asking_it(real: None) -> None:
    project(
        judge={"model": "amazon.nova-pro-v1:0"},
        reward=[{"function": "judge.score", "weight": 1, "options": {"rubric": "instruction-following"}}],
    )

    (judge,) = [item for item in written()["cost"]["run"] if item["name"] == "judge"]

    assert judge["usd"] > 0
    assert judge["bound"] == "at most"
