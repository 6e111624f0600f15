"""How fast model-written code is tried: ``python -m benchmarks.sandbox``.

A run is one response on the eight cases of its record, in a process of its own. Goal: at least 20 runs a second on two
cores. The code is that of the bundled ``code`` project, and every result is checked.
"""

import itertools
import json
import os
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from lambda_src.reward import sandbox_client
from lambda_src.reward.batched import NEVER, Judgement
from lambda_src.reward.rewards import code
from lambda_src.reward.rewards._code.reference import Reference
from lambda_src.reward.rollout import Rollout
from lambda_src.run.candidates.code import fenced
from lambda_src.sandbox.runner import report, run

FILE = Path(__file__).parents[1] / "datasets" / "code" / "train.jsonl"
RUNS = 320
SINGLE_RUNS = 100
BATCH = 64  # rollouts, what SageMaker's training jobs send by default
BATCHES = 5
LIMIT = 0.5  # s, for a case that never ends

Item = Mapping[str, Any]


def main() -> None:
    """Print each figure on a line of its own."""
    start = timed(report)
    print(f"held by {report()}; {len(os.sched_getaffinity(0))} cores; first start {start * 1000:.0f} ms")
    rollouts = [_rollout(json.loads(line)) for line in FILE.read_text(encoding="utf-8").splitlines()]
    items = [_item(rollout) for rollout in itertools.islice(itertools.cycle(rollouts), RUNS)]
    print_single(items[:SINGLE_RUNS])
    print(f"cases, {RUNS} in one request: {RUNS / timed(lambda: run_all(items)):.0f} runs/s")
    tests = [_tested(rollout) for rollout in itertools.islice(itertools.cycle(rollouts), RUNS)]
    print(f"tests, {RUNS} in one request: {RUNS / timed(lambda: run_all(tests)):.0f} runs/s")
    print_graded(rollouts[:BATCH])
    endless = {"code": "def f():\n    while True: pass", "function": "f", "cases": [{"args": []}]}
    seconds = timed(lambda: run({"items": [{**endless, "seconds_per_case": LIMIT}]}))
    print(f"a case that never ends, with a limit of {LIMIT:g} s: {seconds:.2f} s")


def print_single(items: Sequence[Item]) -> None:
    """One request after the other, each with one run."""
    times = [timed(partial(run_all, [item])) for item in items]
    p99 = quantiles(times, n=100)[98]
    rate = len(times) / sum(times)
    print(f"cases, one by one: {rate:.0f} runs/s; p50 {median(times) * 1000:.1f} ms, p99 {p99 * 1000:.1f} ms")


def print_graded(rollouts: Sequence[Rollout]) -> None:
    """Batches through the reward function: finding the code, running it, comparing."""
    times = []
    for _ in range(BATCHES):
        sandbox_client._MEMORY.clear()
        times.append(timed(lambda: grade(rollouts)))
    seconds = median(times)
    print(
        f"code.all_passed on {len(rollouts)} rollouts: {seconds * 1000:.0f} ms, {len(rollouts) / seconds:.0f} a second"
    )


def run_all(items: Sequence[Item]) -> None:
    """Run items of which every case is to come to its end.

    Raises:
        RuntimeError: One does not.
    """
    for result in run({"items": list(items)})["results"]:
        if not all("value" in outcome or outcome.get("error") == "ValueError" for outcome in result["outcomes"]):
            raise RuntimeError(f"expected values, found {result}")


def grade(rollouts: Sequence[Rollout]) -> None:
    """Grade rollouts that are right.

    Raises:
        RuntimeError: One earns less than the full value.
    """
    for judgement in code.all_passed(rollouts, NEVER):
        if not isinstance(judgement, Judgement) or judgement.value != 1.0:
            raise RuntimeError(f"expected 1.0, found {judgement}")


def timed(function: Callable[[], object]) -> float:
    """Seconds of one call."""
    started = time.perf_counter()
    function()
    return time.perf_counter() - started


def _rollout(record: Mapping[str, Any]) -> Rollout:
    return Rollout(record["id"], fenced(record["reference_answer"]["solution"]), fields=record)


def _item(rollout: Rollout) -> Item:
    return {"code": rollout.fields["reference_answer"]["solution"], **Reference.of(rollout).item}


def _tested(rollout: Rollout) -> Item:
    reference = rollout.fields["reference_answer"]
    function = reference["function"]
    lines = [
        f"assert {function}(*{case['args']!r}) == {case['expected']!r}"
        if "expected" in case
        else f"assert raises({case['raises']!r}, {function}, *{case['args']!r})"
        for case in reference["cases"]
    ]
    return {"code": reference["solution"], "tests": "\n".join(lines)}


if __name__ == "__main__":
    main()
