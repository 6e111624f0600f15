"""The course of a preflight: the records, the grader, the base model; the first that will not do ends it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from ...reward.batched import NEVER, Deadline
from ...reward.rubric import Rubric
from ..probe import Probe, ProbeError
from . import base_model, grader
from .data import Data
from .refusal import PreflightError, paragraph, refused
from .report import Folder, Found


@dataclass(frozen=True, slots=True)
class Preflight:
    """What a run that may start takes along, for its record.

    Attributes:
        audit: Summary of the grader audit.
        summary: ``dataset``, ``probe``, ``notes``, and ``report``, the S3 URI of everything.
    """

    audit: Mapping[str, Any]
    summary: Mapping[str, Any]


def preflight(
    run: Mapping[str, Any], name: str, *, client: Callable[[str], Any], bucket: str, deadline: Deadline = NEVER
) -> Preflight:
    """Refuse a run that could only fail or teach the wrong thing.

    Args:
        run: The ``Run`` property: ``dataset``, ``references``, ``rubric``, ``judge``, ``waive``, ``alarms``,
            ``hyperParameters``, ``graderArn``; ``pinned`` where the project's records are in S3, ``probe`` where the
            base model is sampled.
        name: The run's name.
        client: Makes the client of a service: s3, lambda, and bedrock-runtime for a probe.
        bucket: The runs bucket; the report is written there, whatever it says.
        deadline: When to have done; grader and base model are not asked again where the answer might come later.

    Raises:
        PreflightError: Names what is wrong and where the report is, and that nothing was started.
    """
    folder, found, refusal = Folder(client("s3"), bucket, name), Found(), None
    try:
        _check(run, found, folder, client, deadline)
    except PreflightError as error:
        refusal = str(error)
    unwritten = folder.write(run, found, refusal)
    if refusal is None and unwritten is None:
        return Preflight(found.audited(), {**found.summary(), "report": folder.uri})
    reason = refusal or "the preflight passed, and leaves no trace."
    raise PreflightError(paragraph(reason, unwritten or f"The whole report: {folder.uri}"))


def _check(
    run: Mapping[str, Any], found: Found, folder: Folder, client: Callable[[str], Any], deadline: Deadline
) -> None:
    with refused("the grader cannot be used"):
        rubric = Rubric.from_config(run["rubric"])
    with refused("the dataset cannot be used"):
        data = found.data = Data.of(run, client("s3"))
        found.dataset = data.examined(run, rubric)
        found.dataset.require()
        data.settle()
    found.audit = grader.audited(run, rubric, found.dataset, client("lambda"), deadline)
    grader.require_sound(found.audit, len(found.dataset["train"].sample))
    if "probe" in run:
        sample = partial(base_model.probed, run, rubric, data, client=client, deadline=deadline, keep=folder.keep)
        with refused("the base model could not be probed"):
            _probe(run, found, sample)


def _probe(run: Mapping[str, Any], found: Found, sample: Callable[[], Probe]) -> None:
    refuses = run["probe"]["deploy"] == base_model.REFUSE
    try:
        found.probe = sample()
    except ProbeError as error:
        if refuses:
            raise base_model.unreachable(error) from error
        found.notes.append(f"The base model could not be probed: {error}.")
        return
    if refuses:
        base_model.require_trainable(found.probe)
    found.notes += base_model.notes(found.probe)
