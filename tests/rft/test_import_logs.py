"""``rft import-logs``: logged prompts become files of a dataset, all of them or none."""

import hashlib
import json
from pathlib import Path
from typing import Any

import boto3
import pytest
import typer
from botocore.stub import Stubber
from typer.testing import CliRunner, Result

from lambda_src.run.dataset import check
from rft import import_logs as command
from rft.import_logs import import_logs
from tests.lambda_src.run.sources.answers import holds
from tests.lambda_src.run.sources.logged import answered, call, converse, write, zipped

APP = typer.Typer()
APP.command()(import_logs)

TRAIN = Path("datasets/support/train.jsonl")
VALIDATION = Path("datasets/support/validation.jsonl")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str, source: str = "logs", output: Path = TRAIN) -> Result:
    return CliRunner().invoke(APP, [source, "--output", str(output), *arguments])


def refusal(*arguments: str, **places: Any) -> str:
    result = run(*arguments, **places)
    assert result.exit_code == 1
    assert not list(Path().rglob("*.jsonl*"))
    return result.stderr


def records(path: Path = TRAIN) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def prompts(path: Path = TRAIN) -> list[str]:
    return [record["messages"][-1]["content"] for record in records(path)]


def test_the_file_is_a_dataset_without_reference_answers() -> None:
    write(Path("logs"), *(converse(f"What is {n} + 1? \u00e9 \U0001f98a\n") for n in range(100)))

    result = run()

    assert result.exit_code == 0, result.stderr
    report = check(TRAIN, "train.jsonl", references=False)
    assert (report.count, report.error_count) == (100, 0)
    assert prompts()[0] == "What is 0 + 1? \u00e9 \U0001f98a\n"


def test_it_says_what_was_read_written_and_left_out() -> None:
    write(
        Path("logs"),
        converse("A", requestMetadata={"team": "support"}),
        converse("A", requestMetadata={"team": "support"}),
        converse("B"),
        call({"prompt": "C"}, requestMetadata={"team": "support"}),
    )

    told = run("--where", "team=support").stdout.splitlines()

    assert told == [
        "read 4 calls in 1 files",
        f"wrote 1 records to {TRAIN} (sha256 {hashlib.sha256(TRAIN.read_bytes()).hexdigest()})",
        "training takes 100 to 20,000 records",
        "no record has a reference answer: set `references: none` in the project file, and run rft check",
        "left out 1: the filters do not mean them",
        "left out 1: an earlier call had the same prompt",
        "left out 1: no list of messages (a text prompt, or an embedding)",
    ]


def test_the_same_logs_make_the_same_bytes() -> None:
    write(Path("logs"), *(converse(f"prompt {n}") for n in range(20)))

    run("--validation-share", "0.3")
    run("--validation-share", "0.3", output=Path("again/train.jsonl"))

    assert TRAIN.read_bytes() == Path("again/train.jsonl").read_bytes()
    assert VALIDATION.read_bytes() == Path("again/validation.jsonl").read_bytes()


def test_a_share_of_the_records_goes_to_the_validation_file_and_none_to_both() -> None:
    write(Path("logs"), *(converse(f"prompt {n}") for n in range(200)))

    run("--validation-share", "0.2")

    assert 20 < len(prompts(VALIDATION)) < 60
    assert sorted(prompts() + prompts(VALIDATION)) == sorted(f"prompt {n}" for n in range(200))


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        pytest.param(("--where", "team=support"), ["A", "B"], id="equal"),
        pytest.param(("--where", "team!=support"), ["C", "D"], id="not equal"),
        pytest.param(("--where", "team=support", "--where", "stage=test"), ["B"], id="all"),
        pytest.param(("--where", "team=support", "--where", "stage=test", "--any"), ["A", "B", "C"], id="any"),
        pytest.param(("--limit", "3"), ["A", "B", "C"], id="the first ones"),
    ],
)
def test_calls_are_chosen(arguments: tuple[str, ...], expected: list[str]) -> None:
    write(
        Path("logs"),
        converse("A", requestMetadata={"team": "support"}),
        converse("B", requestMetadata={"team": "support", "stage": "test"}),
        converse("C", requestMetadata={"team": "sales", "stage": "test"}),
        converse("D"),
    )

    run(*arguments)

    assert prompts() == expected


def test_filters_are_read_as_the_api_takes_them() -> None:
    write(Path("logs"), converse("A", requestMetadata={"team": "support"}), converse("B"))
    Path("filters.json").write_text('{"orAll": [{"equals": {"team": "support"}}, {"equals": {"team": "sales"}}]}')

    run("--filters", "filters.json")

    assert prompts() == ["A"]


def test_responses_are_kept_on_demand() -> None:
    write(Path("logs"), converse("A", "4"), call({"messages": [{"role": "user", "content": "B"}]}, answered("", "x")))

    result = run("--use-prompt-response")

    assert [record["logged_response"] for record in records()] == ["4"]
    assert "left out 1: no response" not in result.stdout
    assert "left out 1: a response that ended as x" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        pytest.param(("--where", "team"), "where 'team': expected key=value or key!=value", id="no condition"),
        pytest.param(("--any",), "--any without --where", id="any of nothing"),
        pytest.param(("--filters", "none.json"), "none.json: No such file or directory", id="no filters"),
        pytest.param(("--filters", "broken.json"), "broken.json: not valid JSON", id="broken filters"),
        pytest.param(("--filters", "other.json"), "filters: []; expected an object with one of equals", id="others"),
        pytest.param(
            ("--filters", "other.json", "--where", "a=1"),
            "--where beside --filters; expected one of the two",
            id="both",
        ),
        pytest.param(("--where", "team=none"), f"{TRAIN}: there is no record to write", id="nothing left"),
        pytest.param(
            ("--validation-share", "0.001"), f"{VALIDATION}: there is no record to write", id="no validation record"
        ),
    ],
)
def test_what_cannot_be_done_writes_nothing(arguments: tuple[str, ...], complaint: str) -> None:
    write(Path("logs"), converse("A"))
    Path("broken.json").write_text("{")
    Path("other.json").write_text("[]")

    assert refusal(*arguments).startswith(f"rft import-logs: {complaint}")


def test_logs_of_which_none_is_fit_are_refused_with_the_reasons() -> None:
    write(Path("logs"), call({"prompt": "A"}), call({"prompt": "B"}))

    assert "left out 2: no list of messages" in refusal()


def test_missing_logs_are_named() -> None:
    assert refusal(source="no/logs").startswith("rft import-logs: no/logs: no such file or folder")


@pytest.mark.parametrize("existing", [TRAIN, VALIDATION], ids=lambda path: path.stem)
def test_no_file_is_overwritten(existing: Path) -> None:
    write(Path("logs"), *(converse(f"prompt {n}") for n in range(20)))
    existing.parent.mkdir(parents=True)
    existing.write_text("mine")

    result = run("--validation-share", "0.5")

    assert result.exit_code == 1
    assert f"{existing}: exists; expected a new file" in result.stderr
    assert [path.read_text() for path in existing.parent.iterdir()] == ["mine"]


def test_the_training_file_is_not_the_validation_file() -> None:
    write(Path("logs"), converse("A"))

    assert "validation.jsonl: exists" in refusal("--validation-share", "0.5", output=VALIDATION)


def test_a_folder_that_cannot_be_made_is_named() -> None:
    write(Path("logs"), converse("A"))
    Path("datasets").write_text("a file")

    assert "expected a folder to write to" in refusal()


def test_an_import_that_breaks_off_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    s3 = Stubber(boto3.client("s3", region_name="us-east-1", aws_access_key_id="t", aws_secret_access_key="t"))  # noqa: S106 - no secret
    s3.add_response("list_objects_v2", {"Contents": [{"Key": "1.json.gz"}, {"Key": "2.json.gz"}]})
    holds(s3, "logs", "1.json.gz", zipped(converse("A")))
    s3.add_client_error("get_object", "AccessDenied", "Access Denied")
    monkeypatch.setattr(command, "_s3", lambda: s3.client)

    with s3:
        told = refusal(source="s3://logs")

    assert told.startswith("rft import-logs: s3://logs/2.json.gz: access is denied")
    assert not [path for path in Path("datasets").rglob("*") if path.is_file()]
