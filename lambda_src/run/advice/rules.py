"""One rule per hyperparameter: facts in, value, reason and source out.

No rule takes a logarithm or sums up floats, so that every machine advises the same.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from .facts import Facts

ARTICLE: Final = (
    "https://aws.amazon.com/blogs/machine-learning/reinforcement-fine-tuning-on-amazon-bedrock-best-practices"
)
SDK: Final = (
    "https://github.com/aws/nova-forge-sdk/blob/0f7bb80ef3f0b3eab561ddaa512a1006ba31a749/"
    "src/amzn_nova_forge/recipe/templates/bedrock/override/rft_lora.json"
)
SAMPLE: Final = (
    "https://github.com/aws-samples/amazon-bedrock-samples/blob/85fba9d9/custom-models/"
    "bedrock-reinforcement-fine-tuning/models/nova/nova_gsm8k_rft.ipynb"
)

EPOCHS: Final = ((121, 12), (177, 11), (261, 10), (383, 9), (562, 8), (825, 7), (1467, 6), (3162, 5), (6812, 4))
"""Records up to which so many epochs are advised; 3 beyond.

The article has 6 to 12 for small and 3 to 6 for large datasets, and says that it is not linear. Here they fall with the
logarithm of the size, from 12 at 100 records to 6 at 1,000 and 3 at 10,000, rounded; as a table, because a logarithm's
last digit may differ between machines.
"""
FEWEST_EPOCHS: Final = 3

LARGEST_BATCH: Final = 128
SMALLEST_BATCH: Final = 16
STEPS_PER_EPOCH: Final = 6
"""At least: with the epochs above that makes 40 steps and more, where the article's validation reward levels off."""

LEARNING_RATE: Final = 1e-4

_ESTIMATED_MARGIN: Final = 2  # times; four bytes a token is off by so much for digits, code and JSON
_MEASURED_MARGIN: Final = 1.25  # the ratio is a mean, and single prompts differ from it
_OUTLIER: Final = 4  # times the 99th percentile
_PROMPT_STEP: Final = 64  # tokens

REFERENCE_FACTOR: Final = 3  # as in AWS's sample: a response is longer than the bare answer
PROBE_FACTOR: Final = 2  # responses may grow while the model learns to reason
MOST_TRUNCATED: Final = 0.01
_RESPONSE_STEP: Final = 256  # tokens
PLAIN: Final = 1024
HARD: Final = 5120
HARD_FAMILIES: Final = frozenset({"code", "agent"})
_TESTED_FAMILIES: Final = frozenset({"code", "sql", "agent"})
"""Their references hold tests, databases or states, which say nothing of how long a response is."""

SAMPLES: Final = 8
MOST_SAMPLES: Final = 16

MOST_EVAL_INTERVAL: Final = 10


@dataclass(frozen=True, slots=True)
class Rule:
    """What a rule came to."""

    value: Any
    reason: str
    source: str


def epoch_count(facts: Facts) -> Rule | None:
    if not facts.records:
        return None
    epochs = next((epochs for most, epochs in EPOCHS if facts.records <= most), FEWEST_EPOCHS)
    reason = (
        f"{facts.records:,} records; AWS found 6 to 12 epochs good for small and 3 to 6 for large datasets. "
        "Taken: 12 at 100 records, 6 at 1,000, 3 at 10,000, and between them by the logarithm of the size"
    )
    return Rule(epochs, reason, ARTICLE)


def batch_size(facts: Facts) -> Rule | None:
    if not facts.records:
        return None
    wanted = max(facts.records // STEPS_PER_EPOCH, 1)
    batch = min(max(2 ** (wanted.bit_length() - 1), SMALLEST_BATCH), LARGEST_BATCH)
    if batch == LARGEST_BATCH:
        return Rule(batch, "works well for many tasks and models, as AWS found", ARTICLE)
    reason = (
        f"AWS advises {LARGEST_BATCH}, which would be {facts.records / LARGEST_BATCH:.1f} steps an epoch with "
        f"{facts.records:,} records; taken: the power of two that leaves at least {STEPS_PER_EPOCH}, in the API's "
        f"bounds of {SMALLEST_BATCH} and more"
    )
    return Rule(batch, reason, ARTICLE)


def learning_rate(_facts: Facts) -> Rule:
    reason = (
        "gave AWS strong results over a range of tasks with Bedrock's LoRA of rank 32 (the template of AWS's own SDK "
        "has 1e-5); lower it if the reward oscillates or collapses"
    )
    return Rule(LEARNING_RATE, reason, ARTICLE)


def max_prompt_length(facts: Facts) -> Rule | None:
    """None where lengths are not known."""
    if not facts.prompt.total:
        return None
    longest, p99 = facts.prompt.most, facts.prompt.quantile(0.99)
    measured = facts.bytes_per_token is not None
    margin = _MEASURED_MARGIN if measured else _ESTIMATED_MARGIN
    how = "by the probe's measure" if measured else "estimated"
    times = f"{margin:g} times that, as " + ("single prompts differ" if measured else "tokens are only estimated")
    if longest <= _OUTLIER * p99:
        limit = _rounded_up(margin * longest, _PROMPT_STEP)
        return Rule(limit, f"the longest prompt has {longest:,} tokens, {how}; taken: {times}", ARTICLE)
    limit = _rounded_up(margin * p99, _PROMPT_STEP)
    dropped = sum(number for length, number in facts.prompt.counts.items() if length > limit)
    reason = (
        f"99 % of the prompts have at most {p99:,} tokens, {how}, the longest {longest:,}; taken: {times}, which "
        f"leaves out {dropped:,} of {facts.prompt.total:,}"
    )
    return Rule(limit, reason, ARTICLE)


def inference_max_tokens(facts: Facts) -> Rule:
    if facts.response_tokens is not None:
        return _of_probe(facts, facts.response_tokens)
    floor, why = _floor(facts)
    if not references_are_answers(facts):
        return Rule(floor, why, ARTICLE)
    p99 = facts.reference.quantile(0.99)
    value = max(_rounded_up(REFERENCE_FACTOR * p99, _RESPONSE_STEP), floor)
    if value == floor:
        return Rule(floor, f"{why}; 99 % of the references have at most {p99:,} tokens", ARTICLE)
    reason = f"99 % of the references have at most {p99:,} tokens, estimated; taken: {REFERENCE_FACTOR} times that"
    return Rule(value, reason, SAMPLE)


def training_sample_per_prompt(facts: Facts) -> Rule:
    rate = facts.pass_rate
    if rate is not None and min(rate, 1 - rate) < 1 / SAMPLES:
        reason = (
            f"the base model is right in {rate:.0%} of its responses: in a group of {SAMPLES} often all or none would "
            "be, which teaches nothing; taken: the most that the API allows"
        )
        return Rule(MOST_SAMPLES, reason, SDK)
    reason = (
        "a response is judged against the others of its prompt: few make that noisy, many cost in proportion; taken: "
        "the template of AWS's SDK, in the API's bounds of 2 to 16"
    )
    return Rule(SAMPLES, reason, SDK)


def eval_interval(facts: Facts, batch: int) -> Rule | None:
    if not facts.records:
        return None
    per_epoch = max(facts.records // batch, 1)
    reason = f"an evaluation every {MOST_EVAL_INTERVAL} steps, and at least one an epoch of {per_epoch:,} whole steps"
    return Rule(min(MOST_EVAL_INTERVAL, per_epoch), reason, ARTICLE)


def references_are_answers(facts: Facts) -> bool:
    """Whether a reference's length says how long a response is."""
    return bool(facts.reference.total) and not facts.families & _TESTED_FAMILIES


def rules(facts: Facts, given: Mapping[str, Any]) -> dict[str, Rule]:
    """All that can be said, in the order of the API; ``reasoningEffort`` is left to the service.

    Nothing in the data says how much a model should reason, and the service has a default.

    Args:
        given: Values that are set already; others go by them.
    """
    batch = batch_size(facts)
    size = given.get("batchSize") or (batch.value if batch else LARGEST_BATCH)
    found = {
        "epochCount": epoch_count(facts),
        "batchSize": batch,
        "learningRate": learning_rate(facts),
        "maxPromptLength": max_prompt_length(facts),
        "trainingSamplePerPrompt": training_sample_per_prompt(facts),
        "inferenceMaxTokens": inference_max_tokens(facts),
        "evalInterval": eval_interval(facts, size),
    }
    return {name: rule for name, rule in found.items() if rule is not None}


def _of_probe(facts: Facts, responses: Any) -> Rule:
    p99, most, cut = responses.quantile(0.99), responses.most, facts.truncated or 0.0
    if cut > MOST_TRUNCATED:
        value = max(_rounded_up(PROBE_FACTOR * most, _RESPONSE_STEP), PLAIN)
        reason = (
            f"{cut:.0%} of the probe's responses were cut off at {most:,} tokens and scored as they stood; taken: "
            f"{PROBE_FACTOR} times that"
        )
        return Rule(value, reason, ARTICLE)
    value = max(_rounded_up(PROBE_FACTOR * p99, _RESPONSE_STEP), PLAIN)
    reason = (
        f"99 % of the probe's responses had at most {p99:,} tokens; taken: {PROBE_FACTOR} times that, and at least "
        f"{PLAIN:,}, for responses that grow"
    )
    return Rule(value, reason, ARTICLE)


def _floor(facts: Facts) -> tuple[int, str]:
    hard = sorted(facts.families & HARD_FAMILIES)
    if hard:
        return HARD, f"AWS prefers more than 4,096 for hard tasks such as code; this one is of family {', '.join(hard)}"
    return PLAIN, f"AWS found {PLAIN:,} adequate for tasks without complex reasoning"


def _rounded_up(tokens: float, step: int) -> int:
    return max(math.ceil(tokens / step), 1) * step
