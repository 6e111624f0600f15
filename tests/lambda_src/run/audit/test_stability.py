import random
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest

from lambda_src.run.audit import RuleResult, Verdict
from lambda_src.run.audit.grading import Grader, batches_of
from lambda_src.run.audit.stability import stability
from lambda_src.run.audit.trials import Trial
from lambda_src.run.candidates import Candidate, Worth

Items = Sequence[Mapping[str, Any]]
TRIALS = [Trial(f"r{n}", Candidate("right", Worth.RIGHT, str(n)), {"id": f"preflight/{n}/0"}) for n in range(40)]
BATCHES = 2


def answers(items: Items, rewards: Sequence[float], **extra: Any) -> list[dict[str, Any]]:
    pairs = zip(items, rewards, strict=True)
    return [{"id": item["id"], "aggregate_reward_score": reward, **extra} for item, reward in pairs]


def tried(grade: Callable[[Items], Any], judged: float | None = None, trials: Sequence[Trial] = TRIALS) -> RuleResult:
    grader = Grader(grade)
    graded = [one for batch in batches_of(trials) for one in grader.rewards(batch)]
    return stability(grader, graded, batches=BATCHES, judged=judged)


def test_a_steady_grader_passes_with_what_was_asked_again() -> None:
    result = tried(lambda items: answers(items, [0.5] * len(items)))

    assert result.verdict is Verdict.PASSED
    assert result.reason == "32 responses graded again (again, reversed, shuffled, alone): the same rewards"


def test_a_random_grader_differs_each_time() -> None:
    chance = random.Random(1)  # noqa: S311 - no secret

    result = tried(lambda items: answers(items, [chance.random() for _ in items]))

    assert result.verdict is Verdict.FAILED
    assert result.measured["differing again"] == 32


def test_a_grader_that_looks_at_the_place_in_the_batch_differs_where_the_place_does() -> None:
    result = tried(lambda items: answers(items, [n / len(items) for n, _ in enumerate(items)]))

    assert result.verdict is Verdict.FAILED
    assert result.measured["differing again"] == 0
    assert result.measured["differing reversed"] == 32


def test_a_grader_that_looks_at_the_size_of_the_batch_is_caught_by_responses_on_their_own() -> None:
    result = tried(lambda items: answers(items, [1 / len(items)] * len(items)), trials=TRIALS[:32])

    assert {way for way, count in result.measured.items() if way.startswith("differing") and count} == {
        "differing alone"
    }


def test_a_grader_that_looks_at_the_neighbours_is_caught_by_shuffling() -> None:
    """Standardised rewards do that: each depends on the whole batch, in whatever order."""

    def grade(items: Items) -> Any:
        numbers = [int(item["id"].split("/")[1]) for item in items]
        return answers(items, [number / (sum(numbers) + 1) for number in numbers])

    measured = tried(grade).measured

    assert measured["differing reversed"] == 0
    assert measured["differing shuffled"] > 0


def test_what_differs_is_named_with_both_rewards() -> None:
    seen: set[str] = set()

    def grade(items: Items) -> Any:
        rewards = [0.25 if item["id"] in seen else 1.0 for item in items]
        seen.update(item["id"] for item in items)
        return answers(items, rewards)

    assert tried(grade).examples[0].message == "record r0, right: earns 0.25; expected 1 as at first, graded again"


@pytest.mark.parametrize(
    ("spread", "verdict"),
    [
        pytest.param(0.05, Verdict.PASSED, id="a little"),
        pytest.param(0.2, Verdict.FAILED, id="more than that"),
    ],
)
def test_a_judge_may_differ_a_little_from_itself(spread: float, verdict: Verdict) -> None:
    calls = iter(range(1000))

    def grade(items: Items) -> Any:
        return answers(items, [0.5 + spread * (next(calls) % 2) for _ in items])

    assert tried(grade, judged=0.1).verdict is verdict


def test_verdicts_that_were_only_remembered_are_no_proof_of_a_steady_judge() -> None:
    tokens = [{"name": "judgeInputTokens", "value": 900, "type": "Metric"}]

    asked = tried(lambda items: answers(items, [1.0] * len(items), metrics_list=tokens), judged=0.1)
    remembered = tried(lambda items: answers(items, [1.0] * len(items)), judged=0.1)

    assert "remembered" not in asked.reason
    assert "the judge itself was not asked again" in remembered.reason
