"""What records hold as JSON: as a value or as its text, since services and tools pass both."""

from typing import Any

from ...rollout import RecordError, Rollout
from .json import JsonError, loads


def reference_json(rollout: Rollout) -> Any:
    """The reference answer; its text may be wrapped as ``{"text": ...}``.

    Raises:
        RecordError: There is none, or it is no JSON.

    >>> reference_json(Rollout("a", "", fields={"reference_answer": {"text": '{"total": 18}'}}))
    {'total': 18}
    """
    reference = rollout.fields.get("reference_answer", rollout.reference)
    if (
        isinstance(reference, dict)
        and list(reference) == ["text"]
        and str(reference["text"]).lstrip()[:1] in ("{", "[")
    ):
        reference = reference["text"]
    if reference is None:
        raise RecordError(
            f"rollout {rollout.id}: no reference answer; expected reference_answer in the item or its metadata: "
            f"an object or its JSON text (found {sorted(rollout.fields)})"
        )
    return _read(reference, f"rollout {rollout.id}: reference_answer")


def expected_fields(rollout: Rollout) -> Any:
    """The object or array that a response is to hold: the reference, or what stands under its key ``fields``.

    Raises:
        RecordError: There is none, or it has no field.
    """
    reference = reference_json(rollout)
    expected = reference.get("fields", reference) if isinstance(reference, dict) else reference
    if not isinstance(expected, dict | list) or not expected:
        raise RecordError(
            f"rollout {rollout.id}: reference_answer {str(reference)[:80]!r}; expected an object or array with a field "
            "or more, as it is, under the key fields, or as JSON text"
        )
    return expected


def field_json(rollout: Rollout, name: str) -> Any:
    """A further field of the record; None if it has none of this name.

    Raises:
        RecordError: It is a text that is no JSON.

    >>> field_json(Rollout("a", "", fields={"state": '{"events": []}'}), "state")
    {'events': []}
    """
    return _read(rollout.fields.get(name), f"rollout {rollout.id}: {name}")


def _read(value: Any, what: str) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return loads(value)
    except JsonError as error:
        raise RecordError(f"{what}: {value[:80]!r} is no JSON ({error}); expected an object or its JSON text") from None
