"""What records say of tasks for tools: the tools, what they do, and what was to be called."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ...rollout import RecordError, Rollout
from . import effects as _effects
from . import toolbox as _toolbox
from .calls import CallError, ToolCall, calls_in
from .compare import Comparison, Lists, is_exact
from .effects import EffectError
from .memo import last_only
from .references import field_json, reference_json
from .state import RefusedError
from .toolbox import Toolbox, ToolError

Option = Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Expected:
    """The reference.

    Attributes:
        calls: None if the record does not say.
        is_ordered: Whether their order matters.
        state: The state in the end; None if it is what the calls lead to.
    """

    calls: tuple[ToolCall, ...] | None
    is_ordered: bool
    state: Any


@last_only
def tools_of(rollout: Rollout, option: Option) -> Toolbox:
    """The record's tools; the project's, if it has none.

    Raises:
        RecordError: There are none, or they cannot be read.
    """
    declared = field_json(rollout, "tools")
    try:
        return _toolbox.read(option if declared is None else declared)
    except ToolError as error:
        raise RecordError(f"rollout {rollout.id}: tools: {error}") from None


def fits(rollout: Rollout, call: ToolCall, tools: Toolbox) -> bool:
    """Whether a call names a tool and its arguments are what the tool takes.

    Raises:
        RecordError: The tool's parameters are no schema.
    """
    try:
        return _toolbox.fits(call, tools)
    except ToolError as error:
        raise RecordError(f"rollout {rollout.id}: tools: {error}") from None


@last_only
def expected_of(rollout: Rollout) -> Expected:
    """The record's reference.

    Raises:
        RecordError: It says neither what is to be called nor what that leads to.
    """
    reference = reference_json(rollout)
    if isinstance(reference, list):
        reference = {"calls": reference}
    if not isinstance(reference, dict) or (reference.get("calls") is None and reference.get("state") is None):
        raise RecordError(
            f"rollout {rollout.id}: reference_answer {str(reference)[:80]!r}; expected an object with calls or state"
        )
    return Expected(_calls(rollout, reference), bool(reference.get("ordered", False)), reference.get("state"))


def expects_silence(rollout: Rollout) -> bool:
    """Whether the record says that nothing is to be called."""
    return "reference_answer" in rollout.fields and expected_of(rollout).calls == ()


def list_order(rollout: Rollout) -> Lists:
    """Whether the order of a list in the state matters: only where that of the calls does.

    Raises:
        RecordError: The reference cannot be read.
    """
    return "ordered" if expected_of(rollout).is_ordered else "multiset"


def reaches_end_state(
    rollout: Rollout, calls: Iterable[ToolCall], tools: Toolbox, effects: Option, how: Comparison
) -> bool:
    """Whether calls, carried out one after the other on the record's state, lead to the expected one.

    A call that does not fit its tool, or that its effect refuses, changes nothing, as with a real service. One at least
    has to be carried out, unless none is expected: where nothing is to change, doing nothing is not the answer.

    Raises:
        RecordError: The state, its effects or the expected end cannot be read.
    """
    expected = expected_of(rollout)
    end = expected.state
    if end is None:
        run = _run(rollout, expected.calls or (), tools, effects)
        if run.refused:
            raise RecordError(
                f"rollout {rollout.id}: reference_answer.calls: {run.refused[0]}; expected calls that are carried out"
            )
        end = run.state
    run = _run(rollout, calls, tools, effects)
    return (run.carried_out > 0 or expected.calls == ()) and is_exact(end, run.state, how)


@dataclass(frozen=True, slots=True)
class _Run:
    """What calls did: the state they left, how many were carried out, why others were not."""

    state: Any
    carried_out: int
    refused: list[str]


def _run(rollout: Rollout, calls: Iterable[ToolCall], tools: Toolbox, option: Option) -> _Run:
    state = field_json(rollout, "state")
    if state is None:
        raise RecordError(f"rollout {rollout.id}: no state; expected a field state, an object or its JSON text")
    effects = _effects_of(rollout, option)
    carried_out, refused = 0, []
    for call in calls:
        if not fits(rollout, call, tools):
            refused.append(f"{call.name} is no tool or does not take such arguments")
            continue
        try:
            if call.name in effects:
                state = _effects.applied(state, _toolbox.completed(call, tools), effects[call.name])
            carried_out += 1
        except RefusedError as error:
            refused.append(f"{call.name} is refused: {error}")
    return _Run(state, carried_out, refused)


def _effects_of(rollout: Rollout, option: Option) -> dict[str, _effects.Effect]:
    declared = field_json(rollout, "effects")
    try:
        return _effects.read((option or {}) if declared is None else declared)
    except EffectError as error:
        raise RecordError(f"rollout {rollout.id}: effects: {error}") from None


def _calls(rollout: Rollout, reference: Mapping[str, Any]) -> tuple[ToolCall, ...] | None:
    if reference.get("calls") is None:
        return None
    try:
        return calls_in(reference["calls"])
    except CallError as error:
        raise RecordError(f"rollout {rollout.id}: reference_answer.calls: {error}") from None
