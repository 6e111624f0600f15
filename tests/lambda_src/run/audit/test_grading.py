import math
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from lambda_src.reward.batched import Deadline
from lambda_src.reward.rollout import TransientError
from lambda_src.run.audit import grading
from lambda_src.run.audit.grading import Grader, TimeShortError, UnusableGraderError
from lambda_src.run.audit.trials import Trial
from lambda_src.run.candidates import Candidate, Worth

Items = Sequence[Mapping[str, Any]]
TRIALS = [Trial(f"r{n}", Candidate("near miss", Worth.WRONG, str(n)), {"id": f"preflight/{n}/0"}) for n in range(2)]
GOOD = [{"id": f"preflight/{n}/0", "aggregate_reward_score": n / 2} for n in range(2)]


def test_a_batch_is_answered_in_order() -> None:
    assert [(one.trial.record, one.reward) for one in Grader(lambda _: GOOD).rewards(TRIALS)] == [
        ("r0", 0.0),
        ("r1", 0.5),
    ]


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        pytest.param({"errorMessage": "x"}, "returned a dict", id="not a list"),
        pytest.param([], "0 scores for 2 items", id="wrong length"),
        pytest.param([{"aggregate_reward_score": 1.0}] * 2, "expected the id preflight/0/0", id="ids missing"),
        pytest.param(GOOD[::-1], "returned 'preflight/1/0'; expected the id preflight/0/0", id="another order"),
        pytest.param([1.0, 0.0], "expected the id", id="bare numbers"),
        pytest.param([GOOD[0] | {"aggregate_reward_score": math.nan}] * 2, "is nan", id="not a number"),
        pytest.param(
            [GOOD[0] | {"aggregate_reward_score": 1.5}] * 2, "is 1.5; expected a number from 0 to 1", id="above 1"
        ),
        pytest.param([GOOD[0] | {"aggregate_reward_score": -1}] * 2, "is -1", id="below 0"),
        pytest.param([GOOD[0] | {"aggregate_reward_score": "1"}] * 2, "is '1'", id="text"),
        pytest.param([GOOD[0] | {"aggregate_reward_score": True}] * 2, "is True", id="boolean"),
        pytest.param([{"id": "preflight/0/0"}] * 2, "is None", id="no score"),
    ],
)
def test_a_malformed_answer_is_refused_with_what_is_wrong(answer: object, message: str) -> None:
    with pytest.raises(UnusableGraderError) as refused:
        Grader(lambda _: answer).rewards(TRIALS)

    assert message in str(refused.value)


def test_a_malformed_score_names_record_and_strategy() -> None:
    with pytest.raises(UnusableGraderError, match=r"^record r1, near miss: aggregate_reward_score"):
        Grader(lambda _: [GOOD[0], {"id": "preflight/1/0"}]).rewards(TRIALS)


def test_a_grader_that_raises_is_refused_with_its_error() -> None:
    def grade(_: Items) -> object:
        raise ZeroDivisionError("division by zero")

    with pytest.raises(UnusableGraderError, match="the grader failed: ZeroDivisionError: division by zero"):
        Grader(grade).rewards(TRIALS)


class Throttled:
    """Asks for patience a number of times, then answers."""

    def __init__(self, times: int) -> None:
        self.left = times

    def __call__(self, _: Items) -> object:
        if self.left:
            self.left -= 1
            raise TransientError("the judge is throttled")
        return GOOD


def test_a_grader_that_asks_for_another_try_gets_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grading, "_PAUSE_SECONDS", 0)

    assert len(Grader(Throttled(2)).rewards(TRIALS)) == 2


def test_a_grader_gets_three_tries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grading, "_PAUSE_SECONDS", 0)

    with pytest.raises(UnusableGraderError, match="could not answer 3 times: the judge is throttled"):
        Grader(Throttled(9)).rewards(TRIALS)


def test_nobody_waits_beyond_the_deadline_for_another_try() -> None:
    with pytest.raises(UnusableGraderError, match="could not answer 1 times"):
        Grader(Throttled(9), deadline=Deadline.after(0.5)).rewards(TRIALS)


def test_a_batch_that_might_not_be_back_in_time_is_not_sent() -> None:
    times = iter([0.0, 20.0])
    grader = Grader(lambda _: GOOD, deadline=Deadline.after(10), clock=lambda: next(times))
    grader.rewards(TRIALS)

    with pytest.raises(TimeShortError, match="and a batch takes 20 s"):
        grader.rewards(TRIALS)


def test_calls_are_timed_with_the_records_they_were_for() -> None:
    times = iter([1.0, 3.5])
    grader = Grader(lambda _: GOOD, clock=lambda: next(times))

    grader.rewards(TRIALS)

    assert [(batch.seconds, batch.records) for batch in grader.batches] == [(2.5, ("r0", "r1"))]


@pytest.mark.parametrize(
    ("metrics", "tokens"),
    [
        pytest.param(
            [{"name": "judgeInputTokens", "value": 900}, {"name": "judgeOutputTokens", "value": 40}],
            (900.0, 40.0),
            id="both",
        ),
        pytest.param([{"name": "judgeInputTokens", "value": 900}, "odd"], (900.0, 0.0), id="one, beside an oddity"),
        pytest.param([{"name": "judge.score", "value": 0.5}], None, id="another metric"),
        pytest.param([{"name": "judgeInputTokens", "value": "900"}], None, id="text"),
        pytest.param({"judgeInputTokens": 900}, None, id="no list"),
        pytest.param(None, None, id="nothing"),
    ],
)
def test_tokens_are_read_from_the_metrics(metrics: object, tokens: tuple[float, float] | None) -> None:
    answer = [GOOD[0] | {"metrics_list": metrics}]

    assert Grader(lambda _: answer).rewards(TRIALS[:1])[0].tokens == tokens


def test_the_grader_s_own_error_is_kept_for_the_reader() -> None:
    (graded,) = Grader(lambda _: [GOOD[0] | {"error": "KeyError: 'unit'"}]).rewards(TRIALS[:1])

    assert graded.example("the full reward of 1").message.endswith("expected the full reward of 1 (KeyError: 'unit')")
