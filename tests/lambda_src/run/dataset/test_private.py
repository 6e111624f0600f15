from typing import Any

import pytest

from benchmarks.personal_data import Case, cases
from lambda_src.run.dataset.finding import Finding, Place
from lambda_src.run.dataset.private import private

CASES = list(cases())
REAL = [case for case in CASES if case.rule]


def found(text: str, **fields: Any) -> list[Finding]:
    return list(private({"messages": [{"role": "user", "content": text}]} | fields, Place("train.jsonl", 3)))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.text[:30].encode("unicode_escape").decode())
def test_labelled_texts_hold_what_they_are_labelled_with_and_nothing_else(case: Case) -> None:
    expected = [(case.rule, case.kind)] if case.rule else []

    assert [
        (finding.rule, finding.problem.split(": ")[0].removeprefix("holds ")) for finding in found(case.text)
    ] == expected


@pytest.mark.parametrize("case", REAL, ids=lambda case: case.text[:30].encode("unicode_escape").decode())
def test_no_finding_shows_the_value(case: Case) -> None:
    """A finding is written to logs and reports, which more people read than the dataset."""
    (finding,) = found(case.text)

    start, end = finding.problem.split(": ", 1)[1].split("...")
    most = 15 if case.kind == "a private key" else 4  # of a key it is the header, which is the same for all
    assert len(start) + len(end) <= most


def test_a_finding_names_the_path_of_the_field() -> None:
    state = {"guests": [{"name": "Ada", "mail": "ada@lovelace.org"}]}

    (finding,) = found("Who is it?", state=state)

    assert finding.message == (
        "train.jsonl line 3: state.guests[0].mail holds an e-mail address: ad...rg; expected nobody's data, as the "
        "model may repeat it; invented ones are in the domains and numbers for examples"
    )


def test_one_value_of_each_kind_is_named() -> None:
    findings = found("ada@lovelace.org, bob@lovelace.org and 536-90-4399")

    assert [finding.problem.split(":")[0] for finding in findings] == [
        "holds an e-mail address",
        "holds a US social security number",
    ]


def test_a_real_value_behind_a_reserved_one_is_found() -> None:
    assert len(found("user@example.com and ada@lovelace.org")) == 1


def test_values_are_found_beside_other_alphabets() -> None:
    assert len(found("\u041f\u0438\u0448\u0438 \u043d\u0430 ada@lovelace.org, \u4f60\u597d")) == 1
