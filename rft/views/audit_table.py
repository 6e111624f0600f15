"""A grader audit in the terminal."""

from collections.abc import Iterator, Sequence

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from lambda_src.run.audit import Audit, RuleResult, Verdict
from lambda_src.run.audit.cost import Cost
from lambda_src.run.audit.result import StrategyPay
from rft.views.terminal import bar, safe

_STYLES = {
    Verdict.PASSED: "green",
    Verdict.FAILED: "bold red",
    Verdict.WAIVED: "yellow",
    Verdict.NOT_TRIED: "yellow",
}
_SHOWN = 5  # examples of one rule
_BAR = 10  # characters


def show(console: Console, audit: Audit) -> None:
    """Print the rules, what each strategy earns, and what a job would ask of the grader."""
    console.print(f"Grader audit: {audit.responses:,} responses to {audit.records} records\n")
    console.print(_rules(audit.rules))
    if audit.strategies:
        console.print()
        console.print(_strategies(audit.strategies))
    for line in _remarks(audit):
        console.print(f"\n{line}", highlight=False, markup=False)


def _rules(results: Sequence[RuleResult]) -> Table:
    table = Table("rule", "verdict", "found", box=None, pad_edge=False)
    for result in results:
        table.add_row(result.rule, Text(result.verdict, _STYLES[result.verdict]), Group(*_found(result)))
    return table


def _found(result: RuleResult) -> Iterator[RenderableType]:
    yield Text(safe(result.reason))
    for warning in result.warnings:
        yield Text(safe(warning), "yellow")
    for example in result.examples[:_SHOWN]:
        yield Text(f"- {safe(example.message)}", "red" if result.verdict is Verdict.FAILED else "")
        if example.response:
            yield Text(f"  {safe(example.response)}", "dim")
    if len(result.examples) > _SHOWN:
        yield Text(f"- and {len(result.examples) - _SHOWN:,} more")


def _strategies(strategies: Sequence[StrategyPay]) -> Table:
    table = Table("strategy", "worth", "mean", "", "least", "most", box=None, pad_edge=False)
    for pay in strategies:
        paid = (f"{pay.mean:.2f}", bar(pay.mean, _BAR), f"{pay.least:.2f}", f"{pay.most:.2f}")
        table.add_row(pay.strategy, pay.worth, *paid)
    return table


def _remarks(audit: Audit) -> Iterator[str]:
    if audit.cost is not None:
        yield f"Judges: {_cost(audit.cost)}"
    yield from audit.notes


def _cost(cost: Cost) -> str:
    job = f"at most {cost.job_input_tokens:,.0f} and {cost.job_output_tokens:,.0f} in the job's {cost.job_rollouts:,}"
    usd = f", {cost.usd:,.2f} USD" if cost.usd is not None else "; judge.inputPrice and judge.outputPrice make it USD"
    return f"{cost.input_tokens:,.0f} tokens in and {cost.output_tokens:,.0f} out per response, {job}{usd}"
