"""Names of a run: the job, its model, its workflow execution and its record all carry the same one."""

import hashlib
import re
from dataclasses import dataclass

RUN_DIGITS = 12
"""First digits of a digest, by which a run is called."""

_HELD = "held"
_PHYSICAL_ID = re.compile(rf"(?P<name>.+-(?P<run>[0-9a-f]{{{RUN_DIGITS}}})-[0-9a-f]{{6}})/(?P<attempt>\d+)")


@dataclass(frozen=True, slots=True)
class PhysicalId:
    """What CloudFormation remembers of a run: its name, and with it its inputs, and the attempt."""

    name: str
    run: str
    attempt: int

    @classmethod
    def of(cls, name: str, attempt: int) -> "PhysicalId":
        """The id of a run by its name."""
        return cls(name, name.split("-")[-2], attempt)

    @classmethod
    def parse(cls, text: str) -> "PhysicalId | None":
        """The id in ``text``; None where it names no run: nothing has run yet, or a create failed.

        >>> PhysicalId.parse("gsm8k-dev-0123456789ab-a1b2c3/2")
        PhysicalId(name='gsm8k-dev-0123456789ab-a1b2c3', run='0123456789ab', attempt=2)
        """
        match = _PHYSICAL_ID.fullmatch(text)
        return cls(match["name"], match["run"], int(match["attempt"])) if match else None

    def __str__(self) -> str:
        return f"{self.name}/{self.attempt}"


def held_id(project: str, stage: str) -> str:
    """The physical id of a stack that has not run anything yet.

    >>> PhysicalId.parse(held_id("gsm8k", "dev")) is None
    True
    """
    return f"{stage_prefix(project, stage)}{_HELD}"


def is_held(text: str) -> bool:
    """Whether a physical id is that of a stack that has not run anything yet."""
    return text.endswith(f"-{_HELD}")


def stage_prefix(project: str, stage: str) -> str:
    """What the names of all runs of a stage begin with."""
    return f"{_part(project, 24)}-{_part(stage, 12)}-"


def name_prefix(project: str, stage: str, digest: str) -> str:
    """What the names of all runs of the same inputs begin with.

    >>> name_prefix("gsm8k", "dev", "0123456789abcdef")
    'gsm8k-dev-0123456789ab-'
    """
    return f"{stage_prefix(project, stage)}{digest[:RUN_DIGITS]}-"


def run_name(project: str, stage: str, digest: str, *, stack_id: str, request_id: str) -> str:
    """The name of the run that one CloudFormation request asks for, equal whenever the request is repeated.

    Job and model names are unique for ever, hence the last six digits. At most 57 characters of the API's 63.
    """
    request = hashlib.sha256(f"{stack_id}{request_id}".encode()).hexdigest()
    return name_prefix(project, stage, digest) + request[:6]


def _part(text: str, length: int) -> str:
    # a model's name may not hold two hyphens in a row
    return re.sub("-+", "-", text[:length]).strip("-")
