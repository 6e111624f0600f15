r"""Rewards for tasks that turn a text into one JSON value, an invoice into its fields for instance.

Where a response holds its value is told in ``_structured.json``: one value counts, so a list of tries is worth no more
than the last of them. Whatever is no strict JSON earns nothing from any of these functions.

The reference is ``reference_answer``: ``{"fields": {...}}``, a plain object, or its JSON text. The schema is the
record's field ``schema`` (an object or its text) or, for records without one, the option ``schema``.

Against gaming: ``fields`` counts values, not names, and takes back what a list has too many, so that listing every
candidate does not pay; ``invented`` makes fields cost something that nobody asked for; ``valid`` and ``only_json`` know
nothing of the values, so put them behind a gate on ``fields``:

    reward:
      - {function: extraction.fields, weight: 0.6, gate: 0.5}
      - {function: extraction.exact, weight: 0.25}
      - {function: extraction.valid, weight: 0.1}
      - {function: extraction.only_json, weight: 0.05}
      - {function: extraction.invented, penalty: 0.2}
"""

from collections.abc import Mapping
from typing import Any

from ..options import OptionError
from ..rollout import RecordError, Rollout
from ._structured import json as _json
from ._structured.compare import Comparison, Lists, Tally, is_exact, tally
from ._structured.references import expected_fields
from ._structured.schema import SchemaError, compiled


def valid(rollout: Rollout, *, schema: Mapping[str, Any] | None = None) -> float:
    """1.0 if the value is what the schema asks for; an object with every field and none of the values is worth as much.

    >>> valid(Rollout("a", '{"total": "18"}'), schema={"properties": {"total": {"type": "number"}}})
    0.0
    """
    given = rollout.fields.get("schema")
    if given is None:
        given = schema
    if given is None:
        raise RecordError(f"rollout {rollout.id}: no schema; expected a field schema, or the option schema")
    try:
        check = compiled(given)
    except SchemaError as error:
        raise RecordError(f"rollout {rollout.id}: schema: {error}") from None
    found = _json.find(rollout.response)
    return float(found.value is not None and check(found.value))


def fields(
    rollout: Rollout,
    *,
    number_tolerance: float = 0.0,
    ignore_case: bool = False,
    ignore_whitespace: bool = False,
    lists: Lists = "ordered",
) -> float:
    """Share of the reference's leaf fields that the value holds, in their place and type.

    An element that a list has too many counts as a field that does not match: listing all candidates does not pay.

    Args:
        number_tolerance: Largest difference of two numbers.
        ignore_case: Whether texts may differ in it.
        ignore_whitespace: Whether texts may differ in the length of their gaps.
        lists: Whether the order of elements matters.

    >>> reference = {"reference_answer": {"total": 18, "lines": [{"sku": "A1", "count": 2}]}}
    >>> fields(Rollout("a", '{"lines": [{"count": 2, "sku": "B"}], "total": 18.0}', fields=reference))
    0.6666666666666666
    """
    return _tally(rollout, Comparison(number_tolerance, ignore_case, ignore_whitespace, lists)).share


def exact(
    rollout: Rollout,
    *,
    number_tolerance: float = 0.0,
    ignore_case: bool = False,
    ignore_whitespace: bool = False,
    lists: Lists = "ordered",
) -> float:
    """1.0 if every field matches and none is invented, so that being nearly right is worth less than being right.

    Args:
        number_tolerance: As for ``fields``, and so are the others.

    >>> reference = {"reference_answer": '{"total": 18}'}
    >>> exact(Rollout("a", '{"total": 18, "tax": 2}', fields=reference))
    0.0
    """
    expected, value = expected_fields(rollout), _json.find(rollout.response).value
    how = Comparison(number_tolerance, ignore_case, ignore_whitespace, lists)
    return float(value is not None and is_exact(expected, value, how))


def invented(rollout: Rollout, *, each: float = 0.25, lists: Lists = "ordered") -> float:
    """1.0 if nothing is stated beyond the reference's fields, less by ``each`` for each leaf; made to be a penalty.

    Nulls and empty objects and arrays state nothing. It closes the exploit of filling in every field that a schema
    allows, on the chance that some are right.

    >>> reference = {"reference_answer": {"fields": {"total": 18}}}
    >>> invented(Rollout("a", '{"total": 17, "tax": {"rate": 19, "sum": 2}, "due": null}', fields=reference))
    0.5
    """
    if _json.find(rollout.response).value is None:
        return 0.0
    return max(1.0 - each * _tally(rollout, Comparison(lists=lists)).invented, 0.0)


def only_json(rollout: Rollout) -> float:
    r"""1.0 if the response is the JSON value, fenced or not, and nothing else, right or wrong.

    >>> only_json(Rollout("a", "Sure! {}")), only_json(Rollout("a", "```json\n{}\n```"))
    (0.0, 1.0)
    """
    return float(_json.find(rollout.response).is_alone)


def parsed(rollout: Rollout) -> bool:
    """Whether the response holds a JSON object or array."""
    return _json.find(rollout.response).value is not None


def check_options(_function: str, options: Mapping[str, Any]) -> None:
    """Make sure that the schema can be used, before anything is graded.

    Raises:
        OptionError: It cannot.
    """
    schema = options.get("schema")
    if schema is not None:
        try:
            compiled(schema)
        except SchemaError as error:
            raise OptionError("schema", str(error)) from None


def _tally(rollout: Rollout, how: Comparison) -> Tally:
    expected = expected_fields(rollout)
    value = _json.find(rollout.response).value
    return Tally(expected=1) if value is None else tally(expected, value, how)
