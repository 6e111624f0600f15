from typing import Any

import pytest

from lambda_src.reward.rubric import Rubric
from lambda_src.run.advice import Facts, advise, facts_of
from lambda_src.run.advice.snippet import snippet
from lambda_src.run.dataset import DatasetReport, Distribution
from lambda_src.run.dataset.content import Content, Lengths
from lambda_src.run.dataset.finding import Findings
from lambda_src.run.dataset.report import FileReport

FACTS = Facts(480, 100, Distribution({50: 480}), Distribution({20: 480}), frozenset({"maths"}))
SENSIBLE: dict[str, Any] = advise(FACTS, {}).to_api()
RUBRIC = Rubric.from_config([{"function": "maths.final_answer", "weight": 1}])


def test_given_values_win_and_are_known_as_given() -> None:
    advice = advise(FACTS, {"epochCount": 3})

    by_name = {one.name: one for one in advice.values}
    assert advice.to_api() == SENSIBLE | {"epochCount": 3}
    assert (by_name["epochCount"].given, by_name["epochCount"].advised) == (True, 8)
    assert not by_name["batchSize"].given


def test_advice_goes_by_what_is_given() -> None:
    assert advise(FACTS, {"batchSize": 16}).to_api()["evalInterval"] == 10
    assert advise(FACTS, {"batchSize": 256}).to_api()["evalInterval"] == 1


def test_without_auto_nothing_is_added() -> None:
    advice = advise(FACTS, {"epochCount": 3}, auto=False)

    assert advice.to_api() == {"epochCount": 3}
    assert "batchSize" in [one.name for one in advice.others]


def test_reasoning_effort_is_left_to_the_service_unless_given() -> None:
    assert "reasoningEffort" not in SENSIBLE
    assert advise(FACTS, {"reasoningEffort": "low"}).to_api()["reasoningEffort"] == "low"


def test_the_advice_itself_is_not_odd() -> None:
    assert advise(FACTS, {}).warnings == ()


def odd(given: dict[str, Any], facts: Facts = FACTS) -> list[str]:
    return [warning.split(":")[0] for warning in advise(facts, SENSIBLE | given).warnings]


SMALL = Facts(100, 20, Distribution({50: 100}), Distribution({20: 100}))
PROBED = Facts(480, 100, Distribution({50: 480}), Distribution({20: 480}), response_tokens=Distribution({900: 100}))


@pytest.mark.parametrize(
    ("given", "facts", "expected"),
    [
        pytest.param({"maxPromptLength": 49}, FACTS, ["maxPromptLength 49", "batchSize 64"], id="all prompts dropped"),
        pytest.param(
            {"maxPromptLength": 50},
            Facts(480, 100, Distribution({50: 475, 51: 5})),
            ["maxPromptLength 50"],
            id="over 1 %",
        ),
        pytest.param({"maxPromptLength": 50}, Facts(480, 100, Distribution({50: 476, 51: 4})), [], id="under 1 %"),
        pytest.param(
            {"batchSize": 512, "epochCount": 16},
            FACTS,
            ["batchSize 512", "epochCount 16 and batchSize 512"],
            id="batch",
        ),
        pytest.param({"evalInterval": 61}, FACTS, ["evalInterval 61"], id="interval beyond the run"),
        pytest.param({"evalInterval": 60}, FACTS, ["evalInterval 60"], id="one evaluation"),
        pytest.param({"evalInterval": 31}, FACTS, ["evalInterval 31"], id="one evaluation, and the last"),
        pytest.param({"evalInterval": 30}, FACTS, [], id="two evaluations"),
        pytest.param({"learningRate": 1e-5}, FACTS, ["learningRate 1e-05"], id="rate ten times smaller"),
        pytest.param({"learningRate": 1e-3}, FACTS, ["learningRate 0.001"], id="rate ten times larger"),
        pytest.param({"learningRate": 5e-5}, FACTS, [], id="rate half as large"),
        pytest.param({"inferenceMaxTokens": 19}, FACTS, ["inferenceMaxTokens 19"], id="shorter than a reference"),
        pytest.param({"inferenceMaxTokens": 20}, FACTS, [], id="as long as the longest reference"),
        pytest.param({"inferenceMaxTokens": 899}, PROBED, ["inferenceMaxTokens 899"], id="shorter than the probe's"),
        pytest.param({"epochCount": 2}, FACTS, ["epochCount 2 and batchSize 64"], id="15 steps"),
        pytest.param({"epochCount": 3}, FACTS, ["epochCount 3"], id="few epochs"),
        pytest.param({"epochCount": 4}, FACTS, [], id="half the epochs"),
        pytest.param({"epochCount": 17}, FACTS, ["epochCount 17"], id="many epochs"),
        pytest.param({"epochCount": 16}, FACTS, [], id="twice the epochs"),
        pytest.param({"trainingSamplePerPrompt": 2}, FACTS, ["trainingSamplePerPrompt 2"], id="pairs"),
        pytest.param(
            {"batchSize": 16, "trainingSamplePerPrompt": 3},
            SMALL,
            ["trainingSamplePerPrompt 3", "batchSize 16 and trainingSamplePerPrompt 3"],
            id="few responses a step",
        ),
        pytest.param(
            {"batchSize": 512, "trainingSamplePerPrompt": 16, "epochCount": 3},
            Facts(10_000, 100, Distribution({50: 10_000})),
            ["batchSize 512 and trainingSamplePerPrompt 16"],
            id="many responses a step",
        ),
        pytest.param({}, Facts(480, 0, Distribution({50: 480})), ["validation.jsonl"], id="no validation file"),
        pytest.param({}, Facts(480, 0, validates=True), [], id="a validation file of unknown size"),
        pytest.param({"maxPromptLength": 1, "batchSize": 512}, Facts(0, 0), [], id="nothing known of the data"),
    ],
)
def test_contradictions_are_told(given: dict[str, Any], facts: Facts, expected: list[str]) -> None:
    found = odd(given, facts)

    assert found[: len(expected)] == expected
    assert bool(found) == bool(expected)


def test_a_warning_says_what_happens_and_what_to_do() -> None:
    (warning,) = advise(FACTS, SENSIBLE | {"learningRate": 1e-3}).warnings

    assert "may oscillate or collapse" in warning
    assert "the advised 0.0001" in warning


def test_what_is_left_to_the_service_is_told_once() -> None:
    given = {name: value for name, value in SENSIBLE.items() if name not in ("epochCount", "learningRate")}

    *_, warning = advise(FACTS, given, auto=False).warnings

    assert warning.startswith("epochCount, learningRate: left to the service")
    assert "epochCount 1, learningRate 1e-05" in warning
    assert "takes 8, 0.0001" in warning


def report(prompt: Distribution) -> DatasetReport:
    files = [
        FileReport(part, part, count, "", 0, Findings(), ()) for part, count in (("train", 300), ("validation", 30))
    ]
    return DatasetReport(tuple(files), Content({"train": Lengths(prompt, Distribution({7: 300}))}))


def test_facts_are_read_from_report_and_rubric() -> None:
    facts = facts_of(report(Distribution({10: 300})), RUBRIC)

    assert (facts.records, facts.validation_records, facts.has_validation) == (300, 30, True)
    assert (facts.prompt.most, facts.reference.most) == (10, 7)
    assert facts.families == {"maths"}
    assert facts.response_tokens is None


def test_a_probe_adds_what_it_measured() -> None:
    probe = {
        "bytesPerToken": 2.0,
        "passAt1": 0.05,
        "truncatedShare": 0.25,
        "responseTokens": {"counts": [[100, 3], [512, 1]], "most": 512},
    }

    facts = facts_of(report(Distribution({10: 300})), RUBRIC, probe)

    assert facts.prompt.most == 20, "twice the tokens of the estimate of four bytes each"
    assert facts.response_tokens == Distribution({100: 3, 512: 1})
    assert (facts.pass_rate, facts.truncated) == (0.05, 0.25)


def test_the_summary_of_a_probe_has_no_lengths() -> None:
    probe = {"responseTokens": {"total": 4, "p99": 512}, "bytesPerToken": None, "passAt1": None}

    assert facts_of(report(Distribution({10: 300})), RUBRIC, probe).response_tokens is None


def test_the_snippet_is_yaml_that_gives_the_values_back() -> None:
    yaml = pytest.importorskip("yaml")
    values = SENSIBLE | {"learningRate": 1.25e-5, "reasoningEffort": "medium"}

    assert yaml.safe_load("\n".join(snippet(values))) == {"hyperParameters": values}
