"""Speed of the JSON and tool rewards: ``python -m benchmarks.json_and_tools``.

The rubrics of the bundled projects over their own records, every response another text, in one process; what importing
each family costs; and the worst text we know, for every reward function of the three families.
"""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

import yaml

from lambda_src.reward.rewards import agent, extraction, tools
from lambda_src.reward.rewards._structured import calls as _calls
from lambda_src.reward.rewards._structured import json as _json
from lambda_src.reward.rewards._structured import transcript as _transcript
from lambda_src.reward.rollout import Rollout
from lambda_src.reward.rubric import Rubric
from lambda_src.run.candidates import candidates

ROOT = Path(__file__).parents[1]
ROLLOUTS = 5_000
LONG = 100_000  # characters

_CALL = '<tool_call>{"name": "add", "arguments": {"sku": "A1"}}</tool_call>'
_ROW = {"item": "lamp", "count": 2, "price": 9.5}
REFERENCE = {
    "fields": {"number": "INV-7", "lines": [{**_ROW, "count": n} for n in range(20)], "total": 190.0},
    "calls": [{"name": "add", "arguments": {"sku": f"A{n}"}} for n in range(5)],
    "final": 42,
}
RECORD = {
    "reference_answer": REFERENCE,
    "schema": {
        "properties": {"number": {"type": "string", "pattern": "^[A-Z]+-[0-9]+$"}, "total": {"format": "date"}},
        "additionalProperties": {"type": "array", "uniqueItems": True},
    },
    "tools": [{"name": "add", "parameters": {"properties": {"sku": {"type": "string"}}}}, {"name": "drop"}],
    "effects": [
        {"tool": "add", "effect": {"append": {"path": "cart", "value": {"sku": "$sku", "more": "$more"}}}},
        {"tool": "drop", "effect": {"remove": {"path": "cart", "where": {"sku": "$sku"}}}},
    ],
    "state": {"cart": []},
}

UNITS = {
    "arrays opened": "[",
    "objects in objects": '{"a":',
    "arrays in objects": '{"a":[',
    "pairs": "{}",
    "small objects": '{"a":1},',
    "quotes": '"',
    "escaped quotes": '\\"',
    "strings cut by lines": '{\n"',
    "mismatched brackets": "{ ]",
    "fences": "```json\n{",
    "fences of nothing": "``` \n",
    "calls": _CALL,
    "calls opened": "<tool_call>",
    "observations opened": "<observation>",
    "finals": "<final>4</final>",
    "spaces": " ",
    "digits": "9",
}
STARTS = ("", "{", '{"a":"', "```json\n", "[ " * 64, "<tool_call>", "<final>")


def main() -> None:
    for project in ("extraction", "tools"):
        rollouts = _rollouts(project)
        rubric = _rubric(project)
        per_second = max(_rate(rubric, rollouts) for _ in range(3))
        length = median(len(rollout.response) for rollout in rollouts)
        print(
            f"{project}: {per_second:,.0f} rollouts/s on a core, {length:.0f} characters, {len(rubric.criteria)} parts"
        )
    for family in ("extraction", "tools", "agent"):
        print(f"cold import of the rubric and {family}: {_cold_import(family):.0f} ms above the bare interpreter")
    print(f"  with the schema compiler: {_cold_import('extraction', 'fastjsonschema'):.0f} ms")
    milliseconds, function, text = worst_case()
    print(f"worst of {len(list(hostile()))} hostile responses: {milliseconds:.1f} ms ({function}, {text})")


def worst_case() -> tuple[float, str, str]:
    """Milliseconds (best of three) of one function with nothing cached, which one, and which text."""
    return max(
        (min(_milliseconds(function, text) for _ in range(3)), f"{function.__module__}.{function.__name__}", name)
        for name, text in hostile()
        for function in FUNCTIONS
    )


def hostile() -> Iterator[tuple[str, str]]:
    """Texts of 100,000 characters that are to keep the grader busy, and large values that are read in full."""
    for start in STARTS:
        for name, unit in UNITS.items():
            yield f"{start[:12]!r} before {name}", (start + unit * LONG)[:LONG]
    many = [{**_ROW, "item": f"item {n}"} for n in range(900)]
    yield "an object with 900 lines", json.dumps({"number": "INV-7", "lines": many, "total": 190.0})
    yield "an object with 3,900 fields", json.dumps({f"k{n}": n for n in range(3_900)})
    yield "a text of 99,000 characters", json.dumps({"number": "A" * 99_000})
    yield "lists in lists", json.dumps({"lines": [[[]] for _ in range(1_900)]})
    large = [{"name": "add", "arguments": {"sku": "é" * 600 + str(n), "more": [n] * 90}} for n in range(32)]
    yield "32 large calls", "".join(f"<tool_call>{json.dumps(call, ensure_ascii=False)}</tool_call>" for call in large)
    turns = [
        {"name": name, "arguments": {"sku": "é" * 300 + str(n), "more": [n] * 40}}
        for name in ("add", "drop")
        for n in range(60)
    ]
    yield "120 large turns", "".join(f"<tool_call>{json.dumps(call, ensure_ascii=False)}</tool_call>" for call in turns)


FUNCTIONS: Sequence[Callable[[Rollout], float]] = (
    *(extraction.fields, extraction.exact, extraction.valid, extraction.invented, extraction.only_json),
    lambda rollout: extraction.fields(rollout, lists="multiset"),
    *(tools.parses, tools.known, tools.valid, tools.calls, tools.exact, tools.end_state),
    *(agent.steps_valid, agent.end_state, agent.final_answer, agent.no_loop),
)


def _milliseconds(function: Callable[[Rollout], float], text: str) -> float:
    rollout = Rollout("r", text, fields=RECORD)
    for cached in (_json.find, _calls.find, _transcript.read):
        cached.cache_clear()
    started = time.process_time()
    function(rollout)
    return (time.process_time() - started) * 1000


def _rate(rubric: Rubric, rollouts: Sequence[Rollout]) -> float:
    started = time.process_time()
    for rollout in rollouts:
        rubric.score(rollout)
    return len(rollouts) / (time.process_time() - started)


def _rubric(project: str) -> Rubric:
    entries = yaml.safe_load((ROOT / "projects" / f"{project}.yaml").read_text(encoding="utf-8"))["reward"]
    return Rubric.from_config(entries)


def _rollouts(project: str) -> list[Rollout]:
    """Right, nearly right and wrong responses as a policy in training writes them, none like another."""
    records = _records(project)
    rubric = _rubric(project)
    written = [
        (record, candidate.response)
        for record, other in zip(records, [*records[1:], records[0]], strict=True)
        for candidate in candidates(rubric, record, [other])
        if candidate.strategy in ("terse answer", "worked answer", "near miss", "another record's answer")
    ]
    return [
        Rollout(str(n), f"Attempt {n}.\n{response}", fields=record)
        for n, (record, response) in enumerate(written * (ROLLOUTS // len(written) + 1))
    ][:ROLLOUTS]


def _records(project: str) -> list[Mapping[str, Any]]:
    lines = (ROOT / "datasets" / project / "train.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def _cold_import(family: str, more: str = "") -> float:
    """Milliseconds that a fresh process needs beyond starting Python; the median of ten."""
    imports = ["lambda_src.reward.rubric", f"lambda_src.reward.rewards.{family}", *([more] if more else [])]
    pairs = [(_started(f"import {', '.join(imports)}"), _started("pass")) for _ in range(10)]
    return median(with_family - bare for with_family, bare in pairs)


def _started(code: str) -> float:
    started = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)  # noqa: S603 - our own code
    return (time.perf_counter() - started) * 1000


if __name__ == "__main__":
    main()
