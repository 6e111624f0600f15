from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from datasets.make_tools import COUNTS, make
from datasets.material import assistant_requests, assistant_tools
from lambda_src.reward.rewards._structured import effects as _effects
from lambda_src.reward.rewards._structured import toolbox as _toolbox
from lambda_src.reward.rewards._structured.calls import ToolCall
from lambda_src.run.candidates import Candidate, Worth
from lambda_src.run.dataset import check
from tests.datasets.judged import Record, paid, records

FOLDER = Path(__file__).parents[2] / "datasets" / "tools"


@pytest.fixture(scope="module")
def all_records() -> list[Record]:
    return records("tools", *COUNTS)


@pytest.fixture(scope="module")
def earned(all_records: list[Record]) -> Mapping[Candidate, list[float]]:
    return paid("tools", all_records[::7])


def calls(record: Record) -> list[ToolCall]:
    return [ToolCall(call["name"], call["arguments"]) for call in record["reference_answer"]["calls"]]


def prompt(record: Record) -> str:
    return str(record["messages"][0]["content"])


def carried_out(record: Record, order: list[ToolCall]) -> Any:
    tools, effects = _toolbox.read(record["tools"]), _effects.read(record["effects"])
    state = record["state"]
    for call in order:
        assert _toolbox.fits(call, tools), record["id"]
        state = _effects.applied(state, call, effects[call.name])
    return state


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
    assert len({prompt(record) for record in all_records}) == len(all_records)


def test_the_calls_lead_to_the_end_that_was_worked_out_without_them(all_records: list[Record]) -> None:
    for record in all_records:
        assert carried_out(record, calls(record)) == record["reference_answer"]["state"], record["id"]


def test_every_request_changes_the_state(all_records: list[Record]) -> None:
    """Else a response that does nothing would reach the end."""
    assert all(record["reference_answer"]["state"] != record["state"] for record in all_records)


def test_every_tool_is_called_and_every_kind_of_request_is_in_every_file(all_records: list[Record]) -> None:
    called = Counter(call.name for record in all_records for call in calls(record))

    assert set(called) == {assistant_tools.name_of(tool) for tool in assistant_tools.TOOLS}
    assert min(called.values()) >= 20
    assert all(len(records("tools", split)) >= 4 * len(assistant_requests.KINDS) for split in COUNTS)


def test_six_tools_are_offered_and_told_in_the_prompt(all_records: list[Record]) -> None:
    for record in all_records:
        assert len(record["tools"]) == 6
        for tool in record["tools"]:
            assert f"- {assistant_tools.signature(tool)}" in prompt(record)


def test_one_call_and_two_calls_and_ordered_ones_are_asked_for(all_records: list[Record]) -> None:
    lengths = Counter(len(calls(record)) for record in all_records)
    ordered = [record for record in all_records if record["reference_answer"]["ordered"]]

    assert lengths[1] > 100
    assert lengths[2] > 100
    assert len(ordered) == 28
    assert all("First " in prompt(record) and ", then " in prompt(record) for record in ordered)


def test_every_text_argument_can_be_read_off_the_prompt(all_records: list[Record]) -> None:
    for record in all_records:
        for call in calls(record):
            for name, value in call.arguments.items():
                if isinstance(value, str) and name != "date":
                    assert value in prompt(record), (record["id"], value)


def test_right_answers_and_their_variants_earn_the_full_reward(earned: Mapping[Candidate, list[float]]) -> None:
    for candidate, rewards in earned.items():
        if candidate.worth in (Worth.RIGHT, Worth.VARIANT):
            assert set(rewards) == {1.0}, candidate


def test_wrong_answers_earn_clearly_less_and_some_of_them_something(earned: Mapping[Candidate, list[float]]) -> None:
    wrong = {candidate.strategy: rewards for candidate, rewards in earned.items() if candidate.worth is Worth.WRONG}

    assert max(max(rewards) for rewards in wrong.values()) < 0.5
    assert min(wrong["near miss"]) > 0.25
    assert max(wrong["malformed"]) == 0.0


def test_no_exploit_pays(earned: Mapping[Candidate, list[float]]) -> None:
    """One that dresses a wrong answer up earns no more than the wrong answer; that is a near miss here."""
    near_miss = max(max(rewards) for candidate, rewards in earned.items() if candidate.strategy == "near miss")

    for candidate, rewards in earned.items():
        if candidate.worth is Worth.EXPLOIT:
            assert max(rewards) < (1.0 if candidate.dresses_right else near_miss + 0.01), candidate
