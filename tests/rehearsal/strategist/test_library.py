import pytest

from rehearsal.strategist.library import Dataset, Found, Handed, prompt_of
from tests.rehearsal.strategist.runs import records

PROBLEMS = records("gsm8k-style", "train", 4)
TURNS = {
    "messages": [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": [{"text": "Hello."}, {"text": "How are you?"}]},
        {"role": "assistant", "content": "Well."},
        {"role": "user", "content": "Why?"},
    ],
    "reference_answer": "Because.",
}


def handed(*datasets: Dataset) -> Handed:
    library = Handed()
    for dataset in datasets:
        library.add(dataset)
    return library


@pytest.mark.parametrize(
    "prompt",
    [
        pytest.param("Be brief.\nHello.\nHow are you?\nWell.\nWhy?", id="a message a line"),
        pytest.param("Be brief.\n\nHello. How are you?\n\nWell.\n\nWhy?\n", id="joined otherwise"),
    ],
)
def test_a_prompt_is_recognised_however_its_messages_were_joined(prompt: str) -> None:
    found = handed(Dataset([*PROBLEMS, TURNS])).find(prompt)

    assert found is not None
    assert found.record is TURNS


@pytest.mark.parametrize("prompt", ["", "Be brief.", "be brief. Hello. How are you? Well. Why?"])
def test_another_prompt_is_not_recognised(prompt: str) -> None:
    assert handed(Dataset([*PROBLEMS, TURNS])).find(prompt) is None


def test_an_answer_at_the_end_is_no_part_of_the_prompt() -> None:
    answered = {"messages": [*TURNS["messages"], {"role": "assistant", "content": "Because."}]}

    assert prompt_of(answered) == prompt_of(TURNS)


def test_what_is_for_the_system_comes_first_wherever_it_stands() -> None:
    told_late = {"messages": [TURNS["messages"][1], {"role": "developer", "content": "Be brief."}]}

    assert prompt_of(told_late) == "Be brief.\nHello.\nHow are you?"


def test_of_several_datasets_with_a_prompt_the_last_counts() -> None:
    old, new = Dataset(PROBLEMS), Dataset([{**record, "reference_answer": "7"} for record in PROBLEMS[:2]])
    library = handed(old, new)

    first, last = library.find(prompt_of(PROBLEMS[0])), library.find(prompt_of(PROBLEMS[3]))

    assert first == Found(prompt_of(PROBLEMS[0]), new, new.records[0])
    assert last == Found(prompt_of(PROBLEMS[3]), old, PROBLEMS[3])


def test_of_several_records_with_a_prompt_the_first_counts() -> None:
    again = {**PROBLEMS[0], "reference_answer": "7"}

    found = handed(Dataset([*PROBLEMS, again])).find(prompt_of(again))

    assert found is not None
    assert found.record is PROBLEMS[0]
