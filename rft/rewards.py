"""``rft rewards``: every reward function that a project file can name, with its options.

``python -m rft.rewards`` prints the same as Markdown (``docs/rewards.md``).
"""

import inspect
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import Annotated, Any

import typer
from rich.table import Table

from lambda_src.reward.batched import takes_batch
from lambda_src.reward.criterion import family_module, known_functions
from rft.views.terminal import console


@dataclass(frozen=True, slots=True)
class Described:
    """A reward function, as its own docstring and signature describe it.

    Attributes:
        summary: First sentence of the docstring.
        options: ``name = default`` of each; ``name`` alone where it must be given.
        asks: Whether it asks another process or service.
    """

    name: str
    summary: str
    options: tuple[str, ...]
    asks: bool

    @property
    def family(self) -> str:
        return self.name.partition(".")[0]


def described(family: str | None = None) -> list[Described]:
    """All reward functions, or those of one family, in the order of their modules."""
    return [_describe(name) for name in known_functions() if family in (None, name.partition(".")[0])]


def rewards(
    family: Annotated[str | None, typer.Argument(help="Only this family's functions, e.g. maths.")] = None,
) -> None:
    """List the reward functions that a project's `reward` can name."""
    found = described(family)
    if not found:
        families = ", ".join(sorted({one.family for one in described()}))
        typer.echo(f"rft rewards: no family {family!r}; expected one of {families}", err=True)
        raise typer.Exit(1)
    table = Table("function", "what it pays", "options", box=None, pad_edge=False)
    for one in found:
        table.add_row(one.name, one.summary, "\n".join(one.options))
    console().print(table)


def markdown() -> str:
    """The list as a page."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield "# Reward functions"
    yield ""
    yield "What an entry of `reward` in `projects/<name>.yaml` can name; written by `make rewards` from the docstrings."
    yield "Options are keys of the entry's `options`; how entries are combined stands in"
    yield "[a decision of its own](decisions/0010-gates-penalties-and-what-they-spare.md)."
    functions = described()
    for family in dict.fromkeys(one.family for one in functions):
        yield from ("", f"## {family}", "", _first_paragraph(family_module(family)), "")
        yield from ("| function | what it pays | options |", "|---|---|---|")
        for one in functions:
            if one.family == family:
                options = "<br>".join(f"`{option}`" for option in one.options)
                yield f"| `{one.name}` | {_cell(one.summary)} | {_cell(options)} |"


def _describe(name: str) -> Described:
    family, function_name = name.split(".")
    function = getattr(family_module(family), function_name)
    parameters = inspect.signature(function).parameters.values()
    return Described(
        name,
        summary=_paragraph(inspect.getdoc(function)),
        options=tuple(_option(p) for p in parameters if p.kind is p.KEYWORD_ONLY),
        asks=takes_batch(function),
    )


def _option(parameter: inspect.Parameter) -> str:
    default: Any = parameter.default
    return parameter.name if default is parameter.empty else f"{parameter.name} = {default!r}"


def _first_paragraph(module: ModuleType) -> str:
    return _paragraph(inspect.getdoc(module)).replace("``", "`")


def _paragraph(text: str | None) -> str:
    return " ".join((text or "").partition("\n\n")[0].split())


def _cell(text: str) -> str:
    return text.replace("``", "`").replace("|", "\\|")


if __name__ == "__main__":
    sys.stdout.write(markdown())
