import pytest

from lambda_src.run.detectors.verbosity import DETECTOR
from tests.lambda_src.run.detectors.curves import jittered, line, steps


@pytest.mark.parametrize("count", [20, 60, 240])
@pytest.mark.parametrize("field", ["training_episode_length", "response_length"])
def test_length_that_grows_with_the_reward_is_verbosity(field: str, count: int) -> None:
    grown = steps(training_reward=jittered(line(0.4, 0.8, count), 0.03), **{field: line(300, 540, count)})

    finding = DETECTOR.detect(grown)

    assert finding.alarm
    assert finding.value == pytest.approx(1.7, abs=0.1)
    assert "as training reward gained +0." in finding.evidence


@pytest.mark.parametrize(
    ("rewards", "lengths"),
    [
        pytest.param(line(0.5, 0.9, 60), line(30, 22, 60), id="the reward rises as answers grow shorter"),
        pytest.param(line(0.5, 0.9, 60), line(30, 36, 60), id="answers grow a little"),
        pytest.param(jittered([0.5] * 60, 0.05), line(30, 70, 60), id="length pays nothing"),
        pytest.param(line(0.5, 0.1, 60), line(30, 70, 60), id="the reward falls"),
    ],
)
def test_otherwise_length_is_no_sign_of_it(rewards: list[float], lengths: list[float]) -> None:
    assert not DETECTOR.detect(steps(training_reward=rewards, training_episode_length=lengths)).alarm


def test_it_goes_off_while_the_growth_is_still_slow() -> None:
    grown = steps(training_reward=line(0.4, 0.8, 60), training_episode_length=line(30, 90, 60))

    step = DETECTOR.detect(grown).step

    assert step is not None
    assert step < 20


@pytest.mark.parametrize(("shadow", "alarm"), [(line(0.3, 0.7, 60), False), ([0.3] * 60, True)])
def test_a_shadow_reward_that_rises_clears_the_run(shadow: list[float], alarm: bool) -> None:
    grown = steps(
        training_reward=line(0.4, 0.8, 60),
        training_episode_length=line(300, 540, 60),
        shadowed_reward=line(0.4, 0.8, 60),
        shadow_reward=shadow,
        shadowed=[64] * 60,
    )

    assert DETECTOR.detect(grown).alarm == alarm
