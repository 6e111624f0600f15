"""What a function is said to need is what it does: every function of the library is tried on a record without."""

import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from lambda_src.reward import references
from lambda_src.reward.batched import NEVER
from lambda_src.reward.criterion import Call
from lambda_src.reward.references import call_needs_reference, needs_reference
from lambda_src.reward.rewards._judge.client import asking
from lambda_src.reward.rewards._judge.rubric import known_rubrics
from lambda_src.reward.rollout import RecordError, Rollout
from lambda_src.reward.rubric import Rubric, known_functions
from lambda_src.run.digest import digest_inputs

TOOL = {"type": "function", "function": {"name": "wait", "parameters": {"type": "object", "properties": {}}}}
FIELDS: Mapping[str, Any] = {
    "schema": {"type": "object"},
    "tools": [TOOL],
    "state": {"waits": 0},
    "effects": [],
    "setup": "CREATE TABLE t AS SELECT 1 AS a",
    "label": "spam",
    "source": "a text",
}
"""Everything that a record may hold, but for its reference answer."""

RESPONSES = (
    "It is 42.\n6 * 7 = 42\n#### 42",
    r"So it is \boxed{\frac{1}{2}}",
    '{"total": 18}',
    "SELECT a FROM t",
    "```python\ndef double(n):\n    return 2 * n\n```",
    '<tool_call>{"name": "wait", "arguments": {}}</tool_call><final>Done.</final>',
    "",
)
OPTIONS: Mapping[str, Mapping[str, Any]] = {
    "judge.score": {"rubric": "summarisation", "model": "any"},
    "text.contains": {"texts": ["spam"]},
    "text.marker": {"marker": "####"},
    "text.matches": {"pattern": "spam"},
}
"""Of the functions that cannot be called without."""

PLAIN = [(name, dict(OPTIONS.get(name, {}))) for name in known_functions()]
TEMPLATES: list[tuple[str, dict[str, Any]]] = [
    (function, {"reference": reference, "text": text})
    for function in ("text.equals", "text.similarity")
    for reference in ("{{ item.label }}", "{{ item.reference_answer }}", "{{item.reference_answer.text}} or so", "spam")
    for text in ("{{ sample.output_text }}", "{{ sample.output_text }} {{ item.reference_answer }}")
]
JUDGES: list[tuple[str, dict[str, Any]]] = [
    ("judge.score", {"rubric": name, "model": "any"}) for name in known_rubrics()
]


def one(name: str, options: Mapping[str, Any]) -> Call:
    rubric = Rubric.from_config([{"function": name, "weight": 1, "options": options}])
    return rubric.criteria[0].calls[0]


def kind_judge(**request: Any) -> Mapping[str, Any]:
    """Gives the best mark for everything that it is asked."""
    schema = request["toolConfig"]["tools"][0]["toolSpec"]["inputSchema"]["json"]["properties"]
    marks = {name: field["enum"][-1] if "enum" in field else "Good." for name, field in schema.items()}
    call = {"toolUseId": "1", "name": "record_judgement", "input": marks}
    return {"stopReason": "tool_use", "output": {"message": {"content": [{"toolUse": call}]}}}


def complaints(call: Call) -> Iterator[RecordError]:
    """Why the function cannot grade responses to a record without a reference answer."""
    for n, response in enumerate(RESPONSES):
        rollout = Rollout(str(n), response, prompt="Is it 6 or 7?", fields=FIELDS)
        try:
            found = call.judgements([rollout], NEVER) if call.takes_batch else [call.value(rollout)]
        except RecordError as error:
            yield error
        else:
            yield from (each for each in found if isinstance(each, RecordError))


@pytest.mark.parametrize(
    ("name", "options"), [*PLAIN, *TEMPLATES, *JUDGES], ids=lambda one: one if isinstance(one, str) else str(one)[:90]
)
def test_what_a_function_is_said_to_need_is_what_it_does(name: str, options: dict[str, Any]) -> None:
    call = one(name, options)

    with asking(kind_judge):
        found = list(complaints(call))

    assert bool(found) is call_needs_reference(call), found or "no response is refused"
    assert all("reference" in str(error) for error in found)


def test_some_judges_need_a_reference_and_some_do_not() -> None:
    needing = {options["rubric"] for name, options in JUDGES if call_needs_reference(one(name, options))}

    assert {"summarisation", "moderation", "pairwise"} <= needing
    assert "without-reference" not in needing


def test_the_criteria_that_need_one_are_named() -> None:
    rubric = Rubric.from_config(
        [
            {"function": "text.max_words", "weight": 0.5},
            {"function": "extraction.exact", "gate": 1.0, "name": "all of it"},
            {"minimum": [{"function": "text.length"}, {"function": "text.similarity"}], "weight": 1.0},
        ]
    )

    assert needs_reference(rubric) == ["all of it", "minimum"]


def test_a_function_that_nobody_has_told_of_is_taken_to_need_one(monkeypatch: pytest.MonkeyPatch) -> None:
    family = ModuleType("tone")
    monkeypatch.setattr(references, "family_module", lambda _: family)

    def kind(rollout: Rollout) -> float:
        return float("please" in rollout.response)

    call = Call("tone.kind", kind, {})

    assert call_needs_reference(call)
    family.REFERENCE_FREE = ("kind",)  # type: ignore[attr-defined] # what a module of its own would say
    assert not call_needs_reference(call)


def test_what_is_said_here_is_no_input_of_a_run(tmp_path: Path) -> None:
    """Else saying it would start a paid run on every project's next deploy."""
    root = tmp_path / "reward"
    shutil.copytree(Path(references.__file__).parent, root, ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "train.jsonl").write_text("{}\n")

    def digest() -> str:
        rubric = [{"function": name, "weight": 1} for name in ("text.max_words", "text.similarity")]
        data = {"train": tmp_path / "train.jsonl"}
        return digest_inputs(model="m", dataset=data, rubric=rubric, hyper_parameters={}, reward_root=root).digest

    before = digest()
    (root / "references.py").write_text("CHANGED = 1\n")

    assert digest() == before
