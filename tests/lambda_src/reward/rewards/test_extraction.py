"""Which responses an extraction rubric pays, row by row."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lambda_src.reward.options import OptionError
from lambda_src.reward.rewards import extraction
from lambda_src.reward.rollout import RecordError, Rollout
from lambda_src.reward.rubric import Rubric, RubricError

_repeatable = settings(deadline=None, database=None, derandomize=True)

FIELDS: dict[str, Any] = {
    "number": "INV-7",
    "customer": {"name": "Ana Berg", "city": "Malmö"},
    "lines": [{"item": "lamp", "count": 2}, {"item": "desk", "count": 1}],
    "paid": False,
    "total": 18.5,
}
LEAVES = 9
SCHEMA = {
    "type": "object",
    "properties": {
        "number": {"type": "string"},
        "customer": {"type": "object"},
        "lines": {"type": "array"},
        "paid": {"type": "boolean"},
        "total": {"type": "number"},
        "due": {"type": "string"},
    },
    "required": ["number", "customer", "lines", "paid", "total"],
    "additionalProperties": False,
}
HOSTILE = {
    "arrays opened": "[" * 100_000,
    "objects in objects": '{"a":' * 20_000,
    "one object of many members": json.dumps({f"k{n}": n for n in range(8_000)}),
    "one list of many numbers": json.dumps({"lines": list(range(20_000))}),
    "one long text": json.dumps({"number": "x" * 99_000}),
    "one long name": json.dumps({"x" * 99_000: 1}),
    "a pair of quotes over and over": '{"a":"b"}' * 11_000,
    "null bytes": "\0" * 100_000,
    "lone surrogates": '{"number": "\\ud800"}',
    "a list of lists": json.dumps({"lines": [[]] * 3_000}),
}


def rollout(response: Any, reference: Any = None, **fields: Any) -> Rollout:
    text = response if isinstance(response, str) else json.dumps(response)
    reference = {"fields": FIELDS} if reference is None else reference
    return Rollout("r1", text, fields={"reference_answer": reference, "schema": SCHEMA} | fields)


def changed(**members: Any) -> dict[str, Any]:
    return FIELDS | members


@pytest.mark.parametrize(
    "response",
    [
        pytest.param(FIELDS, id="as it is"),
        pytest.param(dict(reversed(FIELDS.items())), id="other order of names"),
        pytest.param(json.dumps(FIELDS, indent=4, ensure_ascii=False), id="indented"),
        pytest.param(f"```json\n{json.dumps(FIELDS)}\n```", id="fenced"),
        pytest.param(f"Here it is:\n{json.dumps(FIELDS)}\nBye!", id="in prose"),
        pytest.param(
            json.dumps(changed(lines=[{"item": "lamp", "count": 2.0}, {"item": "desk", "count": 1}])), id="2.0"
        ),
        pytest.param(f"{{}}\n{json.dumps(FIELDS)}", id="behind another try"),
    ],
)
def test_the_reference_in_any_form_is_paid_in_full(response: Any) -> None:
    given = rollout(response)

    assert extraction.fields(given) == extraction.exact(given) == extraction.valid(given) == 1.0
    assert extraction.invented(given) == 1.0


@pytest.mark.parametrize(
    "reference",
    [
        pytest.param({"fields": FIELDS}, id="under fields"),
        pytest.param(FIELDS, id="plain object"),
        pytest.param(json.dumps(FIELDS), id="text"),
        pytest.param(json.dumps({"fields": FIELDS}), id="text with fields"),
        pytest.param({"text": json.dumps(FIELDS)}, id="text in an object"),
    ],
)
def test_the_reference_is_read_in_every_form(reference: Any) -> None:
    assert extraction.exact(rollout(FIELDS, reference)) == 1.0


@pytest.mark.parametrize(
    ("response", "matched"),
    [
        pytest.param(changed(total=18.6), 8, id="another number"),
        pytest.param(changed(total="18.5"), 8, id="number as text"),
        pytest.param(changed(paid=0), 8, id="zero for false"),
        pytest.param(changed(customer={"name": "Ana Berg"}), 8, id="nested field missing"),
        pytest.param(changed(customer="Ana Berg"), 7, id="text for an object"),
        pytest.param(changed(lines=FIELDS["lines"][::-1]), 5, id="list in another order"),
        pytest.param(changed(lines=FIELDS["lines"][:1]), 7, id="list cut short"),
        pytest.param({"total": 18.5}, 1, id="one field"),
        pytest.param({}, 0, id="empty object"),
        pytest.param([FIELDS], 0, id="in a list"),
        pytest.param({"fields": FIELDS}, 0, id="a level too deep"),
    ],
)
def test_each_right_field_is_paid_its_share(response: Any, matched: int) -> None:
    assert extraction.fields(rollout(response)) == pytest.approx(matched / LEAVES)
    assert extraction.exact(rollout(response)) == 0.0


def test_a_list_of_every_candidate_is_worth_less_than_the_right_one() -> None:
    guesses = [{"item": item, "count": count} for item in ("lamp", "desk", "chair") for count in (1, 2, 3)]

    assert extraction.fields(rollout(changed(lines=guesses)), lists="ordered") < 0.5
    assert extraction.fields(rollout(changed(lines=guesses)), lists="multiset") < 0.5


@pytest.mark.parametrize(
    ("response", "options"),
    [
        pytest.param(changed(total=18.49), {"number_tolerance": 0.01}, id="tolerance"),
        pytest.param(changed(number="inv-7"), {"ignore_case": True}, id="case"),
        pytest.param(
            changed(customer={"name": " Ana  Berg", "city": "Malmö"}), {"ignore_whitespace": True}, id="space"
        ),
        pytest.param(changed(lines=FIELDS["lines"][::-1]), {"lists": "multiset"}, id="order"),
    ],
)
def test_options_forgive_what_they_name_and_nothing_else(response: Any, options: dict[str, Any]) -> None:
    assert extraction.fields(rollout(response)) < 1.0
    assert extraction.fields(rollout(response), **options) == 1.0
    assert extraction.exact(rollout(response), **options) == 1.0


@pytest.mark.parametrize(
    ("response", "value"),
    [
        pytest.param(FIELDS, 1.0, id="nothing"),
        pytest.param({}, 1.0, id="nothing at all"),
        pytest.param(changed(due=None, notes={}), 1.0, id="nothing stated"),
        pytest.param(changed(due="tomorrow"), 0.75, id="one field, though the schema has it"),
        pytest.param(changed(due="tomorrow", tax={"rate": 19, "sum": 2}), 0.25, id="three fields"),
        pytest.param(changed(lines=[*FIELDS["lines"], {"item": "mug", "count": 1}]), 0.5, id="line too many"),
        pytest.param(changed(a=1, b=2, c=3, d=4, e=5), 0.0, id="never below zero"),
        pytest.param("none", 0.0, id="no JSON"),
    ],
)
def test_each_invented_field_costs_its_share(response: Any, value: float) -> None:
    assert extraction.invented(rollout(response)) == value


@pytest.mark.parametrize("function", ["fields", "exact", "valid", "invented", "only_json"])
@pytest.mark.parametrize(
    "response",
    [
        pytest.param("", id="empty"),
        pytest.param("I cannot help with that.", id="refusal"),
        pytest.param(json.dumps(FIELDS)[:-1], id="cut off"),
        pytest.param(json.dumps(FIELDS).replace("}", ",}"), id="comma too many"),
        pytest.param(str(FIELDS), id="Python's spelling"),
        pytest.param('{"total": 18.5, "total": 18.5}', id="duplicate name"),
        pytest.param('{"total": NaN}', id="not a number"),
        *(pytest.param(text, id=name) for name, text in HOSTILE.items() if name in ("arrays opened", "null bytes")),
    ],
)
def test_what_is_no_json_earns_nothing(function: str, response: str) -> None:
    given = rollout(response)

    assert getattr(extraction, function)(given) == 0.0
    assert not extraction.parsed(given)


def test_perfect_form_without_values_earns_nothing_behind_a_gate_on_fields() -> None:
    rubric = Rubric.from_config(
        [
            {"function": "extraction.fields", "weight": 0.6, "gate": 0.5},
            {"function": "extraction.exact", "weight": 0.25},
            {"function": "extraction.valid", "weight": 0.1},
            {"function": "extraction.only_json", "weight": 0.05},
            {"function": "extraction.invented", "penalty": 0.2},
        ]
    )
    empty = {"number": "", "customer": {}, "lines": [], "paid": True, "total": 0}

    assert extraction.valid(rollout(empty)) == 1.0
    assert rubric.score(rollout(empty)).reward == 0.0
    assert rubric.score(rollout(FIELDS)).reward == 1.0
    assert rubric.score(rollout(changed(due="now"))).reward == pytest.approx(0.7)


@pytest.mark.parametrize(
    ("response", "options", "fields", "value"),
    [
        pytest.param(FIELDS, {}, {"schema": json.dumps(SCHEMA)}, 1.0, id="schema as text"),
        pytest.param({"total": 1}, {}, {}, 0.0, id="required fields missing"),
        pytest.param(changed(extra=1), {}, {}, 0.0, id="field that is not allowed"),
        pytest.param({"total": 1}, {"schema": {"required": ["total"]}}, {"schema": None}, 1.0, id="project's schema"),
        pytest.param({"total": 1}, {"schema": {"required": ["total"]}}, {}, 0.0, id="record's schema first"),
        pytest.param(SCHEMA, {}, {}, 0.0, id="schema echoed"),
    ],
)
def test_a_value_is_held_against_the_schema(
    response: Any, options: dict[str, Any], fields: dict[str, Any], value: float
) -> None:
    assert extraction.valid(rollout(response, **fields), **options) == value


@pytest.mark.parametrize(
    ("function", "fields", "message"),
    [
        pytest.param("fields", {"reference_answer": None}, "rollout r1: no reference answer", id="no reference"),
        pytest.param("fields", {"reference_answer": "18"}, "rollout r1: reference_answer", id="number"),
        pytest.param("exact", {"reference_answer": "{"}, "rollout r1: reference_answer: .* is no JSON", id="no JSON"),
        pytest.param("invented", {"reference_answer": {"fields": {}}}, "expected an object or array", id="no field"),
        pytest.param("valid", {"schema": None}, "rollout r1: no schema; expected a field schema", id="no schema"),
        pytest.param("valid", {"schema": {"type": "x"}}, "rollout r1: schema: .*Unknown type", id="no such type"),
        pytest.param("valid", {"schema": {"pattern": "(a+)+"}}, "rollout r1: schema: #: pattern", id="endless pattern"),
    ],
)
def test_a_record_that_cannot_be_graded_is_named(function: str, fields: dict[str, Any], message: str) -> None:
    given = Rollout("r1", "{}", fields={"reference_answer": FIELDS, "schema": SCHEMA} | fields)

    with pytest.raises(RecordError, match=message):
        getattr(extraction, function)(given)


def test_a_schema_of_the_project_is_checked_before_anything_is_graded() -> None:
    with pytest.raises(RubricError, match=r"reward\[0\]\.options\.schema: .*Unknown type"):
        Rubric.from_config([{"function": "extraction.valid", "weight": 1, "options": {"schema": {"type": "x"}}}])
    with pytest.raises(OptionError, match="another document"):
        extraction.check_options("valid", {"schema": {"$ref": "http://a.test"}})


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("lists", ["ordered", "multiset"])
def test_hostile_responses_get_a_value(text: str, lists: Any) -> None:
    given = rollout(text)

    values = [
        extraction.fields(given, lists=lists),
        extraction.exact(given, lists=lists),
        extraction.valid(given),
        extraction.invented(given, lists=lists),
        extraction.only_json(given),
    ]

    assert all(0.0 <= value <= 1.0 for value in values)


_LEAF = st.none() | st.booleans() | st.integers(-5, 5) | st.sampled_from(["", "lamp", "é"]) | st.floats(-2, 2)
_VALUE = st.recursive(
    _LEAF,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*FIELDS, "due"]), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from([*FIELDS, "due"]), _VALUE, min_size=1), st.sampled_from(["ordered", "multiset"]))
@_repeatable
def test_any_object_matches_itself_exactly_and_any_other_gets_a_value(value: dict[str, Any], lists: Any) -> None:
    assert extraction.exact(rollout(value, {"fields": value}), lists=lists) == 1.0
    assert extraction.invented(rollout(value, {"fields": value}), lists=lists) == 1.0
    assert 0.0 <= extraction.fields(rollout(value), lists=lists) <= 1.0
    assert extraction.valid(rollout(value)) in (0.0, 1.0)
