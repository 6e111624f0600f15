"""Speed and accuracy of the grader: ``python -m benchmarks.grader``.

Speed: a batch of 64 rollouts of 2 kB through the Lambda handler, a cold import of it, and the worst text we know.
Accuracy: agreement with the hand labels of ``grader_cases.jsonl``, beside two common scorers.
"""

import io
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from statistics import median, quantiles
from types import SimpleNamespace
from typing import Any

from lambda_src.reward.handler import handler
from lambda_src.reward.rewards import _answers, maths
from lambda_src.reward.rollout import Rollout

CASES = Path(__file__).with_name("grader_cases.jsonl")
RUBRIC = [{"function": "maths.final_answer", "weight": 0.9}, {"function": "maths.one_final_answer", "weight": 0.1}]
CONTEXT = SimpleNamespace(invoked_function_arn="arn:aws:lambda:us-east-1:000000000000:function:g:run-0123456789ab")

BATCH = 64  # rollouts, what SageMaker's training jobs send by default
RESPONSE = 2_000  # characters
LONG = 100_000  # characters
STEP = "She sells 16 - 3 - 4 = <<16-3-4=9>>9 eggs and makes 9 * $2 = $18 a day. "

HOSTILE = {
    "markers": "#### 1 ",
    "markers and words": "#### so it must be 1 of them\n",
    "boxes never closed": r"\boxed{",
    "boxes of fractions": r"\boxed{\frac{1}{2}\text{ or }} ",
    "phrases": "the answer is 1,",
    "commas": "9,",
    "digits": "9",
    "numbers": "1 22 ",
    "spaces": " ",
    "braces": "{",
    "tags": "<think>",
    "fractions": r"\frac{1}{",
    "hedges": " or 2",
}
HOSTILE_STARTS = ("", "#### ", r"\boxed{", "#### 1", "the answer is ")


def main() -> None:
    with deployed():
        times = sorted(timed(handler, batch(n), CONTEXT) for n in range(300))
    p99 = quantiles(times, n=100)[98]
    print(f"batch of {BATCH} x {RESPONSE} characters: p50 {median(times):.1f} ms, p99 {p99:.1f} ms")
    print(f"cold import of the handler and its rewards: {cold_import():.0f} ms above the bare interpreter")
    milliseconds, worst = worst_case()
    hostile = len(HOSTILE) * len(HOSTILE_STARTS)
    print(f"worst of {hostile} hostile responses of {LONG} characters: {milliseconds:.1f} ms ({worst})")
    print_accuracy()


def batch(seed: int) -> list[dict[str, Any]]:
    """Rollouts as a policy in training writes them: 8 responses to each of 8 prompts, none like another."""
    return [_item(f"{seed}-{i}", prompt=i // 8, ending=_ENDINGS[i % len(_ENDINGS)]) for i in range(BATCH)]


_ENDINGS = (
    "#### 18",
    r"So we get $\boxed{\$18.00}$.",
    "The answer is **18 dollars**.",
    "#### 1,800 eggs",
    "No idea.",
    "**18**",
)


def _item(id_: str, *, prompt: int, ending: str) -> dict[str, Any]:
    steps = f"Attempt {id_}. " + STEP * (RESPONSE // len(STEP))
    response = {"role": "assistant", "content": f"{steps}\n{ending}"}
    reference = {"final_answer": "18", "solution": STEP}
    return {
        "id": id_,
        "messages": [{"role": "user", "content": f"Question {prompt}"}, response],
        "metadata": {"reference_answer": reference},
    }


@contextmanager
def deployed() -> Iterator[None]:
    """The environment of the Lambda, its log swallowed."""
    with tempfile.NamedTemporaryFile("w", suffix=".json") as rubric, redirect_stdout(io.StringIO()):
        json.dump(RUBRIC, rubric)
        rubric.flush()
        os.environ |= {"RFT_RUBRIC": rubric.name, "RFT_PROJECT": "benchmark", "RFT_STAGE": "local"}
        yield


def timed(function: Callable[..., object], *arguments: object) -> float:
    """Milliseconds of one call."""
    started = time.perf_counter()
    function(*arguments)
    return (time.perf_counter() - started) * 1000


def cold_import() -> float:
    """Milliseconds that a fresh process needs for the grader beyond starting Python; the median of ten."""
    grader = "import lambda_src.reward.handler, lambda_src.reward.rewards.maths"
    pairs = [(timed(_python, grader), timed(_python, "pass")) for _ in range(10)]
    return median(with_grader for with_grader, _ in pairs) - median(bare for _, bare in pairs)


def _python(code: str) -> None:
    subprocess.run([sys.executable, "-c", code], check=True)  # noqa: S603 - our own code


def worst_case() -> tuple[float, str]:
    """Milliseconds (best of three), and which text: reading the payload and every reward function of the family."""
    return max(
        (min(timed(_grade, start + (part * LONG)[:LONG]) for _ in range(3)), f"{start or 'nothing'} before {name}")
        for start in HOSTILE_STARTS
        for name, part in HOSTILE.items()
    )


def _grade(response: str) -> None:
    rollout = Rollout.from_event({"messages": [{"role": "assistant", "content": response}], "reference_answer": "18"})
    _answers.answers.cache_clear()
    for function in (maths.final_answer, maths.one_final_answer, maths.answer_anywhere, maths.parsed):
        function(rollout)


def print_accuracy() -> None:
    """Agreement of each scorer with the labels, and its two kinds of mistake."""
    cases = [json.loads(line) for line in CASES.read_text(encoding="utf-8").splitlines()]
    right = sum(case["right"] for case in cases)
    print(f"labelled responses: {len(cases)}, {right} right and {len(cases) - right} wrong")
    for name, scorer in SCORERS.items():
        verdicts = [(scorer(case["response"], case["reference"]), case["right"]) for case in cases]
        agreed = sum(given == label for given, label in verdicts) / len(verdicts)
        paid, missed = verdicts.count((True, False)), verdicts.count((False, True))
        print(f"  {name:<22} {agreed:6.1%} agreed, {paid:2} wrong ones paid, {missed:2} right ones missed")


def _ours(response: str, reference: str) -> bool:
    messages = [{"role": "assistant", "content": response}]
    return maths.final_answer(Rollout.from_event({"messages": messages, "reference_answer": reference})) == 1.0


def _strict(response: str, reference: str) -> bool:
    """What stands behind the last marker, compared as text."""
    found = re.findall(r"#### (-?[0-9.,]+)", response)
    return bool(found) and found[-1].replace(",", "") == reference


def _last_number(response: str, reference: str) -> bool:
    found = re.findall(r"-?[0-9][0-9,]*(?:\.[0-9]+)?", response)
    return bool(found) and float(found[-1].replace(",", "")) == float(reference)


SCORERS = {"maths.final_answer": _ours, "strict #### marker": _strict, "last number": _last_number}


if __name__ == "__main__":
    main()
