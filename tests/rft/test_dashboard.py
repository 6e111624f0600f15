import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import matplotlib.image
import pytest
from botocore.stub import Stubber

from rft.dashboard import span_of, write_dashboard
from rft.metric_data import Span, lines
from rft.runs import RunError
from rft.views.widgets import plain

START = datetime(2026, 11, 23, 10, tzinfo=UTC)
SPAN = Span(START, START + timedelta(minutes=1))
DIMENSIONS = ["Project", "p", "Stage", "local"]
GRAPH = {
    "title": "Reward",
    "stat": "Maximum",
    "metrics": [["BedrockRFT", "TrainingReward", *DIMENSIONS, {"label": "training"}]],
    "yAxis": {"left": {"label": "reward, 0 to 1", "min": 0, "max": 1}},
    "annotations": {"horizontal": [{"value": 0.5, "label": "start"}, [{"value": 0.1}, {"value": 0.2}]]},
}


@pytest.fixture
def cloudwatch() -> Iterator[tuple[Any, Stubber]]:
    client = boto3.client("cloudwatch", "us-east-1", aws_access_key_id="a", aws_secret_access_key="b")  # noqa: S106
    with Stubber(client) as stubber:
        yield client, stubber
        stubber.assert_no_pending_responses()


def _body(*widgets: dict[str, Any]) -> dict[str, Any]:
    return {"DashboardName": "d", "DashboardBody": json.dumps({"widgets": widgets})}


def _widget(kind: str, properties: dict[str, Any], **place: int) -> dict[str, Any]:
    return {"type": kind, "x": 0, "y": 0, "width": 8, "height": 6, **place, "properties": properties}


def _data(id_: str = "auto0", values: tuple[float, ...] = (0.4, 0.6)) -> dict[str, Any]:
    times = [START + timedelta(seconds=number) for number in range(len(values))]
    return {"MetricDataResults": [{"Id": id_, "Label": "training", "Timestamps": times, "Values": list(values)}]}


def _query(period_seconds: int) -> dict[str, Any]:
    dimensions = [{"Name": "Project", "Value": "p"}, {"Name": "Stage", "Value": "local"}]
    metric = {"Namespace": "BedrockRFT", "MetricName": "TrainingReward", "Dimensions": dimensions}
    stat = {"Metric": metric, "Period": period_seconds, "Stat": "Maximum"}
    return {
        "MetricDataQueries": [{"Id": "auto0", "Label": "training", "ReturnData": True, "MetricStat": stat}],
        "StartTime": SPAN.start,
        "EndTime": SPAN.end,
        "ScanBy": "TimestampAscending",
    }


def test_picture_holds_every_kind_of_widget(cloudwatch: tuple[Any, Stubber], tmp_path: Path) -> None:
    client, stubber = cloudwatch
    arn = "arn:aws:cloudwatch:us-east-1:000000000000:alarm:p-local-LengthSpike"
    body = _body(
        _widget("metric", GRAPH),
        _widget("metric", {**GRAPH, "view": "singleValue"}, x=8),
        _widget("alarm", {"title": "Alarms", "alarms": [arn]}, x=16),
        _widget("text", {"markdown": "# A **title**"}, y=6, height=2, width=24),
        _widget("explorer", {}, y=8, height=2),
    )
    alarms = {"MetricAlarms": [{"AlarmName": "p-local-LengthSpike", "StateValue": "ALARM"}]}
    stubber.add_response("get_dashboard", body, {"DashboardName": "d"})
    stubber.add_response("get_metric_data", _data(), _query(1))
    stubber.add_response("get_metric_data", _data(), _query(1))
    stubber.add_response(
        "describe_alarms",
        alarms,
        {"AlarmNames": ["p-local-LengthSpike"], "AlarmTypes": ["MetricAlarm", "CompositeAlarm"]},
    )

    written = write_dashboard(client, "d", SPAN, tmp_path / "new" / "dashboard.png")

    assert written.read_bytes().startswith(b"\x89PNG")


def test_picture_grows_with_the_rows_of_the_dashboard(cloudwatch: tuple[Any, Stubber], tmp_path: Path) -> None:
    client, stubber = cloudwatch
    for rows in (4, 8):
        text = _widget("text", {"markdown": "a"}, height=rows)
        stubber.add_response("get_dashboard", _body(text), {"DashboardName": "d"})

    pictures = [write_dashboard(client, "d", SPAN, tmp_path / f"{number}.png") for number in range(2)]

    low, high = (matplotlib.image.imread(picture).shape for picture in pictures)
    assert high[0] == 2 * low[0]
    assert high[1] == low[1]


def test_a_widget_that_cannot_be_read_does_not_cost_the_others(cloudwatch: tuple[Any, Stubber], tmp_path: Path) -> None:
    client, stubber = cloudwatch
    stubber.add_response("get_dashboard", _body(_widget("metric", GRAPH)), {"DashboardName": "d"})
    stubber.add_client_error("get_metric_data", "ValidationError", "no such statistic")

    assert write_dashboard(client, "d", SPAN, tmp_path / "dashboard.png").is_file()


def test_a_missing_dashboard_is_named(cloudwatch: tuple[Any, Stubber], tmp_path: Path) -> None:
    client, stubber = cloudwatch
    stubber.add_client_error("get_dashboard", "ResourceNotFound", "not there")

    with pytest.raises(RunError, match=r"dashboard d: .*not there"):
        write_dashboard(client, "d", SPAN, tmp_path / "dashboard.png")


def test_an_expression_is_asked_for_beside_the_metrics_it_uses(cloudwatch: tuple[Any, Stubber]) -> None:
    client, stubber = cloudwatch
    hidden = {"id": "m", "visible": False, "label": "training"}
    metrics = [["BedrockRFT", "TrainingReward", *DIMENSIONS, hidden], [{"expression": "m * 2", "id": "double"}]]
    expected = _query(1)
    expected["MetricDataQueries"][0] |= {"Id": "m", "ReturnData": False}
    expected["MetricDataQueries"].append(
        {"Id": "double", "Label": "m * 2", "ReturnData": True, "Expression": "m * 2", "Period": 1}
    )
    stubber.add_response("get_metric_data", _data("double"), expected)

    (line,) = lines(client, {**GRAPH, "metrics": metrics}, SPAN)

    assert line.values == [0.4, 0.6]


def test_points_of_several_pages_are_one_line_in_order(cloudwatch: tuple[Any, Stubber]) -> None:
    client, stubber = cloudwatch
    later = {"MetricDataResults": [{**_data()["MetricDataResults"][0], "Timestamps": [SPAN.end], "Values": [0.9]}]}
    stubber.add_response("get_metric_data", {**later, "NextToken": "t"}, _query(1))
    stubber.add_response("get_metric_data", _data(), _query(1) | {"NextToken": "t"})

    (line,) = lines(client, GRAPH, SPAN)

    assert line.values == [0.4, 0.6, 0.9]


@pytest.mark.parametrize(
    ("minutes", "seconds"),
    [
        pytest.param(1, 1, id="a rehearsal"),
        pytest.param(2, 5, id="rounded up"),
        pytest.param(180, 300, id="a real run"),
        pytest.param(60 * 24 * 400, 86400, id="longer than the longest period fits"),
    ],
)
def test_period_gives_about_sixty_points(minutes: int, seconds: int) -> None:
    assert Span(START, START + timedelta(minutes=minutes)).period_seconds == seconds


def test_span_is_the_runs_with_a_margin() -> None:
    span = span_of({"times": {"started": "2026-11-23T10:00:00Z", "ended": "2026-11-23T11:00:00Z"}})

    assert span == Span(START - timedelta(minutes=3), START + timedelta(minutes=63))


def test_without_times_the_span_is_the_last_three_hours() -> None:
    span = span_of({"times": {"started": None, "ended": "2026-11-23T11:00:00Z"}})

    assert span.end - span.start == timedelta(hours=3)


def test_text_loses_its_marks() -> None:
    assert plain("# Run\n- `a` and __b__") == "Run\n- a and b"
