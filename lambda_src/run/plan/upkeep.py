"""What a stack costs a month, whether anything trains or not."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from ...reward import metrics
from ..detectors import WATCHED
from .item import Bound, Item
from .order import Order

ALARMS: Final = 21
COMPOSITE_ALARMS: Final = 2
DASHBOARDS: Final = 1
KEYS: Final = 1

_GRADER: Final = (metrics.GRADER_REWARD, metrics.GRADER_ERRORS, metrics.GRADER_DURATION, metrics.ROLLOUTS)
"""Published twice: of the preflight's rollouts and of the job's."""
_CURVES: Final = (
    metrics.TRAINING_REWARD,
    metrics.VALIDATION_REWARD,
    metrics.TRAINING_EPISODE_LENGTH,
    metrics.VALIDATION_EPISODE_LENGTH,
    metrics.POLICY_ENTROPY,
    metrics.GRADIENT_NORM,
)
_LIVE: Final = (
    metrics.TRAINING_REWARD,
    metrics.VALIDATION_REWARD,
    metrics.REWARD_SPREAD,
    metrics.DEGENERATE_SHARE,
    metrics.RESPONSE_LENGTH,
    metrics.UNPARSED_SHARE,
    metrics.TRUNCATED_SHARE,
    metrics.ANSWER_DIVERSITY,
    metrics.SHADOW_REWARD,
    metrics.SHADOWED_REWARD,
)
_REST: Final = (
    metrics.ROLLOUTS_LOST,
    metrics.PROGRESS,
    metrics.COST,
    metrics.UNWATCHED,
    metrics.JOB_FAILED,
    metrics.JOB_HOURS,
)
_BANDED: Final = {*_CURVES, *_LIVE}
"""Of which the band's end may be published, too."""
METRICS: Final = 2 * len(_GRADER) + len(_CURVES) + len(_LIVE) + len(_BANDED) + len(WATCHED) + len(_REST)

_LOG_BYTES: Final = 2000  # of one call of the grader: 1.4 kB of metrics, and Lambda's own lines
_GB: Final = 1_000_000_000
_COPIES: Final = 2  # of a dataset: in the assets and in the data bucket


@dataclass(frozen=True, slots=True)
class _Fixed:
    """What there is a number of in every stack."""

    name: str
    price: str
    number: float
    basis: str
    bound: Bound = Bound.ABOUT


def upkeep(order: Order) -> tuple[Item, ...]:
    """Every part of it."""
    return tuple(_priced(order, fixed) for fixed in _parts(order))


def _parts(order: Order) -> Iterator[_Fixed]:
    yield _Fixed("custom model", "custom-model", 1, "for each that is kept")
    yield _Fixed("KMS key", "kms-key", KEYS, "kept when the stack goes; as much again for each yearly rotation")
    yield _Fixed("dashboard", "dashboard", DASHBOARDS, "")
    yield _Fixed("alarms", "alarm", ALARMS, f"{ALARMS} of them")
    yield _Fixed("composite alarms", "composite-alarm", COMPOSITE_ALARMS, f"{COMPOSITE_ALARMS} of them")
    basis = f"{METRICS} of them, in a month in which something is measured every hour"
    yield _Fixed("custom metrics", "custom-metric", METRICS, basis, Bound.MOST)
    gigabytes = _COPIES * order.dataset_bytes / _GB
    yield _Fixed("S3", "s3-gb", gigabytes, f"{order.dataset_bytes / 1e6:,.1f} MB of records, twice")
    gigabytes = order.job.grader_calls * _LOG_BYTES / _GB
    yield _Fixed("logs", "log-gb", gigabytes, f"{order.job.grader_calls:,} calls of the grader, in the month of a run")


def _priced(order: Order, fixed: _Fixed) -> Item:
    price = order.prices.services.get(fixed.price)
    if price is None:
        return Item(fixed.name, None, f"no prices of {order.prices.region} are known")
    return Item(fixed.name, fixed.number * price.usd, fixed.basis, fixed.bound, (price.source,))
