"""Orders to be priced and timed."""

from typing import Any

from lambda_src.run.audit import Job
from lambda_src.run.audit.latency import Batch, Latency
from lambda_src.run.plan import Order, Prices

JOB = Job(records=1000, validation_records=100, epochs=2, batch_size=100, samples=8, eval_interval=10)
"""20 steps of 800 rollouts and three validations: 16,300 rollouts in 266 calls."""

LATENCY = Latency.of([Batch(0.08, tuple(str(n) for n in range(8)))] * 2, JOB)
"""10 ms a rollout: 163 s in all."""


def order(**changes: Any) -> Order:
    """An order of a rule-based grader on Bedrock."""
    settings: dict[str, Any] = {
        "local": False,
        "job": JOB,
        "hyper_parameters": {"inferenceMaxTokens": 500},
        "families": frozenset({"maths"}),
        "prices": Prices.of("us-east-1"),
        "prompt_tokens": 100.0,
        "latency": LATENCY,
        "dataset_bytes": 1_000_000,
    }
    return Order(**settings | changes)
