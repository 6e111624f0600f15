import time

import pytest

from lambda_src.reward.batched import NEVER, Deadline
from lambda_src.reward.rollout import TransientError


def test_a_deadline_counts_down() -> None:
    deadline = Deadline.after(60)

    first = deadline.remaining
    time.sleep(0.01)

    assert 0 < deadline.remaining < first <= 60


def test_too_little_time_is_a_transient_failure_that_says_how_much() -> None:
    with pytest.raises(TransientError, match=r"the judge: 0\.0 s are left; expected at least 2\.0 s"):
        Deadline.after(-1).require(2, "the judge")


def test_without_a_deadline_there_is_always_time() -> None:
    NEVER.require(1e9, "anything")
