import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from datasets.make_extraction import COUNTS, make
from lambda_src.reward.rewards._structured.schema import is_valid
from lambda_src.run.candidates import Candidate, Worth
from lambda_src.run.dataset import check
from tests.datasets.judged import Record, paid, records

FOLDER = Path(__file__).parents[2] / "datasets" / "extraction"
MONTHS = "January February March April May June July August September October November December".split()  # noqa: SIM905


@pytest.fixture(scope="module")
def all_records() -> list[Record]:
    return records("extraction", *COUNTS)


@pytest.fixture(scope="module")
def earned(all_records: list[Record]) -> Mapping[Candidate, list[float]]:
    return paid("extraction", all_records[::7])


def text(record: Record) -> str:
    return str(record["messages"][0]["content"].split("\n\nText:\n")[1])


def fields(record: Record) -> dict[str, Any]:
    return dict(record["reference_answer"]["fields"])


def leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from leaves(part)
    else:
        yield value


def spellings(leaf: Any) -> list[str]:
    """How a text may state a value."""
    if isinstance(leaf, bool):
        return []
    if isinstance(leaf, int):
        return [str(leaf)]
    if isinstance(leaf, float):
        return [f"{leaf:,.2f}", f"{leaf:.2f}"]
    day = re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)", leaf)
    if not day:
        return [{"EUR": "€", "USD": "$", "GBP": "£"}.get(leaf, leaf), leaf]
    year, month, number = day[1], MONTHS[int(day[2]) - 1], int(day[3])
    return [
        leaf,
        f"{number} {month} {year}",
        f"{month} {number}, {year}",
        f"{number:02} {month[:3]} {year}",
    ]


def test_generating_again_gives_the_same_bytes(tmp_path: Path) -> None:
    make(tmp_path)

    for split in COUNTS:
        assert (tmp_path / f"{split}.jsonl").read_bytes() == (FOLDER / f"{split}.jsonl").read_bytes(), split


@pytest.mark.parametrize(("split", "count"), COUNTS.items())
def test_each_file_passes_the_dataset_check(split: str, count: int) -> None:
    with (FOLDER / f"{split}.jsonl").open("rb") as lines:
        report = check(lines, split, min_records=count).require()

    assert (report.count, report.findings.shown) == (count, [])


def test_no_text_appears_twice(all_records: list[Record]) -> None:
    assert len({text(record) for record in all_records}) == len(all_records)


def test_every_value_is_stated_in_its_text(all_records: list[Record]) -> None:
    for record in all_records:
        for leaf in leaves(fields(record)):
            known = spellings(leaf)
            assert not known or any(spelling in text(record) for spelling in known), (record["id"], leaf)


def test_optional_fields_are_there_in_some_records_and_left_out_in_others(all_records: list[Record]) -> None:
    counted: Counter[tuple[str, bool]] = Counter()
    for record in all_records:
        for name in set(record["schema"]["properties"]) - set(record["schema"]["required"]):
            counted[name, name in fields(record)] += 1

    names = {name for name, _ in counted}
    assert len(names) == 9
    assert all(counted[name, stated] >= 15 for name in names for stated in (True, False))


def test_every_text_holds_numbers_that_belong_nowhere(all_records: list[Record]) -> None:
    for record in all_records:
        stated = [
            next((spelling for spelling in spellings(leaf) if spelling in text(record)), "")
            for leaf in leaves(fields(record))
        ]
        assert len(re.findall(r"\d+", text(record))) > len(re.findall(r"\d+", " ".join(stated))), record["id"]


def test_amounts_of_an_invoice_add_up(all_records: list[Record]) -> None:
    invoices = [fields(record) for record in all_records if "lines" in fields(record)]

    assert len(invoices) > 90
    for invoice in invoices:
        charged = sum(line["quantity"] * line["unit_price"] for line in invoice["lines"])
        assert invoice["total"] == pytest.approx(charged * (100 - invoice.get("discount_percent", 0)) / 100)


def test_every_reference_is_valid_and_nothing_more_is(all_records: list[Record]) -> None:
    for record in all_records:
        assert is_valid(fields(record), record["schema"])
        assert not is_valid(fields(record) | {"more": 1}, record["schema"])
        assert not is_valid({}, record["schema"])


def test_every_prompt_tells_the_schema_in_words_or_as_json(all_records: list[Record]) -> None:
    in_words = 0
    for record in all_records:
        prompt = record["messages"][0]["content"]
        in_words += "\nFields:\n" in prompt
        if "JSON Schema:\n" in prompt:
            schema = json.loads(prompt.split("JSON Schema:\n")[1].split("\n\nText:")[0])
            assert set(schema["properties"]) == set(record["schema"]["properties"])
        else:
            assert all(f"- {name} (" in prompt for name in record["schema"]["properties"])

    assert 0.4 < in_words / len(all_records) < 0.6


def test_right_answers_and_their_variants_earn_the_full_reward(earned: Mapping[Candidate, list[float]]) -> None:
    for candidate, rewards in earned.items():
        if candidate.worth in (Worth.RIGHT, Worth.VARIANT):
            assert set(rewards) == {1.0}, candidate


def test_wrong_answers_earn_clearly_less_and_some_of_them_something(earned: Mapping[Candidate, list[float]]) -> None:
    wrong = {candidate.strategy: rewards for candidate, rewards in earned.items() if candidate.worth is Worth.WRONG}

    assert max(max(rewards) for rewards in wrong.values()) < 0.75
    assert min(wrong["near miss"]) > 0.5
    assert min(wrong["missing field"]) > 0.5
    assert max(wrong["malformed"]) == 0.0


def test_no_exploit_pays(earned: Mapping[Candidate, list[float]]) -> None:
    for candidate, rewards in earned.items():
        if candidate.worth is Worth.EXPLOIT:
            assert max(rewards) < (1.0 if candidate.dresses_right else 0.1), candidate
