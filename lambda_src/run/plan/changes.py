"""What differs between a deployed run and the one that is planned."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from .deployed import Deployed

_DIGITS: Final = 12  # of a hash
_NOTHING: Final = "none"


@dataclass(frozen=True, slots=True)
class Intended:
    """The run that is planned.

    Attributes:
        inputs: SHA-256 by name, as in ``digest.Inputs.to_json``.
        records: How many, by part, where that is known.
        advice: Version of the advice that is taken for what the project does not name; None for none.
    """

    digest: str
    attempt: int
    inputs: Mapping[str, str]
    model: str
    hyper_parameters: Mapping[str, Any]
    rubric: Sequence[Mapping[str, Any]]
    records: Mapping[str, int] = field(default_factory=dict)
    advice: int | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """One input that differs.

    Attributes:
        what: Which, in words; hyperparameters as the API spells them.
        old: Deployed value, or the first digits of its hash.
        new: As above.
        why: What else is to be said; empty for nothing.
    """

    what: str
    old: str
    new: str
    why: str = ""

    def __str__(self) -> str:
        """One line.

        >>> str(Change("epochCount", "8", "9"))
        'epochCount 8 -> 9'
        """
        return f"{self.what} {self.old} -> {self.new}" + (f" ({self.why})" if self.why else "")


def changes(old: Deployed, new: Intended) -> tuple[Change, ...]:
    """Everything that differs, the data first."""
    return (
        *_of_data(old, new),
        *_of_hash("grader code", "grader", old, new),
        *_of_reward(old, new),
        *_of_hyper_parameters(old, new),
        *_of_model(old, new),
        *([Change("attempt", str(old.attempt), str(new.attempt))] if old.attempt != new.attempt else []),
    )


def _of_data(old: Deployed, new: Intended) -> Iterator[Change]:
    for part in ("train", "validation"):
        for change in _of_hash(f"{part} records", part, old, new):
            counts = old.records(part), new.records.get(part)
            yield _counted(change, *counts)


def _counted(change: Change, before: int | None, after: int | None) -> Change:
    def told(digits: str, count: int | None) -> str:
        return digits if count is None or digits == _NOTHING else f"{count:,} ({digits})"

    return Change(change.what, told(change.old, before), told(change.new, after))


def _of_hash(what: str, name: str, old: Deployed, new: Intended) -> Iterator[Change]:
    before, after = old.inputs.get(name), new.inputs.get(name)
    if before != after:
        yield Change(what, _short(before), _short(after))


def _of_model(old: Deployed, new: Intended) -> Iterator[Change]:
    for change in _of_hash("model", "model", old, new):
        yield Change("model", old.model or change.old, new.model)


def _of_reward(old: Deployed, new: Intended) -> Iterator[Change]:
    """By entry where the deployed one is known, else by hash."""
    hashes = list(_of_hash("reward", "rubric", old, new))
    if not hashes or old.rubric is None:
        yield from hashes
        return
    before, after = _by_name(old.rubric), _by_name(new.rubric)
    for name in dict.fromkeys([*before, *after]):
        yield from _of_entry(name, before.get(name), after.get(name))


def _of_entry(name: str, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> Iterator[Change]:
    if before is None or after is None:
        yield Change(f"reward {name}", "there" if before else _NOTHING, "there" if after else _NOTHING)
        return
    for key in dict.fromkeys([*before, *after]):
        if before.get(key) != after.get(key):
            yield Change(f"reward {name} {key}", _shown(before.get(key)), _shown(after.get(key)))


def _by_name(rubric: Sequence[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    return {str(entry.get("name") or entry.get("function") or "minimum"): entry for entry in rubric}


def _of_hyper_parameters(old: Deployed, new: Intended) -> Iterator[Change]:
    newer = new.advice is not None and old.advice not in (None, new.advice)
    why = f"advice changed from version {old.advice} to {new.advice}" if newer else ""
    before, after = old.hyper_parameters, new.hyper_parameters
    for name in dict.fromkeys([*before, *after]):
        if before.get(name) != after.get(name):
            yield Change(name, _shown(before.get(name)), _shown(after.get(name)), why)


def _shown(value: Any) -> str:
    return "the service's" if value is None else f"{value:g}" if isinstance(value, float) else str(value)


def _short(sha: str | None) -> str:
    return _NOTHING if sha is None else sha[:_DIGITS]
