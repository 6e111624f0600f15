import re
from typing import Any

import pytest

from rft.views import dataset_page
from rft.views.dataset_limits import document
from tests.rft.html_tags import runs_or_fetches
from tests.rft.samples import EVIL, report

LIMITS = {"maxPromptLength": 1024, "inferenceMaxTokens": 512}


@pytest.fixture(scope="module")
def html() -> str:
    return dataset_page.sections(document(report(), LIMITS))


def test_each_file_is_shown_with_its_records_size_and_whole_hash(html: str) -> None:
    assert "ab" * 32 in html
    assert "34.0 kB" in html
    assert '<td class="found error">14 errors, 1 warning</td>' in html
    assert '<td class="found fine">sound</td>' in html


def test_findings_stand_in_one_row_for_each_rule_and_errors_come_first(html: str) -> None:
    assert re.findall(r'<td class="found (?:error|warning)">(error|warning)</td>', html) == ["error"] + ["warning"] * 2
    assert html.index("invalid-json") < html.index("prompt-repeated")


def test_the_findings_that_are_folded_away_are_counted_and_so_are_those_that_were_not_kept(html: str) -> None:
    assert "<summary>11 more</summary>" in html
    assert "train.jsonl line 10: is not valid JSON" in html
    assert "<li>and 4 more</li>" in html


def test_lengths_are_held_against_the_limits_that_cut_them(html: str) -> None:
    assert '<td class="found warning">2% over maxPromptLength 1,024</td>' in html
    assert '<td class="text">0% over inferenceMaxTokens 512</td>' in html


def test_the_limits_of_a_record_are_taken_from_its_hyperparameters() -> None:
    html = dataset_page.sections(report().to_json(), LIMITS)

    assert '<td class="text">maxPromptLength 1,024</td>' in html
    assert ">maxPromptLength 1,024</text>" in html


def test_there_is_a_chart_of_both_lengths_of_alike_prompts_and_of_each_property(html: str) -> None:
    for title in ("Prompt length", "Reference length", "Groups of alike prompts", "Records by label, 7 of 19 values"):
        assert f'aria-label="{title}"' in html


def test_a_property_that_all_records_share_is_said_and_not_drawn() -> None:
    html = dataset_page.sections({"content": {"shares": [{"name": "language", "shares": {"en": 1.0}, "distinct": 1}]}})

    assert "The same in all of them: language en." in html
    assert "<svg" not in html


def test_charts_take_the_colours_of_the_page(html: str) -> None:
    assert "var(--training)" in html
    assert "var(--alarm)" in html
    assert "#0072b2" not in html


def test_ids_inside_the_charts_are_unique(html: str) -> None:
    ids = re.findall(r'\sid="([^"]+)"', html)

    assert ids
    assert len(ids) == len(set(ids))


def test_no_text_of_a_record_becomes_markup() -> None:
    html = dataset_page.sections(document(report(EVIL), LIMITS))

    assert runs_or_fetches(html) == set()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html


@pytest.mark.parametrize(
    "dataset",
    [
        pytest.param({}, id="nothing"),
        pytest.param({"files": None, "content": None, "limits": None}, id="nothing but keys"),
        pytest.param({"files": [{}], "content": {"lengths": {"train": {}}, "similar": {}}}, id="empty parts"),
        pytest.param({"content": {"lengths": {"train": {"prompt": {"total": 3}}}, "shares": [{}]}}, id="no figures"),
        pytest.param({"content": {"alignment": [{}], "similar": {"groups": {"2": None}}}}, id="no values"),
    ],
)
def test_what_is_missing_is_left_out(dataset: dict[str, Any]) -> None:
    assert "<h2>Dataset</h2>" in dataset_page.sections(dataset)


def test_a_summary_that_only_counts_findings_is_enough() -> None:
    files = [{"part": "train", "name": "train.jsonl", "records": 100, "sha256": "ab" * 32, "errors": 0, "warnings": 2}]

    html = dataset_page.sections({"files": files})

    assert '<td class="found warning">2 warnings</td>' in html


def test_the_same_dataset_gives_the_same_bytes(html: str) -> None:
    assert dataset_page.sections(document(report(), LIMITS)) == html
