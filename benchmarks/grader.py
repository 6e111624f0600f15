"""Speed of the grader: ``python -m benchmarks.grader``.

A batch of 64 rollouts of 2 kB through the Lambda handler, what keeping it adds (against an HTTP server on this machine
that stands for S3, so without S3's own time), a cold import, and the worst text we know for every maths reward. How
often those are right is in ``benchmarks.maths``.
"""

import gzip
import io
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from functools import partial
from pathlib import Path
from statistics import median, quantiles
from types import SimpleNamespace
from typing import Any

from benchmarks.local_s3 import local_s3
from infra.config import ProjectConfig
from lambda_src.reward import rollout_log
from lambda_src.reward.handler import handler
from lambda_src.reward.rewards import maths
from lambda_src.reward.rewards._maths import answers as _answers
from lambda_src.reward.rollout import Rollout
from lambda_src.reward.rubric import Rubric

ROOT = Path(__file__).parents[1]
RUBRIC = [{"function": "maths.final_answer", "weight": 0.9}, {"function": "maths.one_final_answer", "weight": 0.1}]
CONTEXT = SimpleNamespace(
    invoked_function_arn="arn:aws:lambda:us-east-1:000000000000:function:g:run-0123456789ab",
    get_remaining_time_in_millis=lambda: 300_000,
)

BATCH = 64  # rollouts, what SageMaker's training jobs send by default
RESPONSE = 2_000  # characters
LONG = 100_000  # characters
STEP = "She sells 16 - 3 - 4 = <<16-3-4=9>>9 eggs and makes 9 * $2 = $18 a day. "

HOSTILE = {
    "markers": "#### 1 ",
    "markers and words": "#### so it must be 1 of them\n",
    "number words": "#### one hundred thousand and two or three million\n",
    "boxes never closed": r"\boxed{",
    "boxes in boxes": r"\boxed{" * 20 + "1" + "}" * 20,
    "boxes of fractions": r"\boxed{\frac{1}{2}\text{ or }} ",
    "answer tags": "<answer>so 1 or one hundred and two</answer>\n",
    "phrases": "the answer is 1,",
    "denials": "the answer is not 1 but 2. ",
    "labels": "ans: 1 ",
    "half phrases": "answer",
    "conclusions": "So it is 18. ",
    "retractions": "it is it is wrong that ",
    "commas": "9,",
    "digits": "9",
    "long digits": "1234567890123456 ",
    "zeros": "0",
    "points": "1.000.",
    "numbers": "1 22 ",
    "slashes": "1/1/",
    "units": "2 hours 30 minutes and ",
    "money": "US$1M ",
    "spaces": " ",
    "lines": "\n",
    "braces": "{",
    "brackets": "(",
    "tags": "<think>",
    "tokens": "<|im_end|>",
    "fences": "```",
    "bold": "**1** ",
    "italics": "*a 1* ",
    "fractions": r"\frac{1}{",
    "powers of ten": r"1 \times 10^{3} ",
    "hedges": " or 2",
    "equations": "1+1=2 ",
    "chains": "1=1=",
    "lines of equations": "1 + 1 = 2\n",
    "equals signs": "=",
    "annotations": "<<1+1=2>>2 ",
    "annotations left open": "<<1+1=",
    "powers": "2^9^9^9=1 ",
    "percentages": "50% of 50 = 25 ",
    "operators": "1+",
    "bullets": "- 1\n",
}
HOSTILE_STARTS = ("", "#### ", r"\boxed{", "#### 1", "the answer is ", "<answer>", "1 + 1 = ")


def main() -> None:
    with deployed():
        times = sorted(timed(handler, batch(n), CONTEXT) for n in range(300))
    print(f"batch of {BATCH} x {RESPONSE} characters: {_spread(times)}")
    for redact in (False, True):
        print(kept(redact=redact))
    print(f"the log's client at a cold start: {cold_client():.0f} ms")
    for project in sorted((ROOT / "projects").glob("*.yaml")):
        milliseconds = cold_import(ProjectConfig.load(project).for_stage("dev").rubric)
        print(f"cold import of the grader of {project.stem}: {milliseconds:.0f} ms above the bare interpreter")
    milliseconds, worst = worst_case()
    hostile = len(HOSTILE) * len(HOSTILE_STARTS)
    print(f"worst of {hostile} hostile responses of {LONG} characters: {milliseconds:.1f} ms ({worst})")


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


def kept(*, redact: bool) -> str:
    """What the rollout log adds to a batch, and how large its objects are; the server's processor time is in it."""
    rubric = Rubric.from_config(RUBRIC)
    times: list[float] = []
    processor: list[float] = []
    with local_s3() as s3:
        log = rollout_log.RolloutLog(s3.client(), "runs", redact=redact)
        for number in range(300):
            event = batch(number)
            scores = rubric.grade(event)
            started = time.process_time()
            times.append(timed(partial(log.write, scores, event=event, run="0" * 12, milliseconds=1.0)))
            processor.append((time.process_time() - started) * 1000)
        plain = [len(gzip.decompress(body)) for body in s3.objects.values()]
        packed = [len(body) for body in s3.objects.values()]
    return (
        f"keeping a batch {'with redaction' if redact else 'as it is'}: {_spread(times)}, "
        f"of the processor {_spread(processor)}; {median(plain) / 1000:.0f} kB in {median(packed) / 1000:.1f} kB"
    )


def _spread(times: list[float]) -> str:
    return f"p50 {median(times):.1f} ms, p99 {quantiles(times, n=100)[98]:.1f} ms"


def cold_client() -> float:
    """Milliseconds that a fresh process needs for the log's client beyond the handler; median of five."""
    settings = {rollout_log.BUCKET_VARIABLE: "runs", "AWS_DEFAULT_REGION": "us-east-1"}
    grader = "import lambda_src.reward.handler"
    logging = f"import os; os.environ |= {settings}; {grader}"
    pairs = [(timed(_python, logging), timed(_python, grader)) for _ in range(5)]
    return median(with_client for with_client, _ in pairs) - median(without for _, without in pairs)


def cold_import(rubric: list[dict[str, Any]]) -> float:
    """Milliseconds that a fresh process needs for the handler and a rubric beyond starting Python; median of ten."""
    grader = (
        "import lambda_src.reward.handler, json, sys\n"
        "from lambda_src.reward.rubric import Rubric\n"
        "Rubric.from_config(json.loads(sys.argv[1]))"
    )
    pairs = [(timed(_python, grader, json.dumps(rubric)), timed(_python, "pass")) for _ in range(10)]
    return median(with_grader for with_grader, _ in pairs) - median(bare for _, bare in pairs)


def _python(code: str, *arguments: str) -> None:
    subprocess.run([sys.executable, "-c", code, *arguments], check=True)  # noqa: S603 - our own code


def worst_case() -> tuple[float, str]:
    """Processor milliseconds (best of three) of the costliest maths reward on the worst text, and which that is."""
    return max(
        (min(_cold(function, rollout) for _ in range(3)), f"{name}: {start or 'nothing'} before {part}")
        for start in HOSTILE_STARTS
        for part, text in HOSTILE.items()
        for rollout in (_hostile(start + text * (LONG // len(text) + 1)),)
        for name, function in FUNCTIONS.items()
    )


FUNCTIONS: dict[str, Callable[[Rollout], object]] = {
    "final_answer": maths.final_answer,
    "final_answer with every option": lambda rollout: maths.final_answer(
        rollout, several="none", decimal_comma=True, percent_as_fraction=True, units=True, partial_credit=0.8
    ),
    "one_final_answer": maths.one_final_answer,
    "steps": maths.steps,
    "answer_anywhere": maths.answer_anywhere,
    "parsed": maths.parsed,
}


def _hostile(response: str) -> Rollout:
    messages = [{"role": "user", "content": "16 eggs, 3, 4, $2"}, {"role": "assistant", "content": response[:LONG]}]
    return Rollout.from_event({"messages": messages, "reference_answer": {"final_answer": "18", "solution": STEP}})


def _cold(function: Callable[[Rollout], object], rollout: Rollout) -> float:
    _answers.statements.cache_clear()
    started = time.process_time()
    function(rollout)
    return (time.process_time() - started) * 1000


if __name__ == "__main__":
    main()
