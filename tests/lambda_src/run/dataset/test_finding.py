import pytest

from lambda_src.run.dataset import Findings, Severity
from lambda_src.run.dataset.finding import SHOWN_PER_RULE, Place


def found(*rules: str) -> Findings:
    findings = Findings()
    findings.extend(Place("a.jsonl", n).error(rule, "is wrong", expected="right") for n, rule in enumerate(rules, 1))
    return findings


def test_ten_of_each_rule_are_shown_and_all_are_counted() -> None:
    findings = found(*["a"] * 25, *["b"] * 3)
    findings.add(Place("a.jsonl").warning("c", "is odd", expected="even"))

    assert len(findings.of(Severity.ERROR)) == SHOWN_PER_RULE + 3
    assert (findings.count(Severity.ERROR), findings.count(Severity.WARNING)) == (28, 1)
    assert list(findings.hidden()) == [(Severity.ERROR, "a", 15)]


@pytest.mark.parametrize(("first", "second"), [(3, 4), (10, 1), (8, 8), (25, 25), (0, 12)])
def test_merged_findings_show_as_many_as_if_they_had_come_one_by_one(first: int, second: int) -> None:
    merged = found(*["a"] * first)
    merged.merge(found(*["a"] * second))

    together = found(*["a"] * (first + second))
    assert len(merged.shown) == len(together.shown)
    assert merged.counts == together.counts
    assert list(merged.hidden()) == list(together.hidden())


@pytest.mark.parametrize(
    ("place", "field", "message"),
    [
        pytest.param(Place("a.jsonl"), "", "a.jsonl: is odd; expected even", id="file"),
        pytest.param(Place("a.jsonl", 7), "", "a.jsonl line 7: is odd; expected even", id="line"),
        pytest.param(Place("a.jsonl", 7), "id", "a.jsonl line 7: id is odd; expected even", id="field"),
    ],
)
def test_a_finding_names_its_place_as_narrowly_as_it_is_known(place: Place, field: str, message: str) -> None:
    assert place.warning("parity", "is odd", expected="even", field=field).message == message
