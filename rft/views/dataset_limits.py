"""The hyperparameters that a dataset's lengths run into, and how much of it does."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lambda_src.run.dataset import DatasetReport
from rft.views.figures import is_number, section_of

LENGTHS: Mapping[str, str] = {"prompt": "maxPromptLength", "reference": "inferenceMaxTokens"}
"""What is measured, and which hyperparameter bounds it: longer prompts are dropped, longer responses cut off."""


@dataclass(frozen=True, slots=True)
class Limit:
    """A hyperparameter's value, in tokens, and the share of each part's records, in [0, 1], that is longer."""

    name: str
    tokens: int
    above: Mapping[str, float]


def document(report: DatasetReport, hyper_parameters: Mapping[str, Any] | None) -> dict[str, Any]:
    """The report as JSON, with ``limits``: each of the two hyperparameters that is set."""
    given = hyper_parameters or {}
    limits = {
        name: {
            "tokens": given[name],
            "above": {
                part: round(getattr(lengths, kind).share_above(given[name]), 6)
                for part, lengths in report.content.lengths.items()
            },
        }
        for kind, name in LENGTHS.items()
        if is_number(given.get(name))
    }
    return report.to_json() | {"limits": limits}


def limits_of(dataset: Mapping[str, Any], hyper_parameters: Mapping[str, Any] | None = None) -> dict[str, Limit]:
    """By what is measured, ``prompt`` or ``reference``; from the document, else from the hyperparameters alone."""
    found = {}
    for kind, name in LENGTHS.items():
        limit = section_of(dataset, "limits", name)
        tokens = limit.get("tokens", (hyper_parameters or {}).get(name))
        if is_number(tokens):
            found[kind] = Limit(name, int(tokens), section_of(limit, "above"))
    return found
