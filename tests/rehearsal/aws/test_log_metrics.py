import json

import pytest

from rehearsal.aws.log_metrics import MetricValues, embedded_metrics, matches


def test_each_set_of_dimensions_is_a_metric_of_its_own() -> None:
    metrics = [{"Name": "Reward", "Unit": "None"}]
    directive = {"Namespace": "N", "Dimensions": [["Run"], ["Run", "Source"]], "Metrics": metrics}
    line = {
        "_aws": {"Timestamp": 5000, "CloudWatchMetrics": [directive]},
        "Run": "r",
        "Source": "grader",
        "Reward": [1, 0],
    }

    found = list(embedded_metrics(json.dumps(line), timestamp=9.0))

    assert found == [
        MetricValues("N", "Reward", {"Run": "r"}, "None", 5.0, [1.0, 0.0]),
        MetricValues("N", "Reward", {"Run": "r", "Source": "grader"}, "None", 5.0, [1.0, 0.0]),
    ]


@pytest.mark.parametrize("line", ["plain text", '{"level": "INFO"}', 'said "_aws" once'])
def test_other_lines_publish_nothing(line: str) -> None:
    assert list(embedded_metrics(line, timestamp=0.0)) == []


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        pytest.param("", True, id="everything"),
        pytest.param("ERROR", True, id="a term"),
        pytest.param("error", False, id="case matters"),
        pytest.param('"timed out"', True, id="a phrase"),
        pytest.param("ERROR -Retry", True, id="without an excluded term"),
        pytest.param("ERROR -timed", False, id="with an excluded term"),
        pytest.param('{ $.level = "ERROR" }', False, id="a JSON pattern is not evaluated"),
    ],
)
def test_filter_patterns_match_terms(pattern: str, *, found: bool) -> None:
    assert matches(pattern, "ERROR: the call timed out") is found
