"""``rft check``: what a person sees of the records and the grader, and the status a script sees."""

import hashlib
import io
import json
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
import yaml
from botocore.response import StreamingBody
from botocore.stub import Stubber
from typer.testing import CliRunner, Result

from infra.config import ProjectConfig
from lambda_src.run.audit import RULES
from rft.cli import app
from tests.rft.html_tags import runs_or_fetches
from tests.rft.samples import EVIL, probe

ROOT = Path(__file__).parents[2]
BUNDLED = [ProjectConfig.load(file).for_stage("dev") for file in sorted((ROOT / "projects").glob("*.yaml"))]
JUDGED = [config.project for config in BUNDLED if config.asks_judge]

TRAIN = "datasets/sums/train.jsonl"
QUESTIONS = (
    "What is {} + 7?",
    "A shelf holds {} books and gets another 7 from the library. How many are on it in the end?",
    "Ravi walked for {} minutes, then ran for 7. For how long was he on his way?",
    "After {} days of rain came 7 of sun. Count them all.",
)
FINAL = {"function": "maths.final_answer", "weight": 0.9}
ONE = {"function": "maths.one_final_answer", "weight": 0.1}
JUDGE = {"function": "judge.score", "weight": 1, "options": {"rubric": "instruction-following"}}
PROJECT: dict[str, Any] = {
    "name": "sums",
    "model": "amazon.nova-2-lite-v1:0:256k",
    "dataset": "sums",
    "reward": [FINAL, ONE],
    "stages": {"dev": {"region": "us-east-1"}, "prod": {"reward": [ONE]}},
}


@pytest.fixture(autouse=True)
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout with one project, and a wide terminal."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    (tmp_path / "projects").mkdir()
    (tmp_path / "datasets" / "sums").mkdir(parents=True)
    project()
    write("train", [record(n) for n in range(100)])
    return tmp_path


def project(**changes: Any) -> None:
    Path("projects/sums.yaml").write_text(yaml.safe_dump(PROJECT | changes), encoding="utf-8")


def write(part: str, records: list[dict[str, Any]]) -> None:
    lines = "".join(f"{json.dumps(one)}\n" for one in records)
    Path(f"datasets/sums/{part}.jsonl").write_text(lines, encoding="utf-8")


def record(number: int) -> dict[str, Any]:
    answer = {"final_answer": str(number + 7), "solution": f"{number} + 7 = {number + 7}"}
    question = QUESTIONS[number % len(QUESTIONS)].format(number)
    messages = [{"role": "user", "content": f"{question} Put the final answer after ####."}]
    return {"id": f"r{number}", "messages": messages, "reference_answer": answer}


def check(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["check", "sums", "--records", "4", *arguments])


def plain(data: str, *arguments: str) -> Result:
    """Of a file alone."""
    return CliRunner().invoke(app, ["check", "--data", data, *arguments])


def sha256(path: str) -> str:
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stubber]:
    """The S3 that the command will ask."""
    client = boto3.client("s3", "us-east-1", aws_access_key_id="a", aws_secret_access_key="b")  # noqa: S106
    monkeypatch.setattr(boto3.Session, "client", lambda _session, _name: client)
    with Stubber(client) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()


def serve(s3: Stubber, content: bytes) -> None:
    """Answer one reading of s3://records/sums.jsonl."""
    place = {"Bucket": "records", "Key": "sums.jsonl"}
    s3.add_response("head_object", {"ContentLength": len(content)}, place)
    s3.add_response("get_object", {"Body": StreamingBody(io.BytesIO(content), len(content))}, place)


def test_a_sound_project_shows_every_rule_and_what_each_strategy_earns() -> None:
    result = check()

    assert result.exit_code == 0
    assert "sums, stage dev" in result.stdout
    assert all(rule in result.stdout for rule in RULES)
    assert "worked answer" in result.stdout
    assert result.stdout.endswith("\nSound\n")


def test_the_first_stage_of_the_file_is_checked_unless_another_is_named() -> None:
    result = check("--stage", "prod")

    assert result.exit_code == 1
    assert "sums, stage prod" in result.stdout


def test_a_bad_reward_ends_with_status_1_and_shows_record_strategy_reward_and_response() -> None:
    result = check("--stage", "prod")

    assert "record r0, wrong answer: earns 1; expected less than the 1 of the right answer" in result.stdout
    assert "#### 8" in result.stdout
    assert result.stdout.endswith("Not sound: wrong-answer-earns-less\n")


def test_a_job_with_advised_settings_is_as_large_as_it_will_be() -> None:
    project(hyperParameters="auto")
    write("train", [record(number) for number in range(480)])

    result = check("--json", "found.json")
    CliRunner().invoke(app, ["plan", "sums", "--offline", "--json", "plan.json"])

    found, plan = (json.loads(Path(name).read_text(encoding="utf-8")) for name in ("found.json", "plan.json"))
    assert result.exit_code == 0, result.output
    assert found["audit"]["latency"]["jobRollouts"] == plan["job"]["rollouts"]
    assert found["dataset"]["limits"]["maxPromptLength"]["tokens"] == plan["pinned"]["maxPromptLength"]


def test_a_waived_rule_ends_with_status_0_and_says_so() -> None:
    project(stages={"prod": {"reward": [ONE], "waive": {"wrong-answer-earns-less": "Only the form is trained."}}})

    result = check("--stage", "prod")

    assert result.exit_code == 0
    assert "waived: Only the form is trained." in " ".join(result.stdout.split())
    assert result.stdout.endswith("Sound (waived: wrong-answer-earns-less)\n")


def test_everything_that_is_wrong_with_the_records_is_said_at_once_beside_the_audit_of_the_grader() -> None:
    records = [record(n) for n in range(99)]
    records[6] = {"messages": []}
    records[8]["id"] = "r3"
    write("train", records)
    Path("datasets/sums/validation.jsonl").write_text('{"messages"\n', encoding="utf-8")

    result = check()

    assert result.exit_code == 1
    for finding in (
        f"{TRAIN}: 99 records; expected",
        f"{TRAIN} line 7: messages is empty; expected",
        'datasets/sums/train.jsonl line 9: id is "r3", ',
        "datasets/sums/validation.jsonl line 1: is not ",
    ):
        assert finding in result.stdout
    assert "right answers earn the full reward" in result.stdout
    assert result.stdout.splitlines()[-1].startswith("Not sound: ")


def test_of_many_findings_of_one_rule_the_first_are_shown_and_all_are_counted() -> None:
    write("train", [{"messages": []}] * 100)

    result = check()

    assert result.exit_code == 1
    assert "and 95 more" in result.stdout
    assert "not tried" in result.stdout


def test_what_no_single_record_shows_is_said() -> None:
    project(hyperParameters={"maxPromptLength": 20})
    write("validation", [record(5)])

    shown = " ".join(check().stdout.split())

    assert "75% over maxPromptLength 20" in shown
    assert "1 of validation or test is (nearly) in the training file" in shown
    assert "language en" in shown


def test_warnings_alone_end_with_status_0_unless_they_count_as_errors() -> None:
    Path(TRAIN).write_bytes(Path(TRAIN).read_bytes().replace(b"\n", b"\r\n"))

    found, strict = plain(TRAIN), plain(TRAIN, "--strict")

    assert found.exit_code == 0
    assert "warning  crlf" in found.stdout
    assert found.stdout.endswith("\nSound (1 warning about the records)\n")
    assert strict.exit_code == 1
    assert strict.stdout.endswith("\nNot sound: crlf\n")


def test_records_that_need_no_reference_are_fine_where_the_project_or_the_caller_says_so() -> None:
    records = [record(n) for n in range(100)]
    for one in records:
        del one["reference_answer"]
    write("train", records)

    strict, lenient = plain(TRAIN), plain(TRAIN, "--no-references")

    assert strict.exit_code == 1
    assert lenient.exit_code == 0


def test_another_file_can_be_checked_in_place_of_the_training_file() -> None:
    write("other", [record(n) for n in range(99)])
    write("validation", [record(900)])

    result = check("--data", "datasets/sums/other.jsonl")

    assert result.exit_code == 1
    assert "datasets/sums/other.jsonl: 99 records; expected" in result.stdout
    assert TRAIN not in result.stdout
    assert "datasets/sums/validation.jsonl" in result.stdout
    assert "Grader audit" in result.stdout


def test_a_file_can_be_checked_without_a_project_and_then_without_a_grader() -> None:
    result = plain(TRAIN, "--json", "found.json")

    assert result.exit_code == 0
    assert "Grader audit" not in result.stdout
    assert json.loads(Path("found.json").read_text(encoding="utf-8"))["audit"] is None


def test_a_cleaned_copy_is_written_and_checked_and_the_file_itself_is_left_as_it_was() -> None:
    file = Path(TRAIN)
    broken = file.read_bytes().replace(b"\n", b"\r\n") + b"\n" + b'{"messages"\n'
    file.write_bytes(broken)

    result = plain(TRAIN, "--fix", "fixed.jsonl", "--json", "found.json", "--html", "found.html")

    assert result.exit_code == 0, result.stdout + result.stderr
    assert file.read_bytes() == broken
    assert Path("fixed.jsonl").read_bytes() == broken.replace(b"\r\n", b"\n").split(b'\n\n{"messages"')[0] + b"\n"
    for change in ("mended: CRLF made LF (crlf), 100 times, lines 1-100", "blank line taken out", "left out: "):
        assert change in result.stdout
        assert change in Path("found.html").read_text(encoding="utf-8")
    found = json.loads(Path("found.json").read_text(encoding="utf-8"))
    assert [file["name"] for file in found["dataset"]["files"]] == ["fixed.jsonl"]
    assert {"action": "mended", "rule": "crlf", "count": 100}.items() <= found["repair"]["changes"][0].items()


def test_what_only_its_author_can_put_right_is_still_wrong_in_the_copy() -> None:
    records = [record(n) for n in range(100)]
    del records[3]["reference_answer"]
    write("train", records)

    result = plain(TRAIN, "--fix", "fixed.jsonl")

    assert result.exit_code == 1
    assert "still wrong: " in result.stdout
    assert "fixed.jsonl line 4: " in result.stdout


def test_a_cleaned_copy_replaces_no_file() -> None:
    Path("fixed.jsonl").write_text("precious", encoding="utf-8")

    taken, itself = check("--fix", "fixed.jsonl"), check("--fix", TRAIN)

    assert taken.exit_code == itself.exit_code == 1
    assert "fixed.jsonl exists; expected a name that is free" in taken.stderr
    assert "train.jsonl exists; expected a name that is free" in itself.stderr
    assert Path("fixed.jsonl").read_text(encoding="utf-8") == "precious"


def test_a_cleaned_copy_can_be_made_of_a_file_in_s3(s3: Stubber) -> None:
    content = Path(TRAIN).read_bytes()
    place = {"Bucket": "records", "Key": "sums.jsonl"}
    body = StreamingBody(io.BytesIO(content.replace(b"\n", b"\r\n")), len(content) + 100)
    s3.add_response("get_object", {"Body": body}, place)

    result = plain("s3://records/sums.jsonl", "--fix", "fixed.jsonl")

    assert result.exit_code == 0, result.stderr
    assert Path("fixed.jsonl").read_bytes() == content
    assert "For the project file" not in result.stdout


def test_a_file_in_s3_is_read_and_what_the_project_file_needs_is_printed(s3: Stubber) -> None:
    content = Path(TRAIN).read_bytes()
    serve(s3, content)

    result = plain("s3://records/sums.jsonl")

    assert result.exit_code == 0, result.stderr
    pasted = yaml.safe_load(result.stdout.split("For the project file:")[1].rsplit("\n\n", 1)[0])
    hash_ = hashlib.sha256(content).hexdigest()
    assert pasted == {"dataset": {"train": {"uri": "s3://records/sums.jsonl", "sha256": hash_, "records": 100}}}


def test_a_project_whose_pins_are_those_of_the_file_is_sound_and_others_are_errors(s3: Stubber) -> None:
    content = Path(TRAIN).read_bytes()
    pin = {"uri": "s3://records/sums.jsonl", "sha256": hashlib.sha256(content).hexdigest(), "records": 100}
    serve(s3, content)
    serve(s3, content)

    project(dataset={"train": pin})
    sound = check()
    project(dataset={"train": pin | {"sha256": "0" * 64, "records": 99}})
    changed = check()

    assert sound.exit_code == 0, sound.stdout
    assert changed.exit_code == 1
    shown = " ".join(changed.stdout.split())
    assert f"sha256 is {pin['sha256']}; expected {'0' * 64}, as dataset.train.sha256 of the project file" in shown
    assert "records is 100; expected 99, as dataset.train.records of the project file" in shown


def test_a_file_that_is_not_in_s3_is_one_line(s3: Stubber) -> None:
    s3.add_client_error("head_object", "404", "Not Found", http_status_code=404)

    result = plain("s3://records/sums.jsonl")

    assert result.exit_code == 1
    assert result.stderr == "rft check: s3://records/sums.jsonl: there is no such object (404: Not Found)\n"


def test_a_grader_s_own_error_is_shown_with_the_record_it_cost() -> None:
    project(reward=[FINAL, {"function": "sql.rows", "weight": 0.1}])

    result = check()

    assert result.exit_code == 1
    shown = " ".join(result.stdout.split())
    assert "record r0, worked answer: earns 0; expected 1, the full reward (rollout preflight/0/0: reference" in shown


def test_judges_are_answered_by_the_stand_in_and_the_table_says_so() -> None:
    project(judge={"model": "amazon.nova-pro-v1:0", "inputPrice": 0.8, "outputPrice": 3.2}, reward=[JUDGE])

    result = check("--json", "audit.json")

    assert "Judges were answered by the local stand-in" in result.stdout
    assert "tokens in and" in result.stdout
    assert " USD" in result.stdout
    found = json.loads(Path("audit.json").read_text(encoding="utf-8"))["audit"]
    (speed,) = (rule for rule in found["rules"] if rule["rule"] == "grader-is-fast-enough")
    assert speed["verdict"] == "not tried"
    assert found["cost"]["usd"] > 0


def test_everything_is_in_the_json_and_on_the_page() -> None:
    Path("probe.json").write_text(json.dumps(probe()), encoding="utf-8")

    result = check("--json", "found.json", "--html", "found.html", "--probe", "probe.json")

    assert result.exit_code == 0
    found = json.loads(Path("found.json").read_text(encoding="utf-8"))
    assert set(found) == {"title", "passed", "broken", "remarks", "dataset", "audit", "repair", "probe", "pins"}
    assert set(found["dataset"]) == {"files", "content", "limits"}
    assert found["dataset"]["files"][0]["sha256"] == sha256(TRAIN)
    assert found["audit"]["strategies"][0]["strategy"] == "worked answer"
    assert found["probe"] == probe()
    html = Path("found.html").read_text(encoding="utf-8")
    assert runs_or_fetches(html) == set()
    for part in ("<strong>Sound</strong>", "<h2>Dataset</h2>", "<h2>Grader audit</h2>", "<h2>Base model</h2>"):
        assert part in html
    assert "Worth training" in result.stdout


def test_a_prompt_that_is_markup_stays_text_on_the_page() -> None:
    records = [record(n) for n in range(100)]
    records[0] |= {"id": EVIL, "messages": [{"role": "user", "content": EVIL}]}
    records[1]["id"] = EVIL
    records[2]["messages"] = [{"role": EVIL, "content": EVIL}]
    write("train", records)

    result = plain(TRAIN, "--html", "found.html")

    html = Path("found.html").read_text(encoding="utf-8")
    assert runs_or_fetches(html) == set()
    assert "&lt;script&gt;" in html
    assert "\x1b" not in result.stdout


def test_charts_of_records_and_base_model_are_drawn_into_a_folder() -> None:
    Path("probe.json").write_text(json.dumps(probe()), encoding="utf-8")

    result = check("--plots", "charts", "--probe", "probe.json")

    assert result.exit_code == 0
    drawn = {file.stem for file in Path("charts").glob("*.png")}
    assert {"prompt-lengths", "reference-lengths", "rewards", "reward-per-prompt", "response-lengths"} <= drawn


def test_in_a_pipe_no_line_is_broken_or_padded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COLUMNS")
    name = f"datasets/sums/{'long-' * 40}name.jsonl"
    Path(name).write_text('{"messages": 1}\n', encoding="utf-8")

    lines = plain(name).stdout.splitlines()

    assert f"  {name} line 1: messages is a number; expected a list, each an object with role and content" in lines
    assert all(line == line.rstrip() for line in lines)


def test_a_line_as_long_as_the_file_is_never_held_whole() -> None:
    Path("long.jsonl").write_bytes(b'{"a": "' + b"x" * 80_000_000 + b'"}\n')
    tracemalloc.start()

    result = plain("long.jsonl")

    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert "line-too-long" in result.stdout
    assert peak < 60_000_000


@pytest.mark.parametrize("columns", [80, 120])
def test_no_line_is_wider_than_the_terminal(columns: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))

    lines = check("--stage", "prod").stdout.splitlines()

    assert max(map(len, lines)) <= columns


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        pytest.param(["check", "nope"], "projects/nope.yaml: No such file or directory", id="no such project"),
        pytest.param(["check", "sums", "--stage", "qa"], "stage 'qa' is unknown; expected one of dev", id="stage"),
        pytest.param(["check", "sums", "--json", "no/x.json"], "no/x.json: no such folder", id="json"),
        pytest.param(["check", "sums", "--html", "no/x.html"], "no/x.html: no such folder", id="html"),
        pytest.param(["check", "sums", "--plots", "list.json/x"], "list.json is no folder", id="plots"),
        pytest.param(["check", "sums", "--plots", "list.json"], "is no folder; expected a folder", id="no folder"),
        pytest.param(["check", "sums", "--json", "projects"], "is a folder; expected a file", id="no file"),
        pytest.param(["check", "sums", "--data", "no.jsonl"], "no.jsonl: cannot be read", id="data"),
        pytest.param(["check", "sums", "--data", "s3://records"], "expected s3://<bucket>/<key>", id="no object"),
        pytest.param(["check"], "no project; expected one of projects/, or --data", id="neither project nor data"),
        pytest.param(["check", "--data", "x.jsonl", "--stage", "dev"], "--data alone", id="stage without project"),
        pytest.param(["check", "sums", "--probe", "no.json"], "no.json: No such file", id="probe"),
        pytest.param(["check", "sums", "--probe", "projects/sums.yaml"], "not JSON", id="probe is no JSON"),
        pytest.param(["check", "sums", "--probe", "list.json"], "no rewardHistogram", id="probe is none"),
    ],
)
def test_what_cannot_be_done_is_one_line_and_status_1(arguments: list[str], message: str) -> None:
    Path("list.json").write_text("[]", encoding="utf-8")

    result = CliRunner().invoke(app, arguments)

    assert result.exit_code == 1
    assert result.stderr.startswith("rft check: ")
    assert message in result.stderr
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize("name", JUDGED)
def test_every_bundled_grader_that_asks_a_judge_is_sound(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The synth of every bundled project shows the same of its grader, judges left out."""
    monkeypatch.chdir(ROOT)

    result = CliRunner().invoke(app, ["check", name, "--records", "4"])

    assert result.exit_code == 0, result.stdout + result.stderr
