import warnings
from pathlib import Path
from typing import Any

import matplotlib.image
import pytest
from matplotlib.colors import to_rgb

from rft.views import dataset_plots
from rft.views.charts import svg
from rft.views.curves import TRAINING
from rft.views.dataset_limits import document
from tests.rft.samples import EVIL, report


def is_drawn(picture: Path) -> bool:
    """Whether it shows bars or dots: more than a few points have their colour."""
    pixels = matplotlib.image.imread(picture)[..., :3]
    return bool((abs(pixels - to_rgb(TRAINING)) < 0.01).all(axis=-1).sum() > 40)


def test_every_chart_is_a_picture_of_something(tmp_path: Path) -> None:
    written = dataset_plots.write_pngs(document(report(), {"maxPromptLength": 1024}), tmp_path / "new" / "folder")

    names = ["prompt-lengths", "reference-lengths", "similar-prompts", "shares-1"]
    assert [file.stem for file in written] == names
    assert all(map(is_drawn, written))


def test_a_limit_far_above_every_length_is_named_at_the_edge_so_that_bars_stay_wide() -> None:
    near, far = (next(iter(dataset_plots.lengths(report().to_json(), {"maxPromptLength": n}))) for n in (2048, 100_000))

    assert ">maxPromptLength 2,048<" in svg(near)
    assert ">maxPromptLength 100,000 →<" in svg(far)


def test_groups_of_many_sizes_are_counted_together() -> None:
    sizes = {str(size): 1 for size in range(2, 200)}

    (chart,) = dataset_plots.similar({"content": {"similar": {"groups": sizes}}})

    drawn = svg(chart)
    assert all(f">{label}<" in drawn for label in ("2", "3", "4 to 5", "6 to 10", "over 50", "149"))


def test_any_value_can_be_drawn_without_a_word_on_standard_error() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        (drawn,) = map(svg, dataset_plots.shares(report(EVIL).to_json()))

    assert ">$\\frac{1}$ $x<" in drawn
    assert ">a\\x1b[2J\\x1b[31mb<" in drawn
    assert ">漢字 \U0001f600<" in drawn


@pytest.mark.parametrize(
    "dataset",
    [
        pytest.param({}, id="nothing"),
        pytest.param({"content": {"shares": [{"name": "label", "shares": {}}]}}, id="no values"),
        pytest.param({"content": {"lengths": {"train": {"prompt": {"histogram": []}}}}}, id="no lengths"),
    ],
)
def test_without_data_nothing_is_drawn(dataset: dict[str, Any], tmp_path: Path) -> None:
    assert dataset_plots.write_pngs(dataset, tmp_path) == []


def test_one_length_for_all_records_makes_one_bar(tmp_path: Path) -> None:
    lengths = {"least": 7, "histogram": [[7, 120]], "p50": 7}

    (written,) = dataset_plots.write_pngs({"content": {"lengths": {"train": {"prompt": lengths}}}}, tmp_path)

    assert is_drawn(written)
