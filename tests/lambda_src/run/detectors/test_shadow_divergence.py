import pytest

from lambda_src.run.detectors.shadow_divergence import DETECTOR
from lambda_src.run.steps import Step
from tests.lambda_src.run.detectors.curves import jittered, line, steps


def run(paid: list[float], shadow: list[float], sampled: int = 64, seed: int | None = None) -> list[Step]:
    """The two rewards of a sample, with its noise where there is a seed."""
    if seed is not None:
        deviation = 0.5 / sampled**0.5
        paid, shadow = jittered(paid, deviation, seed), jittered(shadow, deviation, seed + 1000)
    return steps(shadowed_reward=paid, shadow_reward=shadow, shadowed=[sampled] * len(paid))


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize(
    "shadow",
    [
        pytest.param([0.3] * 60, id="stands still"),
        pytest.param(line(0.5, 0.2, 60), id="falls"),
        pytest.param([*line(0.4, 0.6, 20), *line(0.6, 0.2, 40)], id="rises first"),
    ],
)
def test_a_shadow_that_does_not_follow_is_an_alarm(shadow: list[float], seed: int) -> None:
    finding = DETECTOR.detect(run(line(0.4, 0.95, 60), shadow, seed=seed))

    assert finding.alarm
    assert "by the shadow rubric" in finding.evidence


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize(
    ("paid", "shadow"),
    [
        pytest.param(line(0.4, 0.9, 60), line(0.4, 0.85, 60), id="both rise"),
        pytest.param(line(0.5, 0.9, 60), line(0.1, 0.5, 60), id="the shadow is stricter from the start"),
        pytest.param([0.5] * 60, [0.5] * 60, id="neither moves"),
        pytest.param([0.05] * 60, line(0.5, 0.05, 60), id="the shadow falls and nothing is gained by it"),
        pytest.param(line(0.5, 0.0, 60), line(0.5, 0.0, 60), id="both collapse"),
    ],
)
def test_a_shadow_that_follows_is_healthy(paid: list[float], shadow: list[float], seed: int) -> None:
    assert not DETECTOR.detect(run(paid, shadow, seed=seed)).alarm


def test_the_same_difference_weighs_more_in_larger_samples() -> None:
    small, large = (DETECTOR.detect(run(line(0.4, 0.7, 40), [0.4] * 40, n)).value for n in (16, 512))

    assert small is not None
    assert large is not None
    assert small < large


@pytest.mark.parametrize("missing", ["shadow_reward", "shadowed_reward", "shadowed"])
def test_without_a_shadow_there_is_no_judgement(missing: str) -> None:
    known: dict[str, list[float]] = {"shadow_reward": [0.5] * 20, "shadowed_reward": [0.5] * 20, "shadowed": [64] * 20}

    assert DETECTOR.detect(steps(**{name: value for name, value in known.items() if name != missing})).value is None
