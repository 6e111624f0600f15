from typing import Any

import pytest
from aws_cdk.assertions import Template

from lambda_src.reward import metrics
from tests.infra.synthesis import document, only


@pytest.fixture(scope="module")
def rows(template: Template) -> list[list[dict[str, Any]]]:
    """The page's widgets, by row."""
    widgets = document(only(template, "AWS::CloudWatch::Dashboard")["Properties"]["DashboardBody"])["widgets"]
    heights = sorted({widget["y"] for widget in widgets})
    return [[widget for widget in widgets if widget["y"] == y] for y in heights]


def _metrics(row: list[dict[str, Any]]) -> list[str]:
    return [metric[1] for widget in row for metric in widget["properties"]["metrics"]]


def test_the_first_row_shows_the_six_curves(rows: list[list[dict[str, Any]]]) -> None:
    assert _metrics(rows[0]) == [
        metrics.TRAINING_REWARD,
        metrics.VALIDATION_REWARD,
        metrics.TRAINING_EPISODE_LENGTH,
        metrics.VALIDATION_EPISODE_LENGTH,
        metrics.POLICY_ENTROPY,
        metrics.GRADIENT_NORM,
    ]


def test_the_second_row_shows_the_grader(rows: list[list[dict[str, Any]]]) -> None:
    assert {metrics.GRADER_REWARD, metrics.GRADER_ERRORS, metrics.GRADER_DURATION} <= set(_metrics(rows[1]))


def test_the_third_row_shows_every_alarm(rows: list[list[dict[str, Any]]], template: Template) -> None:
    (states,) = rows[2]

    assert len(states["properties"]["alarms"]) == len(template.find_resources("AWS::CloudWatch::Alarm"))


def test_every_axis_has_its_unit(rows: list[list[dict[str, Any]]]) -> None:
    labels = [widget["properties"]["yAxis"]["left"]["label"] for row in rows[:2] for widget in row]

    assert all(labels)
