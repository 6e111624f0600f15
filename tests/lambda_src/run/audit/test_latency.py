import pytest

from lambda_src.run.audit import Job, Limits, Verdict
from lambda_src.run.audit.latency import Batch, Latency
from lambda_src.run.audit.speed import speed

JOB = Job(records=1000, batch_size=100, samples=10)
"""10,000 rollouts."""


def batch(seconds: float, items: int = 16, record: str = "r1") -> Batch:
    return Batch(seconds, (record,) * items)


def latency(*batches: Batch, job: Job = JOB) -> Latency:
    found = Latency.of(batches, job)
    assert found is not None
    return found


def test_a_response_s_time_is_its_share_of_the_batch() -> None:
    found = latency(batch(9), batch(1.6), batch(1.6), batch(3.2))

    assert (found.p50, found.p99) == (0.1, 0.2)
    assert found.batch == pytest.approx(12.8)


def test_the_start_of_the_function_is_told_apart() -> None:
    found = latency(batch(30), batch(1.6))

    assert (found.first, found.p99) == (30, 0.1)


def test_responses_graded_alone_do_not_count_because_a_call_has_a_price_of_its_own() -> None:
    assert latency(batch(1.6), batch(1.6), batch(1.0, items=1)).p99 == 0.1


def test_a_single_batch_is_better_than_none() -> None:
    assert latency(batch(1.6)).p50 == 0.1
    assert Latency.of([], JOB) is None


def test_the_records_of_the_slowest_batch_are_named() -> None:
    assert latency(batch(1.6), batch(8.0, record="slow"), batch(1.6)).slowest == ("slow",)


@pytest.mark.parametrize(
    ("seconds", "verdict", "said"),
    [
        pytest.param(0.16, Verdict.PASSED, "100 s for the job's 10,000 rollouts", id="fast"),
        pytest.param(60.0, Verdict.PASSED, "10 h for the job's 10,000 rollouts", id="slow but bearable"),
        pytest.param(66.0, Verdict.FAILED, "260 s for a batch of 64, expected at most 240 s", id="near the time-out"),
        pytest.param(80.0, Verdict.FAILED, "14 h for the job's 10,000 rollouts, expected at most 12 h", id="too long"),
    ],
)
def test_a_job_must_not_wait_for_its_grader(seconds: float, verdict: Verdict, said: str) -> None:
    result = speed(latency(batch(1.0), batch(seconds)), Limits())

    assert result.verdict is verdict
    assert said in result.reason


def test_a_slow_grader_s_records_are_named() -> None:
    assert "slowest: train-7" in speed(latency(batch(99, record="train-7")), Limits()).reason


def test_without_a_batch_nothing_is_known() -> None:
    assert speed(None, Limits()).verdict is Verdict.NOT_TRIED


@pytest.mark.parametrize(
    ("given", "steps", "rollouts"),
    [
        pytest.param({"epochCount": 1, "batchSize": 100, "trainingSamplePerPrompt": 4}, 10, 4000, id="plain"),
        pytest.param({"epochCount": 1, "batchSize": 64, "trainingSamplePerPrompt": 4}, 16, 4096, id="rounded up"),
        pytest.param({}, 8, 8192, id="Nova Forge's defaults"),
        pytest.param({"epochCount": None, "batchSize": None}, 8, 8192, id="null"),
    ],
)
def test_rollouts_of_a_job(given: dict[str, int], steps: int, rollouts: int) -> None:
    job = Job.of(given, records=1000)

    assert (job.steps, job.rollouts) == (steps, rollouts)


def test_every_validation_asks_for_each_of_its_records() -> None:
    given = {"batchSize": 100, "evalInterval": 5}

    with_, without = (Job.of(given, records=1000, validation_records=count) for count in (50, 0))

    assert with_.rollouts - without.rollouts == 3 * 50
