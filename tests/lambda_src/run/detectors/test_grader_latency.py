from lambda_src.run.detectors.grader_latency import DETECTOR, TIMEOUT_SECONDS
from tests.lambda_src.run.detectors.curves import line, steps


def test_one_batch_near_the_time_out_is_an_alarm() -> None:
    finding = DETECTOR.detect(steps(grader_milliseconds=[4000.0] * 10 + [250_000.0] + [4000.0] * 10))

    assert (finding.alarm, finding.step) == (True, 11)
    assert finding.evidence == "slowest batch took 250 s of 300 s"


def test_a_grader_that_slows_down_is_one_before_it_times_out() -> None:
    milliseconds = line(10_000, 1000 * TIMEOUT_SECONDS, 30)

    finding = DETECTOR.detect(steps(grader_milliseconds=milliseconds))

    assert finding.alarm
    assert finding.step is not None
    assert finding.step < len(milliseconds)
