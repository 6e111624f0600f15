from typing import Any

import pytest

from lambda_src.run.dataset import Finding, Findings, Severity
from rft.views import dataset_findings


def findings(*severities: Severity, rule: str = "odd") -> dict[str, Any]:
    found = Findings()
    for line, severity in enumerate(severities, start=1):
        found.add(Finding(rule, severity, "a.jsonl", "is odd", "even", line))
    return {"files": [{"findings": found.to_json()}]}


def test_findings_of_one_rule_in_several_files_are_one_group() -> None:
    one, other = findings(Severity.ERROR, Severity.ERROR), findings(*[Severity.ERROR] * 30)

    (group,) = dataset_findings.groups({"files": one["files"] + other["files"]})

    assert (group.count, len(group.messages)) == (32, 12)


def test_what_is_expected_of_all_is_said_once() -> None:
    (many,) = dataset_findings.groups(findings(Severity.ERROR, Severity.ERROR))
    (one,) = dataset_findings.groups(findings(Severity.ERROR))

    assert (many.messages, many.expected) == (["a.jsonl line 1: is odd", "a.jsonl line 2: is odd"], "even")
    assert (one.messages, one.expected) == (["a.jsonl line 1: is odd; expected even"], "")


def test_a_rule_may_be_broken_badly_and_lightly() -> None:
    groups = dataset_findings.groups(findings(Severity.WARNING, Severity.ERROR, Severity.WARNING))

    assert [(group.severity, group.count) for group in groups] == [(Severity.ERROR, 1), (Severity.WARNING, 2)]


def test_the_findings_about_the_content_count_too() -> None:
    (owner,) = findings(Severity.WARNING)["files"]

    assert dataset_findings.verdict({"content": owner}) == "1 warning"


@pytest.mark.parametrize(
    ("severities", "sentence"),
    [
        pytest.param([], "nothing found", id="none"),
        pytest.param([Severity.ERROR], "1 error", id="one"),
        pytest.param([Severity.ERROR] * 1200 + [Severity.WARNING] * 2, "1,200 errors, 2 warnings", id="many"),
    ],
)
def test_the_verdict_counts_all_of_them(severities: list[Severity], sentence: str) -> None:
    assert dataset_findings.verdict(findings(*severities)) == sentence


def test_a_file_whose_findings_are_only_counted_has_those_counts() -> None:
    assert dataset_findings.counts({"errors": 3, "warnings": 1}) == (3, 1)
    assert dataset_findings.counts(findings(Severity.ERROR)["files"][0]) == (1, 0)
