"""``rft score``: the deployed grader's responses, or one clear line."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from rft.cli import app

RECORD = {"messages": [{"role": "user", "content": "21 + 21?"}], "reference_answer": {"final_answer": "42"}}
PROJECT = """
name: sums
model: amazon.nova-2-lite-v1:0:256k
dataset: sums
reward:
  - {function: maths.final_answer, weight: 0.9}
  - {function: maths.one_final_answer, weight: 0.1}
stages:
  dev: {region: us-east-1, reward: [{function: maths.answer_anywhere, weight: 1}]}
"""


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout with one project, whose stage ``dev`` has a rubric of its own."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "projects").mkdir()
    (tmp_path / "projects" / "sums.yaml").write_text(PROJECT)
    (tmp_path / "datasets" / "sums").mkdir(parents=True)
    (tmp_path / "datasets" / "sums" / "train.jsonl").write_text(json.dumps(RECORD) + "\n")
    return tmp_path


def item(id_: str, response: str, reference: Any = "42") -> str:
    messages = [{"role": "user", "content": "21 + 21?"}, {"role": "assistant", "content": response}]
    return json.dumps({"id": id_, "messages": messages, "metadata": {"reference_answer": reference}})


def score(*arguments: str, stdin: str | bytes = "") -> Result:
    return CliRunner().invoke(app, ["score", "--project", "sums", *arguments], input=stdin)


def rewards(lines: str) -> list[tuple[str, float]]:
    return [(r["id"], r["aggregate_reward_score"]) for r in map(json.loads, lines.splitlines())]


def test_standard_output_holds_the_responses_and_nothing_else() -> None:
    result = score("-", stdin=f"{item('r1', '#### 42')}\n\n{item('r2', '#### 41')}\n")

    assert rewards(result.stdout) == [("r1", 1.0), ("r2", 0.1)]
    assert result.stderr == "rollouts 2, mean reward 0.550, errors 0\n"


def test_a_file_becomes_a_file(project: Path) -> None:
    (project / "rollouts.jsonl").write_text(item("r1", "#### 42"))

    result = score("rollouts.jsonl", "-o", "out.jsonl")

    assert (result.exit_code, result.stdout) == (0, "")
    assert rewards((project / "out.jsonl").read_text()) == [("r1", 1.0)]


def test_a_stage_grades_with_its_own_rubric() -> None:
    rollout = item("r1", "41 or 42")

    assert rewards(score("-", "--stage", "dev", stdin=rollout).stdout) == [("r1", 1.0)]
    assert rewards(score("-", stdin=rollout).stdout) == [("r1", 0.0)]


def test_a_rollout_that_cannot_be_graded_is_named_and_counted() -> None:
    result = score("-", stdin=item("r1", "#### 42", reference=None))

    assert rewards(result.stdout) == [("r1", 0.0)]
    assert result.stderr.startswith("rollout r1: no reference answer; expected")
    assert result.stderr.endswith("rollouts 1, mean reward 0.000, errors 1\n")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        pytest.param('{"id": "r2"', "<standard input>:2: not JSON", id="half a line"),
        pytest.param("[1]", "<standard input>:2: rollout ?: no messages; expected", id="no object"),
        pytest.param('{"id": "r2", "messages": []}', "<standard input>:2: rollout r2: no response", id="no response"),
        pytest.param(b"\xff\xfe", "<standard input>:2: not JSON", id="no text"),
        pytest.param("[" * 100_000, "<standard input>:2: not JSON", id="nested"),
    ],
)
def test_a_bad_line_is_named_and_nothing_is_written(line: str | bytes, message: str, project: Path) -> None:
    (project / "out.jsonl").write_text("earlier\n")
    bad = line if isinstance(line, bytes) else line.encode()

    result = score("-", "-o", "out.jsonl", stdin=item("r1", "#### 42").encode() + b"\n" + bad)

    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith(f"rft score: {message}")
    assert (project / "out.jsonl").read_text() == "earlier\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        pytest.param(["missing.jsonl"], "missing.jsonl: No such file or directory; expected one rollout", id="no file"),
        pytest.param(["-"], "<standard input>: empty; expected one rollout a line", id="empty"),
        pytest.param(["-", "--stage", "prod"], "stage 'prod' is unknown; expected one of dev, local", id="stage"),
        pytest.param(["-", "--project", "nope"], "nope.yaml: No such file or directory", id="project"),
    ],
)
def test_what_cannot_be_read_is_one_line(arguments: list[str], message: str) -> None:
    result = score(*arguments)

    assert result.exit_code == 1
    assert message in result.stderr
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize("output", ["missing/out.jsonl", "projects"])
def test_what_cannot_be_written_leaves_nothing_behind(output: str, project: Path) -> None:
    before = sorted(project.rglob("*"))

    result = score("-", "-o", output, stdin=item("r1", "#### 42"))

    assert result.exit_code == 1
    assert result.stderr.startswith(f"rft score: {output}: ")
    assert sorted(project.rglob("*")) == before
