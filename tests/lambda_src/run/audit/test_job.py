from typing import Any

import pytest

from lambda_src.run.audit import Job
from lambda_src.run.audit.job import SERVICE_DEFAULTS


@pytest.mark.parametrize(
    ("given", "records", "validation", "expected"),
    [
        pytest.param({"epochCount": 2, "batchSize": 50}, 100, 0, (4, 0, 1600, 28), id="no validation file"),
        pytest.param({"epochCount": 2, "batchSize": 50}, 100, 10, (4, 2, 1620, 30), id="before and after"),
        pytest.param(
            {"epochCount": 2, "batchSize": 50, "evalInterval": 2}, 100, 10, (4, 3, 1630, 31), id="every two steps"
        ),
        pytest.param({"batchSize": 64}, 100, 0, (2, 0, 1024, 16), id="the last step counts as a whole one"),
        pytest.param({"epochCount": 3, "batchSize": 512}, 100, 0, (1, 0, 4096, 64), id="an epoch of less than a step"),
        pytest.param({}, 0, 10, (0, 0, 0, 0), id="unknown size"),
        pytest.param({"epochCount": None}, 128, 0, (1, 0, 1024, 16), id="null is the default"),
    ],
)
def test_the_size_of_a_job(
    given: dict[str, Any], records: int, validation: int, expected: tuple[int, int, int, int]
) -> None:
    """Steps, validations, rollouts and calls of the grader."""
    job = Job.of(given, records=records, validation_records=validation)

    assert (job.steps, job.validations, job.rollouts, job.grader_calls) == expected


def test_what_is_not_given_is_as_in_the_sdk() -> None:
    assert Job() == Job.of(SERVICE_DEFAULTS, records=0)
