"""Responses to a record whose answer is a JSON value."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from ...reward.rewards._structured.references import expected_fields
from ...reward.rollout import Rollout
from . import _json_forms, generic, strategies
from .candidate import Candidate, Worth

KEY_ORDER: Final = "other key order"
INDENTED: Final = "indented"
FENCED: Final = "fenced"
RESPELLED: Final = "numbers spelled differently"
MISSING: Final = "missing field"
INVENTED: Final = "invented fields"
SKELETON: Final = "fields without values"
SCHEMA_ECHOED: Final = "schema echoed"

_INVENTIONS: Final = {"verified": True, "confidence": 1.0, "remarks": "none", "reviewed_by": "expert"}
_MOST_LISTED: Final = 200  # candidates for one field


def write(record: Mapping[str, Any], other: Mapping[str, Any]) -> Iterator[Candidate]:
    """Responses of every kind to a record; the first is the right answer.

    Raises:
        RecordError: The reference of one of the two is no JSON object or array.
    """
    expected, another = _expected(record), _expected(other)
    right, wrong = json.dumps(expected), json.dumps(_json_forms.all_other(expected))
    yield Candidate(strategies.TERSE, Worth.RIGHT, right)
    yield Candidate(strategies.WORKED, Worth.OPEN, f"I read the text field by field.\n\n{_json_forms.fenced(right)}")
    yield from _variants(expected)
    yield Candidate(strategies.WRONG_ANSWER, Worth.WRONG, wrong)
    yield from _near_misses(expected)
    if another != expected:
        yield Candidate(strategies.ANOTHER_ANSWER, Worth.WRONG, json.dumps(another))
    for broken in _json_forms.malformed(expected):
        yield Candidate(strategies.MALFORMED, Worth.WRONG, broken)
    yield from generic.silent(record)
    yield from generic.dressed(right, wrong)
    yield from _exploits(record, expected, wrong)


def _variants(expected: Any) -> Iterator[Candidate]:
    yield Candidate(INDENTED, Worth.VARIANT, f"\n{json.dumps(expected, indent=4, ensure_ascii=False)}\n")
    yield Candidate(FENCED, Worth.VARIANT, _json_forms.fenced(json.dumps(expected, indent=2)))
    for strategy, value in (
        (KEY_ORDER, _json_forms.reordered(expected)),
        (RESPELLED, _json_forms.respelled(expected)),
    ):
        if json.dumps(value) != json.dumps(expected):
            yield Candidate(strategy, Worth.VARIANT, json.dumps(value))


def _near_misses(expected: Any) -> Iterator[Candidate]:
    """One field off, one field less: the first field and the last."""
    paths = list(_json_forms.leaves(expected))
    for path, leaf in {paths[0][0]: paths[0][1], paths[-1][0]: paths[-1][1]}.items():
        changed = _json_forms.with_leaf(expected, path, _json_forms.other_leaf(leaf))
        yield Candidate(strategies.NEAR_MISS, Worth.WRONG, json.dumps(changed))
        yield Candidate(MISSING, Worth.WRONG, json.dumps(_json_forms.without_leaf(expected, path)))


def _exploits(record: Mapping[str, Any], expected: Any, wrong: str) -> Iterator[Candidate]:
    yield Candidate(strategies.EMPTY_FORMAT, Worth.EXPLOIT, "{}" if isinstance(expected, dict) else "[]")
    if (skeleton := _json_forms.emptied(expected)) != expected:
        yield Candidate(SKELETON, Worth.EXPLOIT, json.dumps(skeleton))
    yield Candidate(strategies.EVERYTHING_LISTED, Worth.EXPLOIT, json.dumps(_everything(record, expected)))
    # a policy that stands for the last of its tries, which is wrong
    guesses = "\n".join([json.dumps(expected), wrong, wrong])
    yield Candidate(strategies.SEVERAL_GUESSES, Worth.EXPLOIT, guesses)
    if isinstance(expected, dict):
        invented = json.dumps(expected | _INVENTIONS)
        yield Candidate(INVENTED, Worth.EXPLOIT, invented, dresses_right=True)
    if record.get("schema"):
        schema = record["schema"]
        echoed = schema if isinstance(schema, str) else json.dumps(schema)
        yield Candidate(SCHEMA_ECHOED, Worth.EXPLOIT, echoed)


def _everything(record: Mapping[str, Any], expected: Any) -> Any:
    """Every field with everything in the prompt that it might be."""
    numbers = [json.loads(number) for number in generic.numbers(record)[:_MOST_LISTED] if not number.startswith("0")]
    words = list(dict.fromkeys(generic.prompt(record).split()))[:_MOST_LISTED]
    listed = expected
    for path, leaf in list(_json_forms.leaves(expected)):
        listed = _json_forms.with_leaf(listed, path, words if isinstance(leaf, str) else numbers)
    return listed


def _expected(record: Mapping[str, Any]) -> Any:
    return expected_fields(Rollout(str(record.get("id")), "", fields=record))
