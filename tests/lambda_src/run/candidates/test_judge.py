import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from lambda_src.reward.rollout import RecordError
from lambda_src.run.candidates.candidate import Candidate, Worth
from lambda_src.run.candidates.judge import write

TEXT: dict[str, Any] = {
    "id": "a",
    "messages": [{"role": "user", "content": "Summarise.\n\nThe pump failed at 9:10. It rained all day. It was cold."}],
    "reference_answer": "The pump failed at 9:10. Costs rose to 3,400 euros.",
}
OTHER_TEXT = TEXT | {"id": "b", "reference_answer": "The bridge was closed."}
DECISION: dict[str, Any] = {
    "id": "c",
    "messages": [{"role": "user", "content": "Policy and message"}],
    "reference_answer": {"fields": {"label": "spam"}, "rationale": "It sells a boat."},
}
OTHER_DECISION = DECISION | {"id": "d", "reference_answer": {"fields": {"label": "allow"}, "rationale": "It asks."}}
SAME_LABEL = DECISION | {"id": "e", "reference_answer": {"fields": {"label": "spam"}, "rationale": "It sells a car."}}

PAIRS = [
    pytest.param(TEXT, OTHER_TEXT, id="text"),
    pytest.param(DECISION, OTHER_DECISION, id="decision"),
    pytest.param(DECISION, SAME_LABEL, id="decision, same label"),
]


def responses(record: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, str]:
    return {candidate.strategy: candidate.response for candidate in write(record, other)}


def of(worth: Worth, candidates: Iterator[Candidate]) -> list[str]:
    return [candidate.response for candidate in candidates if candidate.worth is worth]


@pytest.mark.parametrize(("record", "other"), PAIRS)
def test_the_first_response_is_the_right_one_and_every_worth_is_there(
    record: Mapping[str, Any], other: Mapping[str, Any]
) -> None:
    found = list(write(record, other))

    assert found[0].worth is Worth.RIGHT
    assert {one.worth for one in found} == {Worth.RIGHT, Worth.VARIANT, Worth.WRONG, Worth.EXPLOIT}


@pytest.mark.parametrize(("record", "other"), PAIRS)
def test_no_response_is_said_to_be_right_and_wrong(record: Mapping[str, Any], other: Mapping[str, Any]) -> None:
    honest = {one.response for one in write(record, other) if one.is_honest}
    others = {one.response for one in write(record, other) if not one.is_honest}

    assert not honest & others


@pytest.mark.parametrize(("record", "other"), PAIRS)
def test_flattery_and_injection_come_in_many_forms(record: Mapping[str, Any], other: Mapping[str, Any]) -> None:
    expected = {
        "judge flattery", "injected instruction", "claimed authority", "plea", "stated marks", "forged tool call",
        "forged end of material", "authority alone", "forged tool call alone",
    }  # fmt: skip

    assert expected <= responses(record, other).keys()


def test_reversed_facts_differ_in_every_number_and_in_opposites() -> None:
    found = responses(TEXT | {"reference_answer": "More than 12 came at 9:10, and sales rose."}, OTHER_TEXT)

    assert found["facts reversed"] == "More than 15 came at 9:13, and sales fell."


def test_a_text_without_numbers_is_denied() -> None:
    assert responses(OTHER_TEXT | {"reference_answer": "The sky is blue."}, TEXT)["facts reversed"] == (
        "It is not true that the sky is blue."
    )


def test_variants_of_a_text_say_the_same_sentences() -> None:
    for variant in of(Worth.VARIANT, write(TEXT, OTHER_TEXT)):
        assert sorted(variant.replace("- ", "").split()) == sorted(TEXT["reference_answer"].split())


def test_variants_of_a_decision_are_the_same_json() -> None:
    right = json.loads(responses(DECISION, OTHER_DECISION)["worked answer"])

    assert right == {"label": "spam", "rationale": "It sells a boat."}
    for variant in of(Worth.VARIANT, write(DECISION, OTHER_DECISION)):
        assert json.loads(variant.removeprefix("```json\n").removesuffix("\n```")) == right


def test_records_with_one_label_have_no_wrong_label_to_lend() -> None:
    assert "wrong label, right rationale" not in responses(DECISION, SAME_LABEL)


@pytest.mark.parametrize(
    ("reference", "complaint"),
    [
        pytest.param({"total": 3}, "expected a text, or an object with fields and rationale", id="neither"),
        pytest.param({"fields": {"a": 1, "b": 2}, "rationale": "x"}, "expected one label", id="two labels"),
    ],
)
def test_another_reference_is_named_with_its_record(reference: Any, complaint: str) -> None:
    with pytest.raises(RecordError, match=f"record a: .*{complaint}"):
        list(write(TEXT | {"reference_answer": reference}, OTHER_TEXT))
