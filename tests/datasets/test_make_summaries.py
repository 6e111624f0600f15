from collections.abc import Mapping
from pathlib import Path

import pytest

from datasets.make_summaries import COUNTS, KINDS, MOST_WORDS, make
from lambda_src.run.candidates import Candidate, Worth
from lambda_src.run.dataset import check
from tests.datasets.judged import Record, paid, records, rewards_of

FOLDER = Path(__file__).parents[2] / "datasets" / "summaries"


@pytest.fixture(scope="module")
def all_records() -> list[Record]:
    return records("summaries", *COUNTS)


@pytest.fixture(scope="module")
def earned(all_records: list[Record]) -> Mapping[Candidate, list[float]]:
    return paid("summaries", all_records[::13])


def test_generating_again_gives_the_same_bytes(tmp_path: Path) -> None:
    make(tmp_path)

    for split in COUNTS:
        assert (tmp_path / f"{split}.jsonl").read_bytes() == (FOLDER / f"{split}.jsonl").read_bytes(), split


@pytest.mark.parametrize(("split", "count"), COUNTS.items())
def test_each_file_passes_the_dataset_check(split: str, count: int) -> None:
    with (FOLDER / f"{split}.jsonl").open("rb") as lines:
        report = check(lines, split, min_records=count).require()

    assert (report.count, report.findings.shown) == (count, [])


def test_no_text_and_no_summary_appears_twice(all_records: list[Record]) -> None:
    assert len({record["messages"][0]["content"] for record in all_records}) == len(all_records)
    assert len({record["reference_answer"] for record in all_records}) == len(all_records)


def test_every_kind_of_report_is_in_every_file() -> None:
    for split in COUNTS:
        assert {record["topic"] for record in records("summaries", split)} == {kind.name for kind in KINDS}


def test_references_keep_to_what_their_prompt_asks_for(all_records: list[Record]) -> None:
    for record in all_records:
        prompt, summary = record["messages"][0]["content"], record["reference_answer"]
        assert f"{MOST_WORDS} words" in prompt
        assert len(summary.split()) <= MOST_WORDS, record["id"]
        assert len(summary.split()) < 0.6 * len(prompt.split()), record["id"]


def test_no_slot_is_left_open(all_records: list[Record]) -> None:
    for record in all_records:
        assert not set("{}") & set(record["messages"][0]["content"] + record["reference_answer"]), record["id"]


def test_every_reference_earns_the_full_reward(all_records: list[Record]) -> None:
    references = [record["reference_answer"] for record in all_records]

    assert rewards_of("summaries", all_records, references) == [1.0] * len(all_records)


def test_right_answers_in_other_forms_keep_the_full_reward(earned: Mapping[Candidate, list[float]]) -> None:
    assert {one.strategy: min(paid) for one, paid in earned.items() if one.is_honest and min(paid) < 1} == {}


def test_wrong_answers_earn_clearly_less(earned: Mapping[Candidate, list[float]]) -> None:
    paid = {one.strategy: max(rewards) for one, rewards in earned.items() if one.worth is Worth.WRONG}

    assert max(paid.values()) <= 0.75
    assert all(
        reward == 0 for name, reward in paid.items() if name in {"unrelated", "vague", "another record's answer"}
    )


def test_talk_to_the_judge_padding_and_echoes_earn_nothing(earned: Mapping[Candidate, list[float]]) -> None:
    exploits = {one: rewards for one, rewards in earned.items() if one.worth is Worth.EXPLOIT}

    assert {one.strategy for one, rewards in exploits.items() if max(rewards) > 0} <= {
        one.strategy for one in exploits if one.dresses_right
    }
    assert max(max(rewards) for one, rewards in exploits.items() if one.dresses_right) < 1
