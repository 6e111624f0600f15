"""An audit small enough to travel with a run: 3 kB of JSON."""

import json
from collections.abc import Mapping
from typing import Any, Final

MOST_BYTES: Final = 3000
_FORMS: Final = ((200, 1), (100, 1), (100, 0), (50, 0))
"""Bytes of JSON for each text, and how many examples and warnings of each rule, as space grows short."""
_SHOWN: Final = 3  # names or notes
_BROKEN: Final = ("failed", "waived")


def small(full: Mapping[str, Any]) -> dict[str, Any]:
    """The same keys as ``Audit.to_json`` without the strategies; texts are cut and examples left out as need be."""
    for length, details in _FORMS:
        cut = _small(full, length, details)
        if len(json.dumps(cut)) <= MOST_BYTES:
            return cut
    raise AssertionError("the shortest form is always short enough")


def _small(full: Mapping[str, Any], length: int, details: int) -> dict[str, Any]:
    return {
        "passed": full["passed"],
        "records": full["records"],
        "responses": full["responses"],
        "rules": [_rule(rule, length, details) for rule in full["rules"]],
        "histogram": full["histogram"],
        "latency": _rounded(full["latency"], length),
        "cost": _rounded(full["cost"], length),
        "notes": [_cut(note, length) for note in full["notes"][:_SHOWN]],
    }


def _rule(rule: Mapping[str, Any], length: int, details: int) -> dict[str, Any]:
    shown = {"rule": rule["rule"], "verdict": rule["verdict"], "reason": _cut(rule["reason"], length)}
    if rule["verdict"] in _BROKEN:
        shown["broken"] = rule["broken"]
    examples = rule["examples"][:details] if rule["verdict"] in _BROKEN else []
    if examples:
        shown["examples"] = [_rounded(example, length // 2) for example in examples]
    if rule["warnings"][:details]:
        shown["warnings"] = [_cut(warning, length) for warning in rule["warnings"][:details]]
    return shown


def _rounded(values: Mapping[str, Any] | None, length: int) -> dict[str, Any] | None:
    return None if values is None else {name: _short(value, length) for name, value in values.items()}


def _short(value: Any, length: int) -> Any:
    if isinstance(value, float):
        return float(f"{value:.4g}")
    if isinstance(value, list | tuple):
        return [_cut(str(one), length // 4) for one in value[:_SHOWN]]
    return _cut(value, length) if isinstance(value, str) else value


def _cut(text: str, length: int) -> str:
    """The text, cut to this many bytes of JSON."""
    if len(json.dumps(text)) - 2 <= length:
        return text
    kept = text[:length]
    while len(json.dumps(kept)) + 1 > length:  # quotes out, three dots in
        kept = kept[:-1]
    return f"{kept.rstrip()}..."
