"""A plan in plain text, short enough to be read before every deploy."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from .cost import total
from .start import Outcome, Start

if TYPE_CHECKING:
    from .plan import Plan

_INDENT: Final = 11  # characters
_CHANGES: Final = 4
_WARNINGS: Final = 3
_STARTS: Final = {
    Outcome.NEW: "a new run: ",
    Outcome.NOTHING: "nothing: ",
    Outcome.HELD: "nothing: ",
    Outcome.UNAPPROVED: "nothing, the deploy is refused: ",
    Outcome.UNKNOWN: "",
}


def lines(plan: "Plan") -> list[str]:
    """About ten lines; three where nothing starts because the run is deployed."""
    deployed = plan.start.outcome is Outcome.NOTHING
    rows = [("starts", starts(plan.start)), *([] if deployed else _of_run(plan)), *_upkeep(plan)]
    return [
        f"{plan.name}: run {plan.run}, attempt {plan.intended.attempt}, {plan.intended.model}",
        *(f"  {name:<{_INDENT - 2}}{text}" for name, text in rows),
    ]


def line(plan: "Plan") -> str:
    """One line."""
    parts = ["perhaps a new run" if plan.start.outcome is Outcome.UNKNOWN else str(plan.start.outcome)]
    if plan.start.outcome is not Outcome.NOTHING:
        parts += [size(plan), f"cost {cost(plan)}"]
        number = len(plan.warnings)
        parts += [f"{number} warning{'s' if number > 1 else ''}"] if number else []
    return f"{plan.name}: run {plan.run}: {'; '.join(parts)}"


def starts(start: Start) -> str:
    """What starts, and why."""
    return f"{_STARTS[start.outcome]}{start.reason}"


def data(plan: "Plan") -> str:
    """How many records there are."""
    if not plan.facts.records:
        return "unknown: the records lie in S3; dataset.train.records says how many (rft check prints it)"
    dropped = plan.facts.records - plan.order.job.records
    left_out = f", {dropped:,} of them left out as too long" if dropped else ""
    held_out = plan.facts.validation_records
    validation = f"{held_out:,}" if held_out else "an unknown number" if plan.facts.has_validation else "none"
    return f"{plan.facts.records:,} to train on{left_out}, {validation} to validate"


def settings(plan: "Plan") -> str:
    """Every hyperparameter that the job is told."""
    told = [
        f"{one.name} {one.value:g}" if isinstance(one.value, float) else f"{one.name} {one.value}"
        for one in plan.advice.values
    ]
    advised = [one.name for one in plan.advice.values if not one.given]
    which = "all of them" if len(advised) == len(told) else ", ".join(advised)
    origin = f" (advised, version {plan.advice.version}: {which})" if advised else ""
    left = [one.name for one in plan.advice.others]
    rest = f"; left to the service: {', '.join(left)}" if left else ""
    return f"{', '.join(told) or 'none'}{origin}{rest}"


def size(plan: "Plan") -> str:
    """Steps and rollouts."""
    job = plan.order.job
    if not job.records:
        return "unknown size"
    return f"{job.steps:,} steps, {job.rollouts:,} rollouts"


def cost(plan: "Plan") -> str:
    """What the run costs."""
    return "nothing: a rehearsal" if plan.order.local else total(plan.cost.run)


def _of_run(plan: "Plan") -> Iterator[tuple[str, str]]:
    if plan.start.changes:
        yield "changed", _few(list(map(str, plan.start.changes)), _CHANGES, "; ")
    yield "records", data(plan)
    yield "settings", settings(plan)
    job = plan.order.job
    if job.records:
        each = f"{size(plan)} in {job.grader_calls:,} calls of the grader"
        yield "size", f"{each}; {job.steps_per_epoch:.1f} steps an epoch, {job.validations} validations"
    if not plan.order.local:
        yield "time", str(plan.duration)
    yield "cost", cost(plan)
    for warning in plan.warnings[:_WARNINGS]:
        yield "warning", warning
    if len(plan.warnings) > _WARNINGS:
        yield "", f"and {len(plan.warnings) - _WARNINGS} more: rft plan {plan.project} --stage {plan.stage}"


def _upkeep(plan: "Plan") -> Iterator[tuple[str, str]]:
    if plan.cost.month:
        yield "a month", f"{total(plan.cost.month)} for the stack and one model"


def _few(texts: Sequence[str], most: int, separator: str) -> str:
    more = f"{separator}and {len(texts) - most} more" if len(texts) > most else ""
    return separator.join(texts[:most]) + more
