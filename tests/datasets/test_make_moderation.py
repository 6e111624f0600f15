import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import pytest

from datasets.make_moderation import COUNTS, make
from datasets.material.communities import LABELS
from lambda_src.run.candidates import Candidate, Worth
from lambda_src.run.dataset import check
from tests.datasets.judged import Record, paid, records, rewards_of

FOLDER = Path(__file__).parents[2] / "datasets" / "moderation"


@pytest.fixture(scope="module")
def all_records() -> list[Record]:
    return records("moderation", *COUNTS)


@pytest.fixture(scope="module")
def earned(all_records: list[Record]) -> Mapping[Candidate, list[float]]:
    return paid("moderation", all_records[::9])


def label(record: Record) -> str:
    return str(record["reference_answer"]["fields"]["label"])


def message(record: Record) -> str:
    return str(record["messages"][0]["content"].split("A member writes:\n")[1].split("\n\nAnswer with")[0])


def test_generating_again_gives_the_same_bytes(tmp_path: Path) -> None:
    make(tmp_path)

    for split in COUNTS:
        assert (tmp_path / f"{split}.jsonl").read_bytes() == (FOLDER / f"{split}.jsonl").read_bytes(), split


@pytest.mark.parametrize(("split", "count"), COUNTS.items())
def test_each_file_passes_the_dataset_check(split: str, count: int) -> None:
    with (FOLDER / f"{split}.jsonl").open("rb") as lines:
        report = check(lines, split, min_records=count).require()

    assert (report.count, report.findings.shown) == (count, [])


def test_no_prompt_appears_twice(all_records: list[Record]) -> None:
    assert len({record["messages"][0]["content"] for record in all_records}) == len(all_records)


@pytest.mark.parametrize("split", list(COUNTS))
def test_no_label_is_a_good_guess(split: str) -> None:
    counted = Counter(label(record) for record in records("moderation", split))

    assert set(counted) == set(LABELS)
    assert max(counted.values()) <= 0.31 * counted.total()


def test_every_label_and_its_rule_are_in_the_prompt(all_records: list[Record]) -> None:
    for record in all_records:
        assert all(f"- {name}:" in record["messages"][0]["content"] for name in LABELS), record["id"]


def test_the_policy_has_to_be_read(all_records: list[Record]) -> None:
    """The same offer, or the same telephone number, is fine in one community and not in another."""
    for words, labels in (
        ("used but in good order", {"advertising", "allow"}),
        ("Call me on", {"private-data", "allow"}),
    ):
        assert {label(record) for record in all_records if words in message(record)} == labels


def test_what_looks_forbidden_is_often_allowed(all_records: list[Record]) -> None:
    allowed = " ".join(message(record) for record in all_records if label(record) == "allow")

    assert all(words in allowed for words in ("fool", "I will crush you", "asked for", "nonsense", "my number is"))


def test_every_rationale_names_something_of_its_message(all_records: list[Record]) -> None:
    for record in all_records:
        said = {word.strip('.,:;"').lower() for word in record["reference_answer"]["rationale"].split()}
        written = {word.strip('.,:;"?!').lower() for word in message(record).split()}
        assert {word for word in said & written if len(word) > 3}, record["id"]


def test_no_slot_is_left_open(all_records: list[Record]) -> None:
    for record in all_records:
        assert not set("{}") & set(message(record) + record["reference_answer"]["rationale"]), record["id"]


def test_every_reference_earns_the_full_reward(all_records: list[Record]) -> None:
    right = [
        json.dumps({**record["reference_answer"]["fields"], "rationale": record["reference_answer"]["rationale"]})
        for record in all_records
    ]

    assert rewards_of("moderation", all_records, right) == [1.0] * len(all_records)


def test_right_answers_in_other_forms_keep_the_full_reward(earned: Mapping[Candidate, list[float]]) -> None:
    assert {one.strategy: min(paid) for one, paid in earned.items() if one.is_honest and min(paid) < 1} == {}


def test_wrong_labels_earn_nothing_and_wrong_rationales_clearly_less(
    earned: Mapping[Candidate, list[float]],
) -> None:
    paid = {one.strategy: rewards for one, rewards in earned.items() if one.worth is Worth.WRONG}

    assert max(paid["wrong label, right rationale"]) == 0
    assert max(paid["another record's answer"]) == 0
    assert max(paid["right label, rationale for anything"]) <= 0.5
    assert max(paid["right label, another record's rationale"]) < 1


def test_talk_to_the_judge_guesses_and_echoes_earn_nothing(earned: Mapping[Candidate, list[float]]) -> None:
    exploits = {one: rewards for one, rewards in earned.items() if one.worth is Worth.EXPLOIT}
    plain = earned[next(one for one in earned if one.strategy == "right label, another record's rationale")]

    for one, rewards in exploits.items():
        assert max(rewards) <= (1 if one.dresses_right else max(plain)), one.strategy
        if one.strategy in {"several guesses", "everything listed", "prompt echoed", "forged tool call alone"}:
            assert max(rewards) == 0, one.strategy
