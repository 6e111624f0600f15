import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from rft.cli import app
from rft.report import write_report
from rft.reporting.source import Reported
from rft.runs import RunError, parse_record, read_record
from rft.views import page, panels, run_charts
from rft.views.key_numbers import key_numbers
from tests.rft import live_samples, samples
from tests.rft.html_tags import runs_or_fetches

HERE = Path(__file__).parent
HEALTHY = HERE / "healthy_record.json"
ALARM = HERE / "alarm_record.json"


@pytest.fixture
def record() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(HEALTHY.read_text(encoding="utf-8"))
    return loaded


@pytest.fixture(scope="module")
def healthy_page() -> str:
    return page.render(read_record(HEALTHY))


@pytest.fixture
def without_charts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is drawn in tests that look at other parts of a page."""
    monkeypatch.setattr(run_charts, "charts", lambda _: [])


class _References(HTMLParser):
    """Collects what a page would fetch, and whether it would run anything."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in {"script", "link", "iframe", "img"}:
            self.found.append(tag)
        self.found += [
            value or "" for name, value in attrs if name in {"src", "href"} and not (value or "").startswith("#")
        ]


def test_report_is_a_page_and_a_picture(record: dict[str, Any], tmp_path: Path) -> None:
    written = write_report(Reported(record), tmp_path / "new" / "folder")

    assert written.name == "index.html"
    assert (written.parent / "curves.png").read_bytes().startswith(b"\x89PNG")


def test_page_needs_nothing_but_itself(healthy_page: str) -> None:
    references = _References()

    references.feed(healthy_page)

    assert references.found == []
    assert "@import" not in healthy_page


def test_page_gives_the_same_bytes_for_the_same_record(record: dict[str, Any], healthy_page: str) -> None:
    assert page.render(record) == healthy_page


def test_every_text_of_the_record_is_escaped() -> None:
    attack = "<script>alert('x')</script>\"&"
    record = {
        "run": attack,
        "project": attack,
        "stage": attack,
        "verdict": attack,
        "verdictReason": attack,
        "failureMessage": attack,
        "inputs": {attack: attack},
        "hyperParameters": {attack: attack},
        "rubric": [{"function": attack, "weight": 1.0, "options": {attack: attack}}],
        "detectors": [{"name": attack, "value": attack, "threshold": attack, "evidence": attack, "advice": attack}],
        "git": {"commit": attack},
        "notes": [attack],
        "jobArn": attack,
    }

    rendered = page.render(record)

    assert "<script" not in rendered
    assert "alert('x')" not in rendered


def test_page_shows_every_detector_with_its_evidence_and_advice() -> None:
    record = read_record(ALARM)

    rendered = page.render(record)

    for finding in record["detectors"]:
        for part in ("name", "evidence", "advice"):
            assert finding[part] in rendered


@pytest.mark.parametrize("part", ["digest", "jobArn", "customModelArn", "graderArn", "model"])
def test_page_says_what_went_in_and_what_came_out(record: dict[str, Any], healthy_page: str, part: str) -> None:
    assert record[part] in healthy_page


def test_page_lists_the_hash_of_every_input(record: dict[str, Any], healthy_page: str) -> None:
    assert [hash_ for hash_ in record["inputs"].values() if hash_ not in healthy_page] == []


@pytest.mark.parametrize("whole", [False, True], ids=["summary", "whole report"])
@pytest.mark.usefixtures("without_charts")
def test_page_shows_what_the_preflight_found(record: dict[str, Any], *, whole: bool) -> None:
    summary = {
        "files": {"train": {"records": 480, "sha256": "ab" * 32, "source": "s3://records/sums.jsonl"}},
        "promptTokens": {"total": 480, "p50": 30, "p90": 40, "p99": 50, "most": 60},
        "warnings": {"prompt-repeated": 3},
    }
    dataset = samples.report().to_json() if whole else summary
    preflight = {"dataset": dataset, "probe": samples.probe(), "notes": ["<b>"], "report": "s3://runs/report.json"}

    rendered = page.render(record | {"preflight": preflight})

    for part in ("<h2>Dataset</h2>", "<h2>Lengths</h2>", "<h2>Base model</h2>", "prompt-repeated", "Worth training"):
        assert part in rendered
    assert ("s3://records/sums.jsonl" in rendered) != whole
    assert "&lt;b&gt;" in rendered
    assert "s3://runs/report.json" in rendered


@pytest.mark.parametrize(
    "preflight",
    [
        pytest.param(None, id="none"),
        pytest.param({}, id="empty"),
        pytest.param({"dataset": None, "probe": None, "notes": None}, id="nothing found"),
        pytest.param({"dataset": {"files": None, "promptTokens": None}, "probe": {"model": "m"}}, id="half"),
    ],
)
@pytest.mark.usefixtures("without_charts")
def test_a_preflight_may_lack_anything(record: dict[str, Any], preflight: dict[str, Any] | None) -> None:
    assert "<h2>Detectors</h2>" in page.render(record | {"preflight": preflight})


@pytest.mark.parametrize(
    "record",
    [
        pytest.param({}, id="an empty record"),
        pytest.param({"curves": [], "detectors": [], "times": None}, id="a job that never trained"),
        pytest.param({"curves": [{"step": 1, "trainingReward": None}]}, id="artifacts without values"),
        pytest.param({"curves": [{"step": 1, "trainingReward": float("nan")}]}, id="a value that is no number"),
    ],
)
def test_missing_curves_are_said_to_be_missing(record: dict[str, Any], tmp_path: Path) -> None:
    written = write_report(Reported(record), tmp_path)

    assert written.read_text(encoding="utf-8").count("not recorded</text>") == len(panels.MAIN)


def test_a_run_without_validation_says_so(record: dict[str, Any]) -> None:
    rows = [{**row, "validationReward": None, "validationEpisodeLength": None} for row in record["curves"]]

    rendered = page.render({**record, "curves": rows})

    assert "validation: not recorded" in rendered
    assert key_numbers({**record, "curves": rows})["validation reward"] == "not recorded"


def test_key_numbers_go_from_start_to_end(record: dict[str, Any]) -> None:
    numbers = key_numbers(record)

    assert numbers["validation reward"] == "0.43 → 0.83"
    assert numbers["training steps"] == "60"
    assert numbers["time in training"] == "58 s"


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        pytest.param(b"{", "not JSON", id="not JSON"),
        pytest.param(b"[]", "schemaVersion is None", id="not an object"),
        pytest.param(b'{"schemaVersion": 2}', "schemaVersion is 2; this version of rft reads 1", id="another version"),
        pytest.param(
            b'{"schemaVersion": 1, "project": "p", "stage": "dev", "run": "../../x"}', "run is '../../x'", id="a path"
        ),
    ],
)
def test_a_file_that_is_no_record_is_refused(content: bytes, complaint: str) -> None:
    with pytest.raises(RunError, match=f"here.json: .*{re.escape(complaint)}"):
        parse_record(content, "here.json")


def test_command_writes_the_report_of_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    result = CliRunner().invoke(app, ["report", "gsm8k-style", "--stage", "local", "--record", str(HEALTHY)])

    assert result.exit_code == 0
    assert (tmp_path / result.output.strip()).is_file()


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["gsm8k-style", "--stage", "local", "--record", "nowhere.json"], id="no such file"),
        pytest.param(["nobody", "--stage", "local"], id="no such project"),
        pytest.param(["gsm8k-style", "--stage", "nowhere"], id="no such stage"),
    ],
)
def test_command_tells_what_is_missing_in_words(arguments: list[str]) -> None:
    result = CliRunner().invoke(app, ["report", *arguments])

    assert result.exit_code == 1
    assert result.stderr.startswith("rft report: ")


def test_a_place_that_cannot_be_written_to_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("reports").touch()

    result = CliRunner().invoke(app, ["report", "sums", "--stage", "dev", "--record", str(HEALTHY)])

    assert result.exit_code == 1
    assert result.stderr.startswith("rft report: reports: ")
    assert result.stderr.count("\n") == 1


def test_a_live_run_is_reported_as_live_and_at_its_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "live.json").write_text(json.dumps(live_samples.live(34)))

    result = CliRunner().invoke(app, ["report", "gsm8k", "--stage", "dev", "--record", "run"])

    rendered = Path(result.output.strip()).read_text(encoding="utf-8")
    assert "<strong>Live</strong> step 34 of 60" in rendered
    assert "$12.43" in rendered
    assert runs_or_fetches(rendered) == set()


@pytest.mark.parametrize(
    ("arguments", "heading"),
    [
        pytest.param(["--compare", str(ALARM), "--record", str(HEALTHY)], "2 runs of", id="with one"),
        pytest.param(["--compare", str(ALARM), "--compare", str(HEALTHY)], "2 runs of", id="two, and no own run"),
        pytest.param(
            ["--record", str(HEALTHY), "--compare", str(ALARM), "--compare", str(ALARM)], "3 runs of", id="with two"
        ),
    ],
)
def test_runs_are_compared_on_a_page_of_their_own(
    arguments: list[str], heading: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    result = CliRunner().invoke(app, ["report", "gsm8k-style", "--stage", "local", *arguments])

    assert heading in Path(result.output.strip()).read_text(encoding="utf-8")


def test_more_runs_than_can_be_told_apart_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    result = CliRunner().invoke(app, ["report", "p", "--stage", "dev", *["--compare", str(ALARM)] * 7])

    assert result.exit_code == 1
    assert "7 runs; expected at most 6" in result.stderr


@pytest.mark.usefixtures("without_charts")
def test_what_stopped_a_run_is_said_at_its_head(record: dict[str, Any]) -> None:
    stopped = {"detector": "length-spike", "alarm": "a", "reason": "It loops.", "evidence": "30 to 90 <b>", "time": "t"}

    rendered = page.render(record | {"verdict": "stopped", "stoppedBy": stopped})

    assert "<strong>Stopped by length-spike</strong>, t: It loops. 30 to 90 &lt;b&gt;" in rendered


@pytest.mark.usefixtures("without_charts")
@pytest.mark.parametrize("evaluation", [None, {"base": {"reward": 0.4}, "gate": "passed", "rows": [1, 2]}])
def test_an_evaluation_has_a_section_where_there_is_one(record: dict[str, Any], evaluation: Any) -> None:
    rendered = page.render(record | {"evaluation": evaluation})

    assert ("<th>base.reward</th>" in rendered) is (evaluation is not None)
    assert ("<h2>Evaluation</h2>" in rendered) is (evaluation is not None)
