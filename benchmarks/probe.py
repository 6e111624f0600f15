"""What a probe takes besides the model's time, and how often its interval is right: ``python -m benchmarks.probe``.

The model is a function that answers at once, or after as long as a real one takes.
"""

import json
import random
import time
import tracemalloc
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from statistics import fmean, median
from typing import Any

from lambda_src.reward.guard import Guard
from lambda_src.reward.rollout import batch
from lambda_src.reward.rubric import Rubric
from lambda_src.run.probe import Settings, choose, probe
from lambda_src.run.probe.estimates import interval

ENTRIES = [{"function": "maths.final_answer", "weight": 0.9}, {"function": "maths.one_final_answer", "weight": 0.1}]
RUNS = 5
LARGE = 20_000  # records, the most that Bedrock takes
TRIALS = 2000
BETA = (0.8, 1.2)  # of the rates of the prompts: few are never, few are always right
MEAN = BETA[0] / sum(BETA)


def main() -> None:
    """Print the figures."""
    settings = Settings("m")
    responses = settings.prompts * settings.samples
    for name, grade in graders():
        seconds = median(timed(partial(sampled, settings, grade, 0.0)) for _ in range(RUNS))
        print(f"overhead with {name}: {seconds / responses * 1e3:.2f} ms a response, {seconds:.2f} s for {responses}")
    with_model = timed(lambda: sampled(settings, no_grader, 0.05))
    print(f"a model of 50 ms: {with_model:.2f} s; {responses * 0.05 / settings.concurrency:.2f} s are the model's")
    tracemalloc.start()
    seconds = timed(lambda: choose(large(), settings.prompts))
    print(
        f"choosing from {LARGE:,} records: {seconds:.2f} s, {tracemalloc.get_traced_memory()[1] / 1e6:.1f} MB at most"
    )
    tracemalloc.stop()
    for prompts in (8, 16, 64):
        print(
            f"95 % interval over {prompts} prompts holds the true mean in {coverage(prompts):.1%} of {TRIALS:,} trials"
        )


def graders() -> Iterator[tuple[str, Callable[[Sequence[Mapping[str, Any]]], list[dict[str, Any]]]]]:
    """A grader that does nothing, and the rubric of ``gsm8k-style`` in its guarded process."""
    yield "no grader", no_grader
    guard, rubric = Guard(ENTRIES), Rubric.from_config(ENTRIES)
    yield "a guarded rubric", lambda items: [s.to_response() for s in rubric.grade(batch(items), each=guard)]
    guard.close()


def no_grader(items: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Half of the responses are right."""
    return [{"id": item["id"], "aggregate_reward_score": float(hash(item["id"]) % 2)} for item in items]


def sampled(settings: Settings, grade: Callable[..., Any], seconds: float) -> None:
    """A whole probe of a model that takes so long for each response."""
    usage = {"inputTokens": 50, "outputTokens": 50, "totalTokens": 100}
    message = {"role": "assistant", "content": [{"text": "3 + 4 = 7\n#### 7"}]}

    lines: list[str] = []

    def converse(**_: Any) -> dict[str, Any]:
        time.sleep(seconds)
        return {"output": {"message": message}, "stopReason": "end_turn", "usage": usage}

    probe(converse, grade, large(480), settings, keep=lambda rollout: lines.append(json.dumps(rollout)))


def large(count: int = LARGE) -> Iterator[bytes]:
    """Lines of half a kilobyte."""
    for number in range(count):
        text = f"Question {number}: {'how many apples are left in the basket? ' * 9}"
        record = {"messages": [{"role": "user", "content": text}], "reference_answer": str(number % 10)}
        yield json.dumps({"id": f"r{number}", **record}).encode() + b"\n"


def coverage(prompts: int) -> float:
    """Share of trials in which the interval holds the mean of rates that are as unlike as those of real prompts."""
    rng = random.Random(prompts)  # noqa: S311 - repeatable, not secret
    held = 0
    for _ in range(TRIALS):
        rates = [rng.betavariate(*BETA) for _ in range(prompts)]
        found = interval([fmean(rng.random() < rate for _ in range(8)) for rate in rates], resamples=400)
        held += found.low <= MEAN <= found.high
    return held / TRIALS


def timed(work: Callable[[], object]) -> float:
    """Seconds that it takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
