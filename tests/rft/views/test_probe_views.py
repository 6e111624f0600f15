"""A probe in the terminal, on a page and as pictures."""

import io
import warnings
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from lambda_src.run.probe import Probe
from rft.views import probe_page, probe_plots, probe_table
from rft.views.charts import svg
from tests.rft.html_tags import runs_or_fetches
from tests.rft.samples import EVIL, probe
from tests.rft.views.test_dataset_plots import is_drawn

VERDICTS = {"good": "Worth training", "too-easy": "Too easy", "too-hard": "Too hard", "no-signal": "No signal"}


def shown(found: dict[str, Any], width: int = 100) -> str:
    console = Console(file=io.StringIO(), width=width, force_terminal=False)
    probe_table.show(console, found)
    text: str = console.file.getvalue()  # type: ignore[attr-defined]  # it is the StringIO from above
    return text


@pytest.fixture(scope="module")
def html() -> str:
    return probe_page.sections(probe())


@pytest.mark.parametrize(("name", "title"), VERDICTS.items())
def test_the_verdict_is_said_with_its_reason_and_advice(name: str, title: str) -> None:
    found = {"verdict": {"name": name, "reason": "because", "advice": "Do this."}}

    assert f"{title}: because\nDo this." in shown(found)
    assert f"<strong>{title}</strong> because Do this." in probe_page.sections(found)


def test_every_figure_is_shown_in_the_terminal_and_on_the_page(html: str) -> None:
    text = shown(probe())

    for figure in ("0.25 to 0.75", "33%, 33%", "67%", "40, 64", "8.3%"):
        assert figure in text
        assert f"<dd>{figure}</dd>" in html
    assert "12 responses to 3 prompts, 4 to each, at temperature 0.6" in text
    assert "|█                  █|" in text


def test_prompts_to_leave_out_are_listed_and_counted_where_there_are_many() -> None:
    found = {"drop": [{"id": f"r{n}", "why": "all the same"} for n in range(30)]}

    assert "- r4: all the same\n- and 25 more" in shown(found)
    assert "And 10 more." in probe_page.sections(found)


def test_every_prompt_is_on_the_page_the_hardest_first(html: str) -> None:
    assert html.index(">r7</td>") < html.index(">r8</td>") < html.index(">r9</td>")
    assert "<summary>Each prompt</summary>" in html


def test_of_a_thousand_prompts_the_hardest_are_on_the_page() -> None:
    many = [{"id": f"r{n}", "mean": n / 1000, "least": 0, "most": 1} for n in range(1000)]

    html = probe_page.sections({"perPrompt": many})

    assert 'aria-label="Reward per prompt"' in html
    assert "The 200 hardest of 1,000 prompts" in html
    assert ">r199</td>" in html
    assert ">r200</td>" not in html


def test_the_three_charts_are_pictures_of_something(tmp_path: Path) -> None:
    written = probe_plots.write_pngs(probe(), tmp_path)

    assert [file.stem for file in written] == ["rewards", "reward-per-prompt", "response-lengths"]
    assert all(map(is_drawn, written))


def test_the_charts_say_which_prompts_teach_nothing_and_where_responses_are_cut() -> None:
    rewards, prompts, lengths = map(svg, probe_plots.charts(probe()))

    assert ">mean 0.50<" in rewards
    assert ">all the same: 2 of 3<" in prompts
    assert ">inferenceMaxTokens 64<" in lengths


def test_what_is_shown_is_what_a_probe_writes() -> None:
    assert Probe.from_json(probe()).to_json() == probe()


def test_the_summary_that_travels_with_a_run_is_enough() -> None:
    html = probe_page.sections(Probe.from_json(probe()).summary())

    assert "Worth training" in html
    assert 'aria-label="Rewards of the base model"' in html
    assert "<details>" not in html


@pytest.mark.parametrize("failed", [0, 3])
def test_responses_that_were_lost_are_counted_where_there_are_any(failed: int) -> None:
    assert ("responses lost" in shown({"failed": failed})) == bool(failed)


@pytest.mark.parametrize(("floor", "name"), [(0.0, "responses paid at all"), (0.1, "responses above 0.10")])
def test_responses_are_paid_for_more_than_they_would_earn_blindly(floor: float, name: str) -> None:
    assert name in shown({"floor": floor, "positiveShare": 0.5})


def test_no_text_of_a_record_is_more_than_text() -> None:
    found = probe(EVIL, model=EVIL)

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        html = probe_page.page(EVIL, found)

    assert runs_or_fetches(html) == set()
    assert "\x1b" not in shown(found)


@pytest.mark.parametrize(
    "found",
    [
        pytest.param({}, id="nothing"),
        pytest.param({"reward": None, "responseTokens": None, "verdict": None, "rewardHistogram": None}, id="nulls"),
        pytest.param({"rewardHistogram": [0] * 20, "perPrompt": [{"id": "r1"}], "drop": [{}]}, id="no values"),
        pytest.param({"verdict": {"name": "new-name"}, "perPrompt": [{"mean": 0.5}]}, id="half of the keys"),
    ],
)
def test_what_is_missing_is_left_out(found: dict[str, Any], tmp_path: Path) -> None:
    probe_plots.write_pngs(found, tmp_path)

    assert "<h2>Base model</h2>" in probe_page.sections(found)
    assert "mean reward" in shown(found)


@pytest.mark.parametrize("width", [60, 80])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    assert max(map(len, shown(probe(), width).splitlines())) <= width
