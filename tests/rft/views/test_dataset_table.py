import io
import re
from typing import Any

import pytest
from rich.console import Console

from rft.views import dataset_table
from rft.views.dataset_limits import document
from tests.rft.samples import EVIL, report


def shown(dataset: dict[str, Any], width: int = 120) -> str:
    console = Console(file=io.StringIO(), width=width, force_terminal=False)
    dataset_table.show(console, dataset)
    text: str = console.file.getvalue()  # type: ignore[attr-defined]  # it is the StringIO from above
    return text


def test_files_are_shown_with_records_size_short_hash_and_how_many_findings() -> None:
    (train,) = (line for line in shown(document(report(), {})).splitlines() if line.startswith("datasets/sums/train"))

    assert train.split()[1:] == ["100", "34.0", "kB", "abababababab", "14", "errors,", "1", "warning"]


def test_findings_are_grouped_by_rule_errors_first_and_what_is_not_shown_is_counted() -> None:
    text = shown(document(report(), {}))

    assert text.index("error  invalid-json  14") < text.index("warning  crlf")
    assert "train.jsonl line 5: is not valid JSON" in text
    assert "line 6:" not in text
    assert "and 9 more" in text


def test_lengths_duplicates_shares_and_alignment_are_shown() -> None:
    text = shown(document(report(), {"maxPromptLength": 1024}))

    assert "2% over maxPromptLength 1,024" in text
    assert "3 prompts repeat an earlier one, 1 nearly does; the largest cluster holds 14%" in text
    assert "1 of validation or test is (nearly) in the training file" in " ".join(text.split())
    assert re.search(r"refund +75% +█{15}\n", re.sub(" +\n", "\n", text))
    assert "and 14 more values" in text
    assert "refund before the answer" in text


@pytest.mark.parametrize("width", [60, 80, 120])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    assert max(map(len, shown(document(report(), {"maxPromptLength": 1024}), width).splitlines())) <= width


def test_no_text_of_a_record_controls_the_terminal_or_is_taken_for_a_style() -> None:
    text = shown(document(report(EVIL), {}), 300)

    assert "\x1b" not in text
    assert r"a\x1b[2J\x1b[31mb [/bold] [red]" in text


def test_a_dataset_of_which_nothing_is_known_is_a_table_without_rows() -> None:
    assert shown({}).split() == ["dataset", "records", "size", "sha256", "format"]
