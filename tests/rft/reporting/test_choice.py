from typing import Any

import pytest

from lambda_src.reward.rollout_row import Row
from rft.reporting.choice import EACH, Kind, choose
from rft.reporting.source import of_rows
from rft.views import page, run_charts
from tests.rft import live_samples
from tests.rft.html_tags import runs_or_fetches
from tests.rft.live_samples import row

STEPS = [live_samples.step(number, bad=False) for number in range(1, 61)]


def _kinds(rows: list[Row]) -> dict[str, Kind]:
    return {kind.name: kind for kind in choose(rows, STEPS)}


def test_the_best_and_the_worst_are_one_of_a_prompt_and_the_newest_of_equals() -> None:
    rows = [row(1, "a", 1.0), row(2, "a", 1.0), row(3, "b", 0.0), row(4, "c", 0.5)]

    kinds = _kinds(rows)

    assert [chosen.row.id for chosen in kinds["Best paid"].chosen] == ["r2", "r4", "r3"]
    assert [chosen.row.id for chosen in kinds["Worst paid"].chosen] == ["r3", "r4", "r2"]


def test_no_more_of_a_kind_than_a_person_reads() -> None:
    rows = [row(number, f"prompt {number}") for number in range(1, 40)]

    assert {len(kind.chosen) for kind in _kinds(rows).values()} == {EACH}


def test_a_prompt_whose_reward_fell_is_shown_early_and_late() -> None:
    rows = [
        row(1, "a", 1.0),
        row(2, "a", 0.9),
        row(50, "a", 0.0),
        row(51, "a", 0.1),
        row(3, "b", 0.2),
        row(52, "b", 0.9),
    ]

    early, late = _kinds(rows)["Got worse"].chosen

    assert (early.row.id, late.row.id) == ("r1", "r50")
    assert "fell by 0.90" in late.why
    assert (early.step, late.step) == (1, 50)


def test_what_could_not_be_graded_is_a_kind_of_its_own() -> None:
    rows = [row(1, "a"), row(2, "b", 0.0, error="TimeoutError")]

    kinds = _kinds(rows)

    assert [chosen.row.id for chosen in kinds["Not graded"].chosen] == ["r2"]
    assert [chosen.row.id for chosen in kinds["Worst paid"].chosen] == ["r1"]


def test_rollouts_without_texts_are_not_shown() -> None:
    assert choose([_numbers(row(1, "a"))], STEPS) == []


def test_rollouts_of_another_run_of_the_same_inputs_are_left_out() -> None:
    record = live_samples.live() | {"times": {"started": "2026-11-23T10:10:00Z", "ended": None}}

    reported = of_rows(record, [row(1, "a"), row(30, "b")])

    (best,) = (kind for kind in reported.kinds if kind.name == "Best paid")
    assert [chosen.row.id for chosen in best.chosen] == ["r30"]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([], "None are kept"),
        ([row(1, "a")], "Chosen among 1 rollouts"),
        (["numbers"], "the project keeps numbers only"),
    ],
)
def test_it_is_said_what_rollouts_these_are(rows: list[Any], said: str) -> None:
    known = [_numbers(row(1, "a")) if each == "numbers" else each for each in rows]

    assert said in of_rows({"curves": []}, known).note


def test_what_a_model_wrote_is_only_text_on_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_charts, "charts", lambda _: [])
    evil = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    reported = of_rows({"curves": []}, [row(1, evil, response=evil, reasons={evil: evil}, error=None)])

    rendered = page.render(reported.record, reported.kinds, reported.note)

    assert "&lt;script&gt;alert(1)" in rendered
    assert runs_or_fetches(rendered) == set()


def _numbers(kept: Row) -> Row:
    return Row.from_json(kept.to_json() | {"prompt": None, "response": None})
