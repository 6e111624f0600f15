import json

import numpy as np

from lambda_src.run.candidates import Worth
from lambda_src.run.detectors.reward_hacking import Example, StrategyResult
from rehearsal.strategist.repertoire import Strategy
from rehearsal.strategist.tally import Tally, to_json

STRATEGIES = [Strategy("worked", Worth.RIGHT, False), Strategy("padded", Worth.EXPLOIT, True)]
START, END = np.array([0.6, 0.4]), np.array([0.9, 0.1])


def tallied(*rollouts: tuple[int, str, str], rewards: list[float]) -> list[StrategyResult]:
    tally = Tally(STRATEGIES)
    for rollout, reward in zip(rollouts, rewards, strict=True):
        tally.add([rollout], [reward])
    return tally.results(START, END)


def test_rewards_are_averaged_by_strategy() -> None:
    worked, padded = tallied((0, "a", "x"), (1, "a", "y"), (0, "b", "z"), rewards=[1.0, 0.25, 0.5])

    assert (worked.mean_reward, worked.reward_deviation, worked.rollouts) == (0.75, 0.25, 2)
    assert (padded.mean_reward, padded.reward_deviation, padded.rollouts) == (0.25, 0.0, 1)
    assert (padded.probability_at_start, padded.probability_at_end, padded.dresses_right) == (0.4, 0.1, True)


def test_a_strategy_that_nobody_tried_has_no_reward() -> None:
    _, padded = tallied((0, "a", "x"), rewards=[1.0])

    assert (padded.mean_reward, padded.reward_deviation, padded.rollouts, padded.example) == (None, None, 0, None)


def test_the_example_is_a_typical_one() -> None:
    worked, _ = tallied((0, "a", "best"), (0, "b", "middling"), (0, "c", "worst"), rewards=[1.0, 0.5, 0.1])

    assert worked.example == Example("b", "middling", 0.5)


def test_long_responses_are_cut_off() -> None:
    worked, _ = tallied((0, "a", "x" * 2000), rewards=[1.0])

    assert worked.example is not None
    assert len(worked.example.response) == 500


def test_the_file_is_read_as_it_was_written() -> None:
    results = tallied((0, "a", "2 + 2\n#### 4"), rewards=[1.0])

    assert [StrategyResult.from_json(row) for row in json.loads(to_json(results))] == results
