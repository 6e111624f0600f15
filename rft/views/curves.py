"""The curves of a run as numbers, and the colours and the style that every chart has.

Colours are told apart with every common colour vision deficiency, and each series also has its own line style
(https://jfly.uni-koeln.de/color/).
"""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any, Final

from lambda_src.run.detectors import DETECTORS
from lambda_src.run.detectors.bands import Band, bands
from lambda_src.run.steps import Step
from rft.views.figures import is_number, section_of

INK, GRID, TRAINING, VALIDATION, BOUND, ALARM, HEALTHY = (
    "#1b2733",
    "#d5dbe1",
    "#0072b2",
    "#d55e00",
    "#6b7783",
    "#a4105f",
    "#0b6b4f",
)
"""The light theme. A page may give each one another value: charts write them as CSS variables."""

RUNS: Final = ("#0072b3", "#d55e01", "#009e73", "#cc79a7", "#8a6d00", "#56b4e8")
"""One for each of several runs in one chart; none is exactly one of the colours above, for the page's sake."""

VARIABLES = {
    INK: "--ink",
    GRID: "--grid",
    TRAINING: "--training",
    VALIDATION: "--validation",
    BOUND: "--bound",
    ALARM: "--alarm",
    HEALTHY: "--good",
    **{colour: f"--run-{number}" for number, colour in enumerate(RUNS, 1)},
}

STYLE: dict[Any, Any] = {
    "font.family": "sans-serif",
    "font.size": 11,
    "axes.titlesize": 12,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": GRID,
    "grid.linewidth": 0.8,
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": BOUND,
    "xtick.color": INK,
    "ytick.color": INK,
    "legend.frameon": False,
    "legend.fontsize": 10,
    "svg.fonttype": "none",
}

_KEYS: Final = dict(zip((field.name for field in fields(Step)), Step(0).to_json(), strict=True))
"""Keys of a record's ``curves`` rows by field of a step."""

_SETTINGS: Final = {detector.about.name: detector.setting for detector in DETECTORS}


def rows(record: Mapping[str, Any], key: str) -> tuple[list[int], list[float]]:
    """Steps and values of one curve; steps without a value are left out."""
    pairs = [(row["step"], row[key]) for row in record.get("curves") or [] if is_number(row.get(key))]
    return [int(step) for step, _ in pairs], [float(value) for _, value in pairs]


def steps_of(record: Mapping[str, Any]) -> list[Step]:
    """The steps of a record; a value that is no finite number is none."""
    kept = ("step", "time", "rewardHistogram")
    return [
        Step.from_json({key: value for key, value in row.items() if key in kept or is_number(value)})
        for row in record.get("curves") or []
    ]


def healthy(record: Mapping[str, Any]) -> dict[str, Band]:
    """The band in which each curve of the run is healthy, by key of the ``curves`` rows; a live run brings its own."""
    given = section_of(record, "bands")
    if given:
        return {
            key: Band(band.get("low"), band.get("high")) for key, band in given.items() if isinstance(band, Mapping)
        }
    thresholds = {
        _SETTINGS[finding["name"]]: finding["threshold"]
        for finding in record.get("detectors") or []
        if finding.get("name") in _SETTINGS and is_number(finding.get("threshold"))
    }
    return {_KEYS[name]: band for name, band in bands(steps_of(record), thresholds).items()}
