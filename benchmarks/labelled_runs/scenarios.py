"""Every scenario, and which half of the runs thresholds may be fitted on."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from benchmarks.labelled_runs.faulty import FAULTY
from benchmarks.labelled_runs.healthy import HEALTHY
from benchmarks.labelled_runs.scenario import Scenario
from benchmarks.labelled_runs.setting import Setting

SCENARIOS: Final[tuple[Scenario, ...]] = (*HEALTHY, *FAULTY)


class Half(StrEnum):
    """What a run is for."""

    FIT = "fit"
    TEST = "test"


@dataclass(frozen=True, slots=True)
class Planned:
    """A run that is to be made."""

    scenario: Scenario
    seed: int
    setting: Setting
    half: Half


def planned() -> Iterator[Planned]:
    """Every run; of each scenario half of them are for fitting, chosen by a hash of its name and the seed."""
    for scenario in SCENARIOS:
        runs = dict(scenario.runs())
        shuffled = sorted(runs, key=lambda seed: _hash(f"{scenario.name}/{seed}"))
        extra = _hash(scenario.name) % 2 if len(runs) % 2 else 0
        fitted = set(shuffled[: len(runs) // 2 + extra])
        for seed, setting in runs.items():
            yield Planned(scenario, seed, setting, Half.FIT if seed in fitted else Half.TEST)


def _hash(text: str) -> int:
    return int(hashlib.sha256(text.encode()).hexdigest()[:12], 16)
