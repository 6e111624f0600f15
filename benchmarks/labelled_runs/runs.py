"""Labelled runs: what a scenario expects, confirmed by what is known of the run."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from benchmarks.labelled_runs.labels import signs
from benchmarks.labelled_runs.make import Made
from benchmarks.labelled_runs.scenarios import Half, Planned
from benchmarks.labelled_runs.truth import Truth
from lambda_src.run.steps import Step

_DOUBTFUL: Final = "the sign is there, and not beyond doubt"
_UNCONFIRMED: Final = "expected of the scenario, and not confirmed"


@dataclass(frozen=True, slots=True)
class Run:
    """One run.

    Attributes:
        labels: What is wrong, by the name of the detector that is to find it, each with its first step.
        allowed: Detectors of which an alarm is neither right nor wrong, each with the reason.
        is_healthy: By its scenario, and confirmed.
    """

    scenario: str
    seed: int
    half: Half
    labels: Mapping[str, int]
    allowed: Mapping[str, str]
    unconfirmed: Sequence[str]
    is_healthy: bool
    steps: Sequence[Step]
    truth: Sequence[Truth]

    @property
    def name(self) -> str:
        return f"{self.scenario}/{self.seed}"

    def to_json(self) -> dict[str, Any]:
        """A line of a file that thresholds are fitted with."""
        return {
            "scenario": self.scenario,
            "seed": self.seed,
            "half": self.half.value,
            "healthy": self.is_healthy,
            "labels": sorted(self.labels),
            "onsets": dict(self.labels),
            "allowed": sorted(self.allowed),
            "truth": {name: [getattr(each, name) for each in self.truth] for name in asdict(self.truth[0])},
            "steps": [step.to_json() for step in self.steps],
        }


def labelled(planned: Planned, made: Made) -> Run:
    """Label a run: what its signs say beyond doubt; what they or its scenario say otherwise is allowed."""
    found, scenario = signs(made.truth), planned.scenario
    labels = {name: sign.onset for name, sign in found.items() if sign.is_clear}
    unconfirmed = [name for name in scenario.expects if name not in labels]
    doubtful = dict.fromkeys(found, _DOUBTFUL) | dict.fromkeys(unconfirmed, _UNCONFIRMED) | dict(scenario.allowed)
    return Run(
        scenario=scenario.name,
        seed=planned.seed,
        half=planned.half,
        labels=labels,
        allowed={name: reason for name, reason in doubtful.items() if name not in labels},
        unconfirmed=unconfirmed,
        is_healthy=scenario.is_healthy and not labels,
        steps=made.steps,
        truth=made.truth,
    )


def write(runs: Sequence[Run], path: Path) -> None:
    """One run a line."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(run.to_json()) + "\n" for run in runs), encoding="utf-8")
