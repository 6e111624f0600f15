from lambda_src.run.detectors.bands import bands
from lambda_src.run.detectors.entropy_collapse import DETECTOR
from lambda_src.run.steps import Step


def test_the_band_of_diversity_ends_where_its_fall_is_an_alarm() -> None:
    start = [Step(n, answer_diversity=0.8) for n in range(1, 6)]
    low = bands(start, {})["answer_diversity"].low
    assert low is not None

    for value, alarm in ((low * 1.01, False), (low * 0.99, True)):
        later = [Step(n, answer_diversity=value) for n in range(6, 16)]
        assert DETECTOR.detect([*start, *later]).alarm is alarm
