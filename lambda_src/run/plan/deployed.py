"""What a stack was deployed with, as its template and its custom resource tell."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from ..run_name import PhysicalId

METADATA: Final = "Rft::Run"
"""Key of the template's ``Metadata``."""


class DeployedError(ValueError):
    """A stack that does not say what it was deployed with."""


@dataclass(frozen=True, slots=True)
class Deployed:
    """A deployed run.

    Attributes:
        inputs: SHA-256 by name, as in ``digest.Inputs.to_json``.
        hyper_parameters: API names and values.
        dataset: By part; where it says so, with ``records`` and ``sha256``.
        rubric: Entries as in the project file; None where the template does not hold them.
        advice: Version of the advice that the hyperparameters are from; None where none was taken.
        git: ``commit`` and ``dirty``.
        run: The run that the stack has; None where it holds and has run nothing.
    """

    digest: str
    attempt: int
    inputs: Mapping[str, str]
    hyper_parameters: Mapping[str, Any]
    model: str = ""
    dataset: Mapping[str, Any] = field(default_factory=dict)
    rubric: Sequence[Mapping[str, Any]] | None = None
    advice: int | None = None
    git: Mapping[str, Any] = field(default_factory=dict)
    run: PhysicalId | None = None

    @classmethod
    def of(cls, template: Mapping[str, Any], physical_id: str) -> "Deployed":
        """Read a template.

        Args:
            physical_id: Of the stack's custom resource.

        Raises:
            DeployedError: The template does not say what the run is made of.
        """
        document = template.get("Metadata", {}).get(METADATA)
        document = json.loads(document) if isinstance(document, str) else document
        if not isinstance(document, Mapping):
            raise DeployedError(f"no {METADATA} in its template's Metadata: an earlier version has deployed it")
        return cls(
            digest=str(document["digest"]),
            attempt=int(document["attempt"]),
            inputs=document["inputs"],
            hyper_parameters=document["hyperParameters"],
            model=str(document.get("model", "")),
            dataset=document.get("dataset") or {},
            rubric=document.get("rubric"),
            advice=document.get("advice"),
            git=document.get("git") or {},
            run=PhysicalId.parse(physical_id),
        )

    def has_run(self, digest: str, attempt: int) -> bool:
        """Whether the run that the stack has is that of these inputs."""
        return self.run is not None and (self.run.run, self.run.attempt) == (digest[: len(self.run.run)], attempt)

    @property
    def describes_its_run(self) -> bool:
        """Whether the template's inputs are those of the run that the stack has, and not of one that is held back."""
        return self.has_run(self.digest, self.attempt)

    def records(self, part: str) -> int | None:
        """How many records a part had; None where the template does not say."""
        known = self.dataset.get(part)
        count = known.get("records") if isinstance(known, Mapping) else None
        return count if isinstance(count, int) else None
