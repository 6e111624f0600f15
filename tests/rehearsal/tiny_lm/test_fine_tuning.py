from pathlib import Path

import numpy as np
import pytest

from rehearsal.tiny_lm.fine_tuning import Full
from rehearsal.tiny_lm.model import Weights, initial_weights


@pytest.fixture
def base() -> Weights:
    return initial_weights(np.random.default_rng(0))


def test_full_fine_tuning_starts_from_the_base_model(base: Weights) -> None:
    tuning = Full(base, rng=np.random.default_rng(1))

    for name, weight in tuning.merged().items():
        np.testing.assert_array_equal(weight, base[name])


def test_full_fine_tuning_trains_every_weight_and_leaves_the_base_alone(base: Weights) -> None:
    before = {name: weight.copy() for name, weight in base.items()}
    tuning = Full(base, rng=np.random.default_rng(1))
    gradients = {name: np.ones_like(weight) for name, weight in base.items()}

    for name, gradient in tuning.project(gradients).items():
        tuning.weights[name] -= gradient

    for name, weight in tuning.merged().items():
        np.testing.assert_array_equal(base[name], before[name])
        np.testing.assert_allclose(weight, before[name] - 1.0, rtol=1e-6)


def test_what_was_trained_is_saved_whole(base: Weights, tmp_path: Path) -> None:
    tuning = Full(base, rng=np.random.default_rng(1))

    tuning.save(tmp_path / "weights.npz")

    assert set(np.load(tmp_path / "weights.npz").files) == set(base)
