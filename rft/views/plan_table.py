"""A plan in the terminal."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from lambda_src.run.advice import Advised
from lambda_src.run.advice.snippet import snippet
from lambda_src.run.plan import Outcome, Plan
from lambda_src.run.plan.cost import total
from lambda_src.run.plan.item import Item
from lambda_src.run.plan.summary import cost, data, size, starts

_STYLES = {
    Outcome.NEW: "bold yellow",
    Outcome.NOTHING: "bold green",
    Outcome.HELD: "bold green",
    Outcome.UNAPPROVED: "bold red",
    Outcome.UNKNOWN: "bold yellow",
}


def show(console: Console, plan: Plan, pinned: Mapping[str, Any]) -> None:
    """Print all of it.

    Args:
        pinned: Hyperparameters to be copied into the project file.
    """
    title = f"{plan.name}: run {plan.run}, attempt {plan.intended.attempt}, {plan.intended.model}"
    console.print(Text(title, "bold"))
    console.print(Text(starts(plan.start), _STYLES[plan.start.outcome]))
    if plan.start.changes:
        console.print(_changes(plan))
    console.print()
    console.print(_settings(plan))
    console.print()
    console.print(_size(plan))
    for name, items in (("this run", plan.cost.run), ("a month", plan.cost.month)):
        if items:
            console.print()
            console.print(_cost(name, items))
    for warning in plan.warnings:
        console.print(Text(f"\n{warning}", "yellow"))
    console.print("\nTo keep these settings whatever a later version advises, in the project file:\n")
    console.print("\n".join(snippet(pinned)), markup=False, highlight=False)


def _changes(plan: Plan) -> Table:
    table = Table("changed", "deployed", "planned", "", box=None, pad_edge=False)
    for change in plan.start.changes:
        table.add_row(*(Text(text) for text in (change.what, change.old, change.new, change.why)))
    return table


def _settings(plan: Plan) -> Table:
    table = Table("hyperparameter", "value", "from", "advised", "because", box=None, pad_edge=False)
    for one in plan.advice.values:
        origin = "project" if one.given else f"advice {plan.advice.version}"
        table.add_row(one.name, _plain(one.value), origin, _advised(one), one.reason)
    for one in plan.advice.others:
        table.add_row(one.name, "", "service", _advised(one), one.reason)
    return table


def _advised(one: Advised) -> Text:
    differs = one.advised is not None and one.advised != one.value
    return Text("" if one.advised is None else _plain(one.advised), "yellow" if differs else "")


def _size(plan: Plan) -> Table:
    table = Table(box=None, pad_edge=False, show_header=False)
    for name, text in _rows(plan):
        table.add_row(name, text)
    return table


def _rows(plan: Plan) -> Iterator[tuple[str, str]]:
    job = plan.order.job
    yield "records", data(plan)
    yield "size", size(plan)
    if job.records:
        yield "", f"{job.steps_per_epoch:.1f} steps an epoch, {job.validations} validations"
        yield "", f"{job.grader_calls:,} calls of the grader, if each has 64 responses as on SageMaker"
    if not plan.order.local:
        yield "time", str(plan.duration)
    yield "cost", cost(plan)


def _cost(name: str, items: Sequence[Item]) -> Table:
    table = Table(name, "cost", "reckoned from", box=None, pad_edge=False)
    for item in items:
        table.add_row(item.name, item.amount, item.basis)
    table.add_row(Text("in all", "bold"), Text(total(items), "bold"), "list prices without taxes and free tiers")
    return table


def _plain(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
