"""``rft check``: what a person sees of the records and the grader, and the status a script sees."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner, Result

from lambda_src.run.audit import RULES
from rft.cli import app

ROOT = Path(__file__).parents[2]
BUNDLED = sorted(file.stem for file in (ROOT / "projects").glob("*.yaml"))

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
    messages = [{"role": "user", "content": f"What is {number} + 7? Put the final answer after ####."}]
    return {"id": f"r{number}", "messages": messages, "reference_answer": answer}


def check(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["check", "sums", "--records", "4", *arguments])


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


def test_a_waived_rule_ends_with_status_0_and_says_so() -> None:
    project(stages={"prod": {"reward": [ONE], "waive": {"wrong-answer-earns-less": "Only the form is trained."}}})

    result = check("--stage", "prod")

    assert result.exit_code == 0
    assert "waived: Only the form is trained." in " ".join(result.stdout.split())
    assert result.stdout.endswith("Sound (waived: wrong-answer-earns-less)\n")


def test_findings_about_the_records_are_shown_beside_the_audit_of_the_grader() -> None:
    write("train", [record(n) for n in range(99)])
    write("validation", [{"messages": []}])

    result = check()

    assert result.exit_code == 1
    assert "datasets/sums/train.jsonl: 99 records; expected 100 to 20,000" in result.stdout
    assert "validation.jsonl line 1: messages is empty" in result.stdout
    assert "right answers earn the full reward" in result.stdout


def test_a_file_without_a_usable_record_leaves_the_grader_untried() -> None:
    write("train", [{"messages": []}] * 100)

    result = check()

    assert result.exit_code == 1
    assert "... and 80 more" in result.stdout
    assert "not tried" in result.stdout


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
    found = json.loads(Path("audit.json").read_text(encoding="utf-8"))
    (speed,) = (rule for rule in found["rules"] if rule["rule"] == "grader-is-fast-enough")
    assert speed["verdict"] == "not tried"
    assert found["cost"]["usd"] > 0


def test_everything_can_be_written_as_json_and_as_a_page() -> None:
    result = check("--json", "audit.json", "--html", "audit.html")

    assert result.exit_code == 0
    assert json.loads(Path("audit.json").read_text(encoding="utf-8"))["strategies"][0]["strategy"] == "worked answer"
    assert Path("audit.html").read_text(encoding="utf-8").startswith("<!doctype html>")


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
        pytest.param(
            ["check", "sums", "--records", "2", "--json", "no/x.json"], "no/x.json: no such folder", id="json"
        ),
    ],
)
def test_what_cannot_be_done_is_one_line_and_status_1(arguments: list[str], message: str) -> None:
    result = CliRunner().invoke(app, arguments)

    assert result.exit_code == 1
    assert result.stderr.startswith("rft check: ")
    assert message in result.stderr
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize("name", BUNDLED)
def test_every_bundled_grader_is_sound(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)

    result = CliRunner().invoke(app, ["check", name, "--records", "4"])

    assert result.exit_code == 0, result.stdout + result.stderr
