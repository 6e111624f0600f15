import pytest

from rehearsal.aws.metric_math import UnsupportedExpressionError, evaluate


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        pytest.param("a + b * 2", 8.0, id="precedence"),
        pytest.param("(a + b) ^ 2", 25.0, id="power"),
        pytest.param("-a / 4", -0.5, id="minus"),
        pytest.param("a / (b - 3)", None, id="division by zero is no datapoint"),
        pytest.param("gone + 1", None, id="missing stays missing"),
        pytest.param("FILL(gone, 7) + 1", 8.0, id="missing filled"),
        pytest.param("IF(a > 1 AND b < 1, 1, 0)", 0.0, id="condition"),
        pytest.param("IF(a > 1 || b < 1, a, gone)", 2.0, id="only the chosen branch is needed"),
        pytest.param("MAX([a, b, gone])", 3.0, id="lists skip what is missing"),
        pytest.param("AVG(METRICS())", 2.5, id="all metrics"),
        pytest.param("ABS(a - b)", 1.0, id="function of one"),
    ],
)
def test_expressions_mean_what_they_mean_on_aws(expression: str, value: float | None) -> None:
    assert evaluate(expression, {"a": 2.0, "b": 3.0, "gone": None}) == value


@pytest.mark.parametrize(
    "expression",
    ["ANOMALY_DETECTION_BAND(a, 2)", "SUM(a)", "RATE(a)", "unknown", "__import__('os')", "a.b", "a if a else a", "a +"],
)
def test_anything_else_is_refused(expression: str) -> None:
    with pytest.raises(UnsupportedExpressionError):
        evaluate(expression, {"a": 2.0})
