"""The table that pins the advice: a changed row needs a new ``ADVICE_VERSION``, as runs on ``auto`` change with it."""

import json
import math
from pathlib import Path
from typing import Any

import pytest

from lambda_src.run.advice import ADVICE_VERSION, Facts, advise
from lambda_src.run.advice.rules import EPOCHS, FEWEST_EPOCHS, STEPS_PER_EPOCH, rules
from lambda_src.run.audit.job import SERVICE_DEFAULTS, Job
from lambda_src.run.dataset import Distribution

PROMPT = Distribution({100: 980, 150: 20})
REFERENCE = Distribution({50: 1000})

NAMES = (
    "epochCount",
    "batchSize",
    "maxPromptLength",
    "trainingSamplePerPrompt",
    "inferenceMaxTokens",
    "evalInterval",
)


def facts(records: int = 1000, validation: int = 100, **others: Any) -> Facts:
    return Facts(records, validation, **{"prompt": PROMPT, "reference": REFERENCE, **others})


VERSION_1: list[Any] = [
    # epochs, batch, longest prompt, samples, longest response, evaluation
    pytest.param(facts(100), (12, 16, 320, 8, 1024, 6), id="the smallest dataset"),
    pytest.param(facts(191), (10, 16, 320, 8, 1024, 10), id="just too small for 32"),
    pytest.param(facts(192), (10, 32, 320, 8, 1024, 6), id="just large enough for 32"),
    pytest.param(facts(200), (10, 32, 320, 8, 1024, 6), id="200"),
    pytest.param(facts(480), (8, 64, 320, 8, 1024, 7), id="480"),
    pytest.param(facts(768), (7, 128, 320, 8, 1024, 6), id="just large enough for 128"),
    pytest.param(facts(1000), (6, 128, 320, 8, 1024, 7), id="1,000"),
    pytest.param(facts(1280), (6, 128, 320, 8, 1024, 10), id="evaluations are no further apart than 10 steps"),
    pytest.param(facts(6726), (4, 128, 320, 8, 1024, 10), id="as many as GSM8K"),
    pytest.param(facts(10_000), (3, 128, 320, 8, 1024, 10), id="10,000"),
    pytest.param(facts(20_000), (3, 128, 320, 8, 1024, 10), id="the largest dataset"),
    pytest.param(facts(families=frozenset({"code"})), (6, 128, 320, 8, 5120, 7), id="code"),
    pytest.param(
        facts(families=frozenset({"maths", "agent"})), (6, 128, 320, 8, 5120, 7), id="one hard family is enough"
    ),
    pytest.param(
        facts(families=frozenset({"sql"}), reference=Distribution({9000: 1000})),
        (6, 128, 320, 8, 1024, 7),
        id="references that hold databases say nothing of responses",
    ),
    pytest.param(facts(reference=Distribution({500: 1000})), (6, 128, 320, 8, 1536, 7), id="long references"),
    pytest.param(
        facts(reference=Distribution({50: 990, 5000: 10})), (6, 128, 320, 8, 1024, 7), id="1 % long references"
    ),
    pytest.param(
        facts(prompt=Distribution({100: 995, 400: 5})), (6, 128, 832, 8, 1024, 7), id="a longer prompt is kept"
    ),
    pytest.param(facts(prompt=Distribution({100: 995, 401: 5})), (6, 128, 256, 8, 1024, 7), id="an outlier is not"),
    pytest.param(facts(prompt=Distribution({1: 1000})), (6, 128, 64, 8, 1024, 7), id="the shortest prompts"),
    pytest.param(facts(bytes_per_token=3.1), (6, 128, 192, 8, 1024, 7), id="measured prompts need less margin"),
    pytest.param(
        facts(response_tokens=Distribution({600: 99, 800: 1}), truncated=0.0),
        (6, 128, 320, 8, 1280, 7),
        id="a probe: twice the 99th percentile",
    ),
    pytest.param(
        facts(response_tokens=Distribution({50: 100}), truncated=0.0, families=frozenset({"code"})),
        (6, 128, 320, 8, 1024, 7),
        id="a probe outweighs the family, down to 1,024",
    ),
    pytest.param(
        facts(response_tokens=Distribution({600: 98, 1024: 2}), truncated=0.02),
        (6, 128, 320, 8, 2048, 7),
        id="a probe that cut off: twice its limit",
    ),
    pytest.param(facts(pass_rate=0.12), (6, 128, 320, 16, 1024, 7), id="a hard task"),
    pytest.param(facts(pass_rate=0.13), (6, 128, 320, 8, 1024, 7), id="one right in eight is enough"),
    pytest.param(facts(pass_rate=0.9), (6, 128, 320, 16, 1024, 7), id="an easy task"),
    pytest.param(facts(pass_rate=0.0), (6, 128, 320, 16, 1024, 7), id="nothing right"),
]


@pytest.mark.parametrize(("known", "expected"), VERSION_1)
def test_advice_of_version_1(known: Facts, expected: tuple[int, ...]) -> None:
    advised = advise(known, {}).to_api()

    assert ADVICE_VERSION == 1, "the table is that of version 1; write down what the new version advises"
    assert tuple(advised[name] for name in NAMES) == expected
    assert advised["learningRate"] == 1e-4


@pytest.mark.parametrize(("most", "epochs"), EPOCHS)
def test_epochs_fall_with_the_logarithm_of_the_size(most: int, epochs: int) -> None:
    def by_formula(records: int) -> int:
        small, large = 12 - 6 * math.log10(records / 100), 6 - 3 * math.log10(records / 1000)
        return math.floor((small if records <= 1000 else large) + 0.5)

    assert (by_formula(most), by_formula(most + 1)) == (epochs, epochs - 1)
    assert by_formula(10_000) == FEWEST_EPOCHS


@pytest.mark.parametrize("records", [100, 121, 191, 192, 383, 384, 767, 768, 1000, 1467, 1468, 3163, 6813, 20_000])
def test_every_dataset_gets_forty_steps_and_several_an_epoch(records: int) -> None:
    job = Job.of(advise(facts(records), {}).to_api(), records=records)

    assert job.steps >= 40
    assert job.steps_per_epoch >= STEPS_PER_EPOCH
    assert job.eval_interval <= job.steps_per_epoch


def test_a_larger_dataset_never_gets_more_epochs_or_a_smaller_batch() -> None:
    every = [advise(facts(records), {}).to_api() for records in range(100, 20_001, 7)]

    assert [one["epochCount"] for one in every] == sorted((one["epochCount"] for one in every), reverse=True)
    assert [one["batchSize"] for one in every] == sorted(one["batchSize"] for one in every)


@pytest.mark.parametrize("records", [1, 100, 20_000])
def test_advice_is_within_the_bounds_of_the_api(records: int) -> None:
    advised = advise(facts(records), {}).to_api()

    assert list(advised) == [name for name in SERVICE_DEFAULTS if name != "reasoningEffort"]
    assert 1 <= advised["epochCount"] <= 50
    assert 16 <= advised["batchSize"] <= 512
    assert 2 <= advised["trainingSamplePerPrompt"] <= 16
    assert 1 <= advised["evalInterval"] <= 100


def test_every_rule_gives_a_reason_and_a_public_source() -> None:
    for rule in rules(facts(), {}).values():
        assert rule.reason
        assert rule.source.startswith("https://")


def test_what_is_not_known_is_not_advised() -> None:
    unknown = Facts(0, 0, families=frozenset({"maths"}))

    assert advise(unknown, {}).to_api() == {
        "learningRate": 1e-4,
        "trainingSamplePerPrompt": 8,
        "inferenceMaxTokens": 1024,
    }


def test_records_alone_are_enough_for_all_but_the_prompts() -> None:
    assert "maxPromptLength" not in advise(Facts(500, 50), {}).to_api()


def test_outliers_are_counted_in_the_reason() -> None:
    rule = rules(facts(prompt=Distribution({100: 995, 4000: 5})), {})["maxPromptLength"]

    assert "leaves out 5 of 1,000" in rule.reason


def test_advice_can_be_written_as_json() -> None:
    assert json.loads(json.dumps(advise(facts(), {"batchSize": 16}).to_json()))["version"] == ADVICE_VERSION


def test_the_documentation_speaks_of_every_hyperparameter_and_of_this_version() -> None:
    text = (Path(__file__).parents[4] / "docs" / "hyperparameters.md").read_text(encoding="utf-8")

    assert f"version {ADVICE_VERSION} of the advice" in text
    assert all(f"| `{name}` |" in text for name in SERVICE_DEFAULTS)
    assert {rule.source for rule in rules(facts(), {}).values()} <= set(text.split())
