import hashlib
import json
from dataclasses import asdict

import numpy as np

from rehearsal.tiny_lm.make_base import PHASES, SEED, Phase, pretrain
from rehearsal.tiny_lm.model import BASE, initial_weights, load_base
from rehearsal.tiny_lm.teacher import FLAWLESS

MIB = 2**20


def test_committed_weights_are_those_of_the_manifest() -> None:
    manifest = json.loads(BASE.with_suffix(".json").read_text(encoding="utf-8"))

    assert manifest["sha256"] == hashlib.sha256(BASE.read_bytes()).hexdigest()
    assert manifest["seed"] == SEED
    assert manifest["phases"] == json.loads(json.dumps([asdict(phase) for phase in PHASES]))


def test_committed_weights_are_small() -> None:
    assert BASE.stat().st_size < 1 * MIB


def test_committed_weights_have_the_shapes_of_the_model() -> None:
    shapes = {name: weight.shape for name, weight in initial_weights(np.random.default_rng(0)).items()}

    assert {name: weight.shape for name, weight in load_base().items()} == shapes


def test_pre_training_lowers_the_loss_the_same_way_each_time() -> None:
    runs: list[list[float]] = [[], []]

    for losses in runs:
        pretrain((Phase(FLAWLESS, 4, 4e-3),), SEED, lambda _, loss, losses=losses: losses.append(loss))  # type: ignore[misc]  # a default binds the loop's list

    assert runs[0] == runs[1]
    assert runs[0][-1] < runs[0][0]
