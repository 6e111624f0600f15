import random
from collections.abc import Sequence
from typing import Any

import pytest

from lambda_src.reward.rollout import reference_text
from lambda_src.run.dataset.skew import SkewSurvey
from lambda_src.run.dataset.skew.survey import Skew

NAMES = {part: f"{part}.jsonl" for part in ("train", "validation", "test")}


def record(text: str = "How many are left?", **changes: Any) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": text}], "reference_answer": "4"} | changes


def skew(train: Sequence[dict[str, Any]], **others: Sequence[dict[str, Any]]) -> Skew:
    survey = SkewSurvey()
    for part, records in {"train": train, **others}.items():
        for each in records:
            survey.observe(part, each, reference_text(each.get("reference_answer")))
    return survey.skew(NAMES)


def labelled(**counts: int) -> list[dict[str, Any]]:
    """Records with these labels, each with a text of its own."""
    texts = iter(different(sum(counts.values())))
    return [record(next(texts), reference_answer=label) for label, count in counts.items() for _ in range(count)]


def different(count: int) -> list[str]:
    """Texts that are told to be English by their small words, and have little else in common."""
    rng = random.Random(count)  # noqa: S311 - not for security
    words = ["".join(rng.choices("abcdefgh", k=6)) for _ in range(500)]
    return [" the ".join(rng.choices(words, k=9)) for _ in range(count)]


def rules(seen: Skew) -> list[str]:
    return [finding.rule for finding in seen.findings]


def shares(seen: Skew, name: str) -> dict[str, float]:
    return next(dict(each.shares) for each in seen.shares if each.name == name)


def test_records_divide_by_their_short_fields_their_labels_and_their_roles() -> None:
    system = {"role": "system", "content": "Be brief."}
    given = [record(topic="a", level=n % 2) for n in range(6)]
    given += [record(messages=[system, {"role": "user", "content": "Why?"}], topic="b", note="x" * 100, level=1)] * 2

    seen = skew(given)

    assert shares(seen, "topic") == {"a": 0.75, "b": 0.25}
    assert shares(seen, "level") == {"1": 0.625, "0": 0.375}
    assert shares(seen, "label") == {"4": 1.0}
    assert shares(seen, "role order") == {"user": 0.75, "system user": 0.25}
    assert "note" not in [each.name for each in seen.shares], "free text"


def test_a_field_of_many_values_divides_nothing() -> None:
    seen = skew([record(source=f"page {n}", shelf=f"{n % 3}") for n in range(200)])

    assert {each.name for each in seen.shares} == {"label", "role order", "language", "shelf"}


def test_a_field_that_some_records_lack_is_counted_as_absent() -> None:
    assert shares(skew([record(topic="a")] * 6 + [record()] * 2), "topic") == {"a": 0.75, "(absent)": 0.25}


@pytest.mark.parametrize(
    ("reference", "name"),
    [
        pytest.param("spam", "label", id="text"),
        pytest.param({"answer": "spam"}, "label", id="answer"),
        pytest.param(
            {"fields": {"label": "spam"}, "rationale": "It sells."}, "reference_answer.fields.label", id="fields"
        ),
        pytest.param({"is_spam": True}, "reference_answer.is_spam", id="one name"),
    ],
)
def test_a_label_is_found_in_any_form_of_reference_answer(reference: Any, name: str) -> None:
    seen = skew([record(reference_answer=reference)] * 8)

    assert list(shares(seen, name).values()) == [1.0]


def test_the_fields_of_an_extract_are_no_labels() -> None:
    fields = {"name": "a", "city": "b", "currency": "EUR", "total": 5}

    seen = skew([record(reference_answer={"fields": fields})] * 90)

    assert [each.name for each in seen.shares] == ["role order", "language"]


@pytest.mark.parametrize(
    ("counts", "found"),
    [
        pytest.param({"yes": 80, "no": 20}, [], id="80 %"),
        pytest.param({"yes": 81, "no": 19}, ["label-skewed"], id="81 %"),
        pytest.param({"yes": 100}, ["label-skewed"], id="always the same"),
        pytest.param({"yes": 40}, [], id="too few records to say"),
        pytest.param({"A": 45, "B": 20, "C": 20, "D": 15}, [], id="choices that are nearly even"),
        pytest.param(
            {"A": 55, "B": 15, "C": 15, "D": 15}, ["choice-skewed"], id="one choice twice as often as it should be"
        ),
    ],
)
def test_labels_are_skewed_where_one_answer_would_earn_too_much(counts: dict[str, int], found: list[str]) -> None:
    assert rules(skew(labelled(**counts))) == found


def test_a_skewed_label_is_told_with_its_share() -> None:
    (finding,) = skew(labelled(yes=90, no=10)).findings

    assert finding.message == (
        "train.jsonl: reference_answer is 'yes' in 90% of 100 records: always answering so would earn that much; "
        "expected no answer in more than 80%, so that there is something to learn from the prompts"
    )


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        pytest.param(["a"] * 180 + ["b"] * 20, [], id="90 %"),
        pytest.param(["a"] * 184 + ["b"] * 16, ["field-skewed"], id="92 %"),
        pytest.param(["a"] * 200, [], id="a constant says nothing"),
    ],
)
def test_fields_are_skewed_where_the_others_are_hardly_seen(fields: list[str], found: list[str]) -> None:
    texts = different(200)
    given = [record(text, topic=topic, reference_answer=text) for text, topic in zip(texts, fields, strict=True)]

    assert rules(skew(given)) == found


@pytest.mark.parametrize(
    ("of_one_kind", "found"),
    [
        pytest.param(40, [], id="40 %"),
        pytest.param(60, ["prompts-alike"], id="60 %"),
        pytest.param(95, ["prompts-alike"], id="95 %"),
    ],
)
def test_one_template_that_most_prompts_are_made_of_is_a_finding(of_one_kind: int, found: list[str]) -> None:
    texts = different(100)
    made = [
        f"At {n} o'clock {text[:6]} leaves the harbour with {n} passengers. How many are still aboard?"
        for n, text in enumerate(texts)
    ]

    seen = skew([record(text, reference_answer=text) for text in [*made[:of_one_kind], *texts[of_one_kind:]]])

    assert seen.largest == pytest.approx(of_one_kind / 100)
    assert rules(seen) == found


def test_an_instruction_that_all_prompts_share_is_no_kind_of_prompt() -> None:
    instruction = "Read the question with care, think about it step by step and put the final answer after the marker."

    seen = skew([record(f"{text}\n\n{instruction}", reference_answer=text) for text in different(100)])

    assert seen.largest < 0.05


def test_languages_are_told_from_the_prompts() -> None:
    english, german = (
        "How many of them are left in the end, and who has the most?",
        "Wie viele sind am Ende noch da, und wer hat die meisten?",
    )

    seen = skew([record(english)] * 6 + [record(german)] * 2 + [record("12 + 7 = ?")])

    assert {language: round(share * 9) for language, share in shares(seen, "language").items()} == {
        "en": 6,
        "de": 2,
        "unknown": 1,
    }


@pytest.mark.parametrize(
    ("validation", "found"),
    [
        pytest.param({"a": 50, "b": 50}, [], id="alike"),
        pytest.param({"a": 62, "b": 38}, [], id="by chance"),
        pytest.param({"a": 95, "b": 5}, ["parts-differ"], id="other shares"),
        pytest.param({"c": 100}, ["parts-differ"], id="another value"),
        pytest.param({"a": 4, "b": 1}, [], id="too few to say"),
    ],
)
def test_parts_differ_where_chance_does_not_explain_it(validation: dict[str, int], found: list[str]) -> None:
    def made(counts: dict[str, int]) -> list[dict[str, Any]]:
        texts = iter(different(sum(counts.values())))
        return [
            record(text := next(texts), topic=topic, reference_answer=text)
            for topic, n in counts.items()
            for _ in range(n)
        ]

    assert rules(skew(made({"a": 200, "b": 200}), validation=made(validation))) == found


def test_how_parts_differ_is_told_in_numbers() -> None:
    (finding,) = skew(labelled(yes=100, no=100), test=labelled(yes=190, no=10)).findings

    assert finding.message == (
        "test.jsonl: reference_answer divides otherwise than in the training records: 'no' in 5% here, in 50% there, "
        "and 45% of the records would need another value; expected parts that are drawn at random from the same "
        "records, so that their rewards can be compared"
    )


def test_without_training_records_there_is_nothing_to_compare_with() -> None:
    survey = SkewSurvey()
    survey.observe("test", record(), "4")

    assert survey.skew(NAMES) == Skew((), 0.0, ())


@pytest.mark.parametrize("seed", range(20))
def test_parts_drawn_at_random_from_the_same_records_do_not_differ(seed: int) -> None:
    rng = random.Random(seed)  # noqa: S311 - not for security
    given = [
        record(topic=rng.choice("aabcdefghij"), reference_answer=rng.choice(["x", "x", "y", "z"])) for _ in range(500)
    ]

    assert "parts-differ" not in rules(skew(given[:400], validation=given[400:440], test=given[440:]))
