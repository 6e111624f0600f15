"""A dataset's files, each line read once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from ...reward.rubric import Rubric
from .check import FileCheck
from .finding import Place
from .format.file import about_counts
from .format.ids import Ids
from .limits import MIN_RECORDS
from .report import DatasetReport, FileReport
from .survey import Survey

PARTS: Final = ("train", "validation", "test")
_LEAST: Final = {"train": MIN_RECORDS, "validation": 1, "test": 1}  # the service documents none but the first


@dataclass(frozen=True, slots=True)
class Source:
    """One file of a dataset.

    Attributes:
        part: ``train``, ``validation`` or ``test``.
        name: How findings call the file.
        lines: Where its lines come from; a stream is read once and never held whole.
    """

    part: str
    name: str
    lines: Path | Iterable[bytes]


def examine(
    sources: Sequence[Source],
    *,
    rubric: Rubric | None = None,
    hyper_parameters: Mapping[str, Any] | None = None,
    references: bool = True,
) -> DatasetReport:
    """Check every record of every file, and look at all of them together.

    Args:
        sources: In the order train, validation, test; each part at most once.
        rubric: The grader; where it is known, prompts are compared with what it wants.
        hyper_parameters: API names; lengths are compared with ``maxPromptLength`` and ``inferenceMaxTokens``.
        references: Whether every record needs a ``reference_answer``.

    Raises:
        DatasetError: A file cannot be read at all.
        ValueError: The sources are not in order.
    """
    parts = [source.part for source in sources]
    if parts != [part for part in PARTS if part in parts]:
        raise ValueError(
            f"sources are {', '.join(parts)}; expected {', '.join(PARTS)}, each at most once, in that order"
        )
    names = {source.part: source.name for source in sources}
    survey = Survey(names, rubric=rubric, hyper_parameters=hyper_parameters)
    files, ids = list[FileReport](), list[Ids]()
    for source in sources:
        file = FileCheck(source.name, part=source.part, references=references, others=ids, observe=survey.observe)
        files.append(file.run(source.lines, min_records=_LEAST[source.part]))
        ids.append(file.ids)
    report = DatasetReport(tuple(files), survey.content())
    if "validation" in parts:
        together = about_counts(report.count("train"), report.count("validation"), Place(names["validation"]))
        report["validation"].findings.extend(together)
    return report
