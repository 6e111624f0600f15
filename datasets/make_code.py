"""Writes ``datasets/code``: ``python -m datasets.make_code``.

The files are a pure function of the seed, so that a rerun gives the same bytes. What is expected of each input is what
the record's own solution gives; the first case is the one that the prompt shows.
"""

import copy
import itertools
import json
import random
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from datasets.material.code_kinds import NUMBER_KINDS, Kind
from datasets.material.code_text_kinds import TEXT_KINDS

SEED = 17
COUNTS = {"train": 160, "validation": 40, "test": 40}
"""Records of each file; no kind of function appears twice with the same parameters, in one file or in two."""
KINDS: Mapping[str, Kind] = {**NUMBER_KINDS, **TEXT_KINDS}

_FOLDER = Path(__file__).parent / "code"
_CASES = 8
_LEAST_RESULTS = 4
"""Different results of a record's cases: a function that always returns the same must not get far."""
_MOST_LIKE_SHOWN = 2
"""Cases with the result of the one that the prompt shows, itself included."""
_LONGEST_SHOWN = 90  # characters of the example's call

Case = Mapping[str, Any]


def make(folder: Path = _FOLDER) -> None:
    """Write ``train.jsonl``, ``validation.jsonl`` and ``test.jsonl`` into ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    tasks = _tasks(random.Random(SEED))  # noqa: S311  # not for security
    for split, count in COUNTS.items():
        records = [{"id": f"{split}-{number:04d}", **next(tasks)} for number in range(1, count + 1)]
        write_jsonl(folder / f"{split}.jsonl", records)


def write_jsonl(path: Path, records: Sequence[Mapping[str, Any]]) -> None:
    r"""One record a line, UTF-8, ``\n`` at every line's end on every platform."""
    lines = "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)
    path.write_text(lines, encoding="utf-8", newline="\n")


def _tasks(rng: random.Random) -> Iterator[dict[str, Any]]:
    """Records without ids, all kinds in turn, until one kind has no more parameters."""
    unused = {}
    for name, kind in KINDS.items():
        combinations = [dict(zip(kind.parameters, values, strict=True)) for values in _values(kind)]
        unused[name] = rng.sample(combinations, len(combinations))
    while True:
        for name in rng.sample(list(KINDS), len(KINDS)):
            yield _task(name, unused[name].pop(), rng)


def _values(kind: Kind) -> Iterator[tuple[Any, ...]]:
    return itertools.product(*kind.parameters.values())


def _task(name: str, parameters: Mapping[str, Any], rng: random.Random) -> dict[str, Any]:
    kind = KINDS[name]
    function = rng.choice(kind.functions)
    signature = f"{function}({kind.signature})"
    solution = f"def {signature}:\n{textwrap.indent(kind.body.format(**parameters), '    ')}\n"
    cases = _cases(kind, function, solution, rng)
    prompt = (
        f"Write a Python function `{signature}` that {kind.text.format(**parameters)}.\n\n"
        f"For example, `{_call(function, cases[0])}` returns `{cases[0]['expected']!r}`.\n\n"
        "Answer with one ```python block that holds the function."
    )
    return {
        "messages": [{"role": "user", "content": prompt}],
        "reference_answer": {"function": function, "cases": cases, "solution": solution},
        "kind": name,
    }


def _cases(kind: Kind, function: str, solution: str, rng: random.Random) -> list[Case]:
    while True:
        inputs = {json.dumps(args): args for args in (kind.inputs(rng) for _ in range(3 * _CASES))}
        cases = [_case(function, solution, args) for args in list(inputs.values())[:_CASES]]
        results = [json.dumps(case.get("expected", case.get("raises"))) for case in cases]
        is_telling = (
            len(cases) == _CASES
            and len(set(results)) >= _LEAST_RESULTS
            and results.count(results[0]) <= _MOST_LIKE_SHOWN
            and cases[0].get("expected")
            and len(_call(function, cases[0])) <= _LONGEST_SHOWN
        )
        if is_telling:
            return cases


def _case(function: str, solution: str, args: list[Any]) -> Case:
    names: dict[str, Any] = {}
    exec(solution, names)  # noqa: S102  # a solution of our own
    try:
        return {"args": args, "expected": names[function](*copy.deepcopy(args))}
    except ValueError:
        return {"args": args, "raises": "ValueError"}


def _call(function: str, case: Case) -> str:
    return f"{function}({', '.join(map(repr, case['args']))})"


if __name__ == "__main__":
    make()
