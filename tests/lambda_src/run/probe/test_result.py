import json
from dataclasses import replace

import pytest

from lambda_src.run.probe import Probe, Settings
from lambda_src.run.probe.assessment import Sampled, assess
from tests.lambda_src.run.probe.pupils import rollouts

KEYS = {
    *("model", "prompts", "samples", "temperature", "maxTokens", "responses", "reward", "passAt1", "passAtN", "floor"),
    *("positiveShare", "zeroShare", "oneShare", "flatShare", "spread", "responseTokens", "truncatedShare"),
    *("bytesPerToken", "usage", "rewardHistogram", "verdict", "drop", "perPrompt", "failed", "notes"),
}


@pytest.fixture(scope="module")
def found() -> Probe:
    """A large probe with everything in it."""
    groups = [[0.0] * 8, [1.0] * 8, [0.1 * n for n in range(8)]] * 100
    sampled = [
        replace(each, reply=replace(each.reply, output_tokens=n))
        for n, each in enumerate(rollouts(groups))  # no two of the same length
    ]
    return assess(Sampled(sampled, 5, floor=0.1, total=2000, notes=("x" * 900,) * 9), Settings("m" * 200))


def test_it_can_be_written_and_read_back(found: Probe) -> None:
    assert Probe.from_json(json.loads(json.dumps(found.to_json()))) == found


def test_it_has_the_keys_that_pages_read(found: Probe) -> None:
    written = found.to_json()

    assert set(written) == KEYS
    assert set(written["reward"]) == {"mean", "low", "high"}
    assert set(written["verdict"]) == {"name", "reason", "advice"}
    assert set(written["drop"][0]) == {"id", "why"}
    assert set(written["perPrompt"][0]) == {"id", "line", "mean", "least", "most", "spread", "tokens", "truncated"}
    assert len(written["rewardHistogram"]) == 20


def test_the_summary_is_small_enough_to_travel_with_a_run(found: Probe) -> None:
    summary = found.summary()

    assert len(json.dumps(summary)) <= 3000
    assert set(summary) == KEYS - {"drop", "perPrompt"}
    assert summary["verdict"]["name"] == found.verdict.name


def test_a_note_can_be_added(found: Probe) -> None:
    assert found.noted("More.").notes == (*found.notes, "More.")
