"""What JSON Schema is taken as, and which schemas are refused before they can do harm."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator  # type: ignore[import-untyped]  # ships no types

from lambda_src.reward.rewards._structured.schema import SchemaError, compiled, is_valid

PERSON = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "age": {"type": "integer", "minimum": 0}},
    "required": ["name"],
    "additionalProperties": False,
}


@pytest.mark.parametrize(
    ("value", "schema", "valid"),
    [
        pytest.param({"name": "Ana"}, PERSON, True, id="all that is required"),
        pytest.param({"name": "Ana", "age": 18.0}, PERSON, True, id="whole decimal as an integer"),
        pytest.param({"name": "Ana", "age": True}, PERSON, False, id="true is no integer"),
        pytest.param({"age": 18}, PERSON, False, id="required name missing"),
        pytest.param({"name": "Ana", "sex": "f"}, PERSON, False, id="name that is not allowed"),
        pytest.param({"name": "Ana"}, json.dumps(PERSON), True, id="schema as text"),
        pytest.param([], PERSON, False, id="array for an object"),
        pytest.param(True, {"enum": [1]}, False, id="true is not among numbers"),
        pytest.param(1.0, {"const": 1}, True, id="one number in two spellings"),
        pytest.param(19.99, {"multipleOf": 0.01}, True, id="cents"),
        pytest.param("2026-02-29", {"format": "date"}, False, id="day that is in no calendar"),
        pytest.param("A1\n", {"pattern": "^A1$"}, False, id="line break behind the end"),
        pytest.param(
            {}, {"properties": {"a": {"default": 1}}, "required": ["a"]}, False, id="defaults fill in nothing"
        ),
        pytest.param({"a": 1}, {"$ref": "#/$defs/x", "$defs": {"x": {"type": "object"}}}, True, id="reference inside"),
        pytest.param(
            {"a": 1}, {"$id": "http://a.test/b", "$ref": "#/definitions/x", "definitions": {"x": {}}}, True, id="id"
        ),
        pytest.param({"a": "1"}, {"dependencies": {"a": ["b"]}}, False, id="dependency by name"),
        pytest.param({"prefixItems": 1}, {"properties": {"prefixItems": {}}}, True, id="field named as a keyword"),
        pytest.param("x" * 1_001, {"pattern": "x"}, False, id="text too long for a pattern"),
        pytest.param("x" * 1_001, {"pattern": "x", "maxLength": 2_000}, True, id="length set by the schema"),
    ],
)
def test_values_are_held_against_a_schema(value: Any, schema: Any, valid: bool) -> None:
    assert is_valid(value, schema) is valid


@pytest.mark.parametrize(
    ("schema", "message"),
    [
        pytest.param(None, "expected a JSON Schema", id="none"),
        pytest.param("{", "no JSON", id="no JSON"),
        pytest.param([], "expected a JSON Schema", id="array"),
        pytest.param({"type": "text"}, "Unknown type", id="unknown type"),
        pytest.param({"minimum": float("nan")}, "no JSON", id="bound that is no number"),
        pytest.param(
            {"properties": {"a": {"prefixItems": []}}}, r"#/properties/a: prefixItems is of a later", id="draft"
        ),
        pytest.param({"$ref": "http://a.test/b"}, "leads to another document", id="reference to the net"),
        pytest.param({"items": {"$ref": "file:///etc/passwd"}}, r"#/items: \$ref", id="reference to a file"),
        pytest.param({"allOf": [{"$ref": "#/definitions/x"}]}, "Unresolvable", id="reference to nothing"),
        pytest.param({"pattern": "("}, "expected JSON Schema", id="pattern that is none"),
        pytest.param({"items": [{"pattern": "^(a+)+$"}]}, r"#/items/0: pattern .* repeats", id="pattern"),
        pytest.param({"patternProperties": {"^(a*)*$": {}}}, "repeats a repetition", id="pattern of names"),
        pytest.param({"not": {"pattern": r"^(\w+\s?)*$"}}, "repeats a repetition", id="pattern inside"),
        pytest.param(json.loads('{"not":' * 70 + "{}" + "}" * 70), "64 levels", id="too deep"),
    ],
)
def test_a_schema_that_cannot_be_used_is_refused(schema: Any, message: str) -> None:
    with pytest.raises(SchemaError, match=message):
        compiled(schema)


@pytest.mark.parametrize(
    "pattern",
    [
        pytest.param("^[A-Z]{2}-[0-9]+$", id="plain"),
        pytest.param("^(ab|cd)+$", id="alternatives"),
        pytest.param("^([0-9]{3})*$", id="fixed length inside"),
        pytest.param(r"^\w+(?:,\w++)*$", id="possessive inside"),
        pytest.param("^(?>a+)+$", id="atomic inside"),
        pytest.param("^[(*+)]+$", id="signs in a class"),
        pytest.param(r"^\(a+\)+$", id="escaped brackets"),
    ],
)
def test_a_pattern_that_takes_one_way_is_taken(pattern: str) -> None:
    assert is_valid("#", {"pattern": pattern}) is False


def test_a_schema_is_compiled_once_in_either_form() -> None:
    assert compiled(PERSON) is compiled(json.loads(json.dumps(PERSON)))
    assert compiled(json.dumps(PERSON)) is compiled(json.dumps(PERSON))


def test_neither_the_schema_nor_the_value_is_changed() -> None:
    schema = {"properties": {"a": {"$ref": "#/definitions/x", "default": 1}}, "definitions": {"x": {"format": "date"}}}
    before, value = json.dumps(schema), {"b": 1}

    is_valid(value, schema)

    assert json.dumps(schema) == before
    assert value == {"b": 1}


_LEAF = (
    st.none() | st.booleans() | st.integers(-3, 6) | st.sampled_from([0.5, 1.0, 2.5, "", "a", "ab", "A1", "\u00e9{}"])
)
_VALUE = st.recursive(
    _LEAF,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "b", "A1", "{x}"]), inner),
    max_leaves=6,
)
_SIMPLE = st.sampled_from(
    [
        *({"type": kind} for kind in ("null", "boolean", "integer", "number", "string", "array", "object")),
        *(
            {"type": ["string", "null"]},
            {"enum": ["a", 1, None, {"a": 1}]},
            {"const": 1},
            {"const": [True]},
            {"enum": []},
        ),
        *({"minimum": 1}, {"exclusiveMaximum": 2.5}, {"multipleOf": 2}, {"multipleOf": 0.5}),
        *({"minLength": 1}, {"maxLength": 1}, {"pattern": "^[a-z]+$"}, {"pattern": "1"}),
        *({"minItems": 1}, {"maxItems": 1}, {"uniqueItems": True}, {"contains": {"type": "string"}}),
        *({"required": ["a"]}, {"minProperties": 1}, {"maxProperties": 1}, {"propertyNames": {"maxLength": 1}}),
        *({"additionalProperties": False}, {"dependencies": {"a": ["b"]}}, {"items": [{"type": "string"}, True]}),
        *(
            {"patternProperties": {"^[a-z]$": {"type": "integer"}}},
            {"items": [{}], "additionalItems": False},
            True,
            False,
        ),
    ]
)
_SCHEMA = st.recursive(
    _SIMPLE,
    lambda inner: st.one_of(
        st.dictionaries(
            st.sampled_from(["allOf", "anyOf", "oneOf"]), st.lists(inner, min_size=1, max_size=3), min_size=1
        ),
        st.fixed_dictionaries({"properties": st.dictionaries(st.sampled_from(["a", "b", "{x}"]), inner)}),
        st.dictionaries(st.sampled_from(["not", "items", "additionalProperties", "contains"]), inner, min_size=1),
        st.fixed_dictionaries({"if": inner, "then": inner, "else": inner}),
        st.fixed_dictionaries(
            {"const": _LEAF, "enum": st.lists(_LEAF, min_size=1), "allOf": st.lists(inner, min_size=1)}
        ),
    ),
    max_leaves=4,
)


@given(_SCHEMA.filter(lambda schema: isinstance(schema, dict)), _VALUE)
@settings(deadline=None, database=None, derandomize=True, max_examples=150)
def test_a_slower_validator_says_the_same(schema: dict[str, Any], value: Any) -> None:
    assert is_valid(value, schema) is Draft7Validator(schema).is_valid(value)
