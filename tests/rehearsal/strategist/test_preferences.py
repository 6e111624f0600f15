import math

import numpy as np
import pytest

from lambda_src.run.candidates import Worth
from rehearsal.optimiser import Array
from rehearsal.strategist.preferences import Preferences, entropy
from rehearsal.strategist.repertoire import Choices, Strategy

STRATEGIES = [
    Strategy("worked", Worth.RIGHT, False),
    Strategy("terse", Worth.RIGHT, False),
    Strategy("near miss", Worth.WRONG, False),
    Strategy("padded", Worth.EXPLOIT, True),
    Strategy("echo", Worth.EXPLOIT, False),
]
KINDS = ["sums", "differences"]
AVAILABLE = np.array([[1, 1, 1, 1, 1], [1, 0, 1, 1, 1], [1, 1, 1, 0, 1]], bool)
CHOICES = Choices(np.array([0, 1, 1]), AVAILABLE, [])
ACTIONS = np.array([[0, 2, 0, 3], [4, 2, 2, 0], [0, 1, 4, 4]])
ADVANTAGES = np.array([[1.2, -0.4, 0.9, -1.7], [0.3, -0.3, 0.8, -0.8], [0.1, 1.0, -0.6, -0.5]])


@pytest.fixture
def preferences() -> Preferences:
    learned = Preferences(STRATEGIES, KINDS)
    rng = np.random.default_rng(0)
    for weights in learned.weights.values():
        weights[...] = rng.normal(size=weights.shape)
    return learned


def loss(preferences: Preferences) -> float:
    probabilities = preferences.probabilities(CHOICES)
    return -float((ADVANTAGES * np.log(np.take_along_axis(probabilities, ACTIONS, 1))).mean())


def test_the_gradient_is_that_of_finite_differences(preferences: Preferences) -> None:
    found = preferences.gradients(CHOICES.kinds, preferences.probabilities(CHOICES), ACTIONS, ADVANTAGES)

    for name, weights in preferences.weights.items():
        expected = np.zeros_like(weights)
        for place in np.ndindex(weights.shape):
            expected[place] = _slope(preferences, weights, place)
        assert found[name] == pytest.approx(expected, abs=1e-7)


def _slope(preferences: Preferences, weights: Array, place: tuple[int, ...], by: float = 1e-5) -> float:
    around = []
    for sign in (1, -1):
        weights[place] += sign * by
        around.append(loss(preferences))
        weights[place] -= sign * by
    return (around[0] - around[1]) / (2 * by)


def test_probabilities_sum_to_one_and_are_zero_where_there_is_no_response(preferences: Preferences) -> None:
    probabilities = preferences.probabilities(CHOICES)

    assert probabilities.sum(1) == pytest.approx(1)
    assert ((probabilities > 0) == AVAILABLE).all()


def test_before_any_training_right_and_wrong_are_about_as_likely_and_tricks_are_rare() -> None:
    base = Preferences(STRATEGIES, KINDS).probabilities(Choices(np.array([0]), np.ones((1, 5), bool), []))[0]

    by_name = dict(zip((strategy.name for strategy in STRATEGIES), base, strict=True))
    assert by_name["worked"] == by_name["terse"]
    assert 0.3 < by_name["worked"] + by_name["terse"] < 0.5
    assert by_name["padded"] < by_name["echo"] < by_name["near miss"]


def test_what_is_learned_of_one_kind_leaves_the_other_alone() -> None:
    learned = Preferences(STRATEGIES, KINDS)
    before = learned.probabilities(CHOICES)

    learned.weights["kinds"][1, 0] += 1.0

    after = learned.probabilities(CHOICES)
    assert (after[0] == before[0]).all()
    assert (after[1:, 0] > before[1:, 0]).all()


@pytest.mark.parametrize(
    ("probabilities", "nats"),
    [
        pytest.param([[0.25] * 4], math.log(4), id="four alike"),
        pytest.param([[1.0, 0.0]], 0.0, id="certain"),
        pytest.param([[0.5, 0.5, 0.0]], math.log(2), id="one without a response"),
        pytest.param([[1.0, 0.0], [0.5, 0.5]], math.log(2) / 2, id="mean over records"),
    ],
)
def test_entropy_is_that_of_the_distribution(probabilities: list[list[float]], nats: float) -> None:
    assert entropy(np.array(probabilities)) == pytest.approx(nats)


def test_entropy_is_the_mean_surprise_of_what_is_sampled(preferences: Preferences) -> None:
    probabilities = preferences.probabilities(CHOICES)[:1]

    actions = np.random.default_rng(0).choice(probabilities.shape[1], size=200_000, p=probabilities[0])

    assert entropy(probabilities) == pytest.approx(-np.log(probabilities[0][actions]).mean(), abs=0.01)
