"""Writes ``datasets/tools``: ``python -m datasets.make_tools``.

The files are a pure function of the seed, so that a rerun gives the same bytes.
"""

import random
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from datasets.make_gsm8k_style import write_jsonl
from datasets.material import assistant_requests, assistant_state, assistant_tools
from datasets.material.assistant_requests import Request

SEED = 34
COUNTS = {"train": 200, "validation": 40, "test": 40}
"""Records of each file; no prompt appears twice, in one file or in two."""

_FOLDER = Path(__file__).parent / "tools"
_OFFERED = 6  # tools of each record, those that it needs among them


def make(folder: Path = _FOLDER) -> None:
    """Write ``train.jsonl``, ``validation.jsonl`` and ``test.jsonl`` into ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    rng = random.Random(SEED)  # noqa: S311  # not for security
    prompts: set[str] = set()
    for split, count in COUNTS.items():
        records: list[Mapping[str, Any]] = []
        while len(records) < count:
            kind = assistant_requests.KINDS[len(records) % len(assistant_requests.KINDS)]
            record = _record(f"{split}-{len(records) + 1:04d}", kind(rng), rng)
            prompt = record["messages"][0]["content"]
            if prompt not in prompts:
                prompts.add(prompt)
                records.append(record)
        write_jsonl(folder / f"{split}.jsonl", records)


def _record(id_: str, request: Request, rng: random.Random) -> dict[str, Any]:
    tools = _offered(request, rng)
    return {
        "id": id_,
        "messages": [{"role": "user", "content": _prompt(request, tools)}],
        "tools": tools,
        "effects": assistant_tools.effects_of(tools),
        "state": request.state,
        "reference_answer": {"calls": list(request.calls), "ordered": request.is_ordered, "state": request.end},
    }


def _offered(request: Request, rng: random.Random) -> list[Mapping[str, Any]]:
    """The tools that are needed and some that are not, in their usual order."""
    names = {call["name"] for call in request.calls}
    needed = [tool for tool in assistant_tools.TOOLS if assistant_tools.name_of(tool) in names]
    others = [tool for tool in assistant_tools.TOOLS if tool not in needed]
    chosen = [*needed, *rng.sample(others, _OFFERED - len(needed))]
    return [tool for tool in assistant_tools.TOOLS if tool in chosen]


def _prompt(request: Request, tools: list[Mapping[str, Any]]) -> str:
    signatures = "\n".join(f"- {assistant_tools.signature(tool)}" for tool in tools)
    return (
        "You are an assistant that acts by calling tools. Answer with one line per call and nothing else:\n"
        '<tool_call>{"name": ..., "arguments": {...}}</tool_call>\n'
        "Call only what the request needs. Dates are YYYY-MM-DD.\n\n"
        f"Tools:\n{signatures}\n\n"
        f"Today is {assistant_state.TODAY}.\n{assistant_state.shown(request.state)}\n\n"
        f"Request: {request.text}"
    )


if __name__ == "__main__":
    make()
