from typing import Any

import pytest
from aws_cdk.assertions import Template

from lambda_src.reward import metrics
from tests.infra.synthesis import document, only

CURVES = {
    "Training reward": metrics.TRAINING_REWARD,
    "Validation reward": metrics.VALIDATION_REWARD,
    "Training length": metrics.TRAINING_EPISODE_LENGTH,
    "Validation length": metrics.VALIDATION_EPISODE_LENGTH,
    "Policy entropy": metrics.POLICY_ENTROPY,
    "Gradient norm": metrics.GRADIENT_NORM,
}


@pytest.fixture(scope="module")
def widgets(template: Template) -> list[dict[str, Any]]:
    body = only(template, "AWS::CloudWatch::Dashboard")["Properties"]["DashboardBody"]
    return list(document(body)["widgets"])


def _titled(widgets: list[dict[str, Any]], start: str) -> list[dict[str, Any]]:
    return [widget["properties"] for widget in widgets if widget["properties"].get("title", "").startswith(start)]


def _lines(properties: dict[str, Any]) -> list[tuple[str, str]]:
    """Name and source of each line of a graph; sources are a dimension, which comes as a name and a value."""
    found = []
    for entry in properties["metrics"]:
        fields = [part for part in entry if isinstance(part, str)]
        found.append((fields[1], fields[fields.index(metrics.SOURCE) + 1]) if metrics.SOURCE in fields else ("", ""))
    return found


def test_the_verdict_comes_first(widgets: list[dict[str, Any]], template: Template) -> None:
    first = min(widgets, key=lambda widget: (widget["y"], widget["x"]))

    assert first["properties"]["title"] == "Verdict"
    assert len(first["properties"]["alarms"]) == len(template.find_resources("AWS::CloudWatch::CompositeAlarm"))


@pytest.mark.parametrize(("title", "name"), CURVES.items())
def test_each_of_the_six_curves_has_its_own_graph_and_healthy_band(
    title: str, name: str, widgets: list[dict[str, Any]]
) -> None:
    (graph,) = _titled(widgets, title)
    lines = _lines(graph)

    assert (name, metrics.ARTIFACTS_SOURCE) in lines
    assert {(name, metrics.LOW_SOURCE), (name, metrics.HIGH_SOURCE)} & set(lines)


def test_live_signals_stand_beside_the_curves_that_come_after_the_job(widgets: list[dict[str, Any]]) -> None:
    lines = {line for title in CURVES for line in _lines(_titled(widgets, title)[0])}

    live = {
        metrics.TRAINING_REWARD,
        metrics.VALIDATION_REWARD,
        metrics.RESPONSE_LENGTH,
        metrics.ANSWER_DIVERSITY,
    }
    assert {(name, metrics.ROLLOUTS_SOURCE) for name in live} <= lines


def test_a_row_is_the_graders(widgets: list[dict[str, Any]]) -> None:
    shown = {name for graph in _titled(widgets, "Grader") for name, _source in _lines(graph)}

    assert {
        metrics.GRADER_ERRORS,
        metrics.GRADER_DURATION,
        metrics.ROLLOUTS,
        metrics.ROLLOUTS_LOST,
        metrics.REWARD_SPREAD,
        metrics.SHADOW_REWARD,
    } <= shown


def test_cost_and_progress_are_numbers(widgets: list[dict[str, Any]]) -> None:
    assert [graph["view"] for title in ("Cost", "Progress") for graph in _titled(widgets, title)] == ["singleValue"] * 2


def test_every_alarm_is_on_the_page(widgets: list[dict[str, Any]], template: Template) -> None:
    (states,) = _titled(widgets, "Alarms of run")

    assert len(states["alarms"]) == len(template.find_resources("AWS::CloudWatch::Alarm"))


def test_it_fits_on_one_screen(widgets: list[dict[str, Any]]) -> None:
    rows = max(widget["y"] + widget["height"] for widget in widgets)

    assert rows <= 22  # of 48 pixels: a page of 1,080


def test_every_axis_has_its_unit(widgets: list[dict[str, Any]]) -> None:
    axes = [axis for widget in widgets for axis in widget["properties"].get("yAxis", {}).values()]

    assert len(axes) >= len(CURVES)
    assert all(axis["label"] for axis in axes)
