import gzip
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from lambda_src.reward.rollout_row import Row
from rft.cli import app
from rft.rollouts.table import table_of


def _row(number: int, prompt: str, reward: float, **changes: Any) -> Row:
    response = str(changes.pop("response", f"answer {number}"))
    values: dict[str, Any] = {
        "run": "0123456789ab",
        "time": f"2026-11-23T10:{number:02d}:00.000+00:00",
        "batch": f"{number:016x}",
        "id": f"r{number}",
        "prompt_id": prompt,
        "reward": reward,
        "parts": {"answer": reward, "style": 1.0 - reward},
        "characters": len(response),
        "prompt": f"prompt {prompt}",
        "response": response,
    }
    return Row(**values | changes)


ROWS = [
    _row(1, "aaaa", 0.9, response="it is four"),
    _row(2, "aaaa", 0.7),
    _row(3, "bbbb", 0.2),
    _row(4, "bbbb", 0.5, response="a long answer " * 9),
    _row(5, "aaaa", 0.1, response="it is five"),
    _row(6, "cccc", 0.0, error="TimeoutError: no"),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of a run's rollout files: one for each rollout."""
    for row in ROWS:
        _write(tmp_path / "day=2026-11-23" / f"{row.batch}.jsonl.gz", [row])
    return tmp_path


def _write(path: Path, rows: Sequence[Row]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress("".join(json.dumps(row.to_json()) + "\n" for row in rows).encode()))


def _rollouts(folder: Path, *options: str) -> Result:
    return CliRunner().invoke(app, ["rollouts", "--folder", str(folder), *options])


def _ids(folder: Path, *options: str) -> list[str]:
    result = _rollouts(folder, "--json", *options)
    assert result.exit_code == 0, result.output
    return [json.loads(line)["id"] for line in result.stdout.splitlines()]


@pytest.mark.parametrize(
    ("options", "ids"),
    [
        (["--show", "best"], ["r1", "r4"]),
        (["--show", "worst"], ["r5", "r3"]),
        (["--show", "best", "-n", "1"], ["r1"]),
        (["--show", "best", "--part", "style"], ["r5", "r3"]),
        (["--show", "longest"], ["r4", "r5"]),
        (["--show", "errors"], ["r6"]),
        (["--prompt", "aa"], ["r1", "r2", "r5"]),
    ],
)
def test_each_question_chooses_its_rollouts(folder: Path, options: list[str], ids: list[str]) -> None:
    assert _ids(folder, *options) == ids


def test_the_biggest_drop_is_that_of_a_prompt_between_the_halves_of_its_rollouts(folder: Path) -> None:
    (line,) = _rollouts(folder, "--show", "drop", "--json").stdout.splitlines()

    answer = json.loads(line)
    assert (answer["prompt_id"], round(answer["early"], 2), round(answer["late"], 2)) == ("aaaa", 0.8, 0.1)
    assert (answer["best_early"], answer["worst_late"]) == ("it is four", "it is five")


def test_parts_are_told_early_and_late(folder: Path) -> None:
    lines = _rollouts(folder, "--show", "parts", "--json").stdout.splitlines()

    assert [json.loads(line)["name"] for line in lines] == ["answer", "style"]
    assert json.loads(lines[0])["early"] > json.loads(lines[0])["late"]


def test_an_early_and_a_late_answer_are_told_apart_word_by_word(folder: Path) -> None:
    assert "it is [-four-]{+five+}" in _rollouts(folder, "--diff", "aaaa").stdout


def test_a_prompt_without_two_answers_has_no_difference(folder: Path) -> None:
    result = _rollouts(folder, "--diff", "cccc")

    assert result.exit_code == 1
    assert "no two answers of different times" in result.stderr


def test_sql_of_ones_own_is_answered_as_a_table(folder: Path) -> None:
    result = _rollouts(
        folder, "--sql", "SELECT prompt_id, count(*) AS n FROM rollouts GROUP BY ALL ORDER BY 1", "--csv"
    )

    assert result.stdout == "prompt_id,n\naaaa,3\nbbbb,2\ncccc,1\n"


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_csv('/etc/passwd')",
        "COPY rollouts TO 'copied.csv'",
        "SET enable_external_access = true",
        "INSTALL httpfs",
        "SELECT nothing FROM rollouts",
        "SELEKT",
    ],
)
def test_sql_that_wants_something_else_is_refused(
    folder: Path, sql: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    result = _rollouts(folder, "--sql", sql)

    assert result.exit_code == 1
    assert "expected SQL of DuckDB about the table rollouts" in result.stderr
    assert not (tmp_path / "copied.csv").exists()


def test_a_response_cannot_move_the_cursor(tmp_path: Path) -> None:
    _write(tmp_path / "1.jsonl.gz", [_row(1, "aaaa", 1.0, response="red \x1b[31mand\x07 loud\nnext line")])

    output = _rollouts(tmp_path).stdout

    assert "\x1b" not in output
    assert "red \\x1b[31mand\\x07 loud" in output
    assert "\n  next line" in output


def test_long_texts_are_cut_unless_all_is_asked_for(tmp_path: Path) -> None:
    _write(tmp_path / "1.jsonl.gz", [_row(1, "aaaa", 1.0, response="x" * 5000)])

    assert "4,400 more characters" in " ".join(_rollouts(tmp_path).stdout.split())
    assert "x" * 5000 in _rollouts(tmp_path, "--full").stdout.replace("\n", "").replace(" ", "")


def test_texts_that_are_not_kept_are_said_to_be_missing(tmp_path: Path) -> None:
    _write(tmp_path / "1.jsonl.gz", [_textless()])

    assert "its texts are not kept" in _rollouts(tmp_path).stdout


def test_a_batch_that_was_sent_twice_is_there_once(folder: Path) -> None:
    _write(folder / "again.jsonl.gz", [ROWS[0]])

    assert _ids(folder, "--prompt", "aaaa").count("r1") == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "expected a project and --stage, or --folder"),
        (["--folder", "nowhere"], "nowhere: no rollouts; expected files *.jsonl.gz"),
        (["nothing", "--stage", "dev"], "nothing.yaml"),
    ],
)
def test_what_is_missing_is_said(
    arguments: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    result = CliRunner().invoke(app, ["rollouts", *arguments])

    assert result.exit_code == 1
    assert said in result.stderr


def test_a_file_of_something_else_is_named(tmp_path: Path) -> None:
    (tmp_path / "1.jsonl.gz").write_bytes(b"not gzipped")

    result = _rollouts(tmp_path)

    assert result.exit_code == 1
    assert "1.jsonl.gz" in result.stderr


def test_a_table_has_every_column_that_a_rollout_has() -> None:
    with table_of(ROWS) as table:
        (first, *_) = table.ask("SELECT * FROM rollouts")

    assert first == ROWS[0].to_json() | {"sketch": [], "time": first["time"]}


def _textless() -> Row:
    values = _row(1, "aaaa", 1.0).to_json()
    return Row.from_json({**values, "prompt": None, "response": None})
