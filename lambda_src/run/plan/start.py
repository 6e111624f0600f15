"""Whether a deploy starts a run, and why."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from ..run_name import RUN_DIGITS
from .changes import Change, Intended, changes
from .deployed import Deployed

NOT_DEPLOYED = "the stack is not deployed yet"


class Outcome(StrEnum):
    """What a deploy does."""

    NEW = "new run"
    NOTHING = "nothing"
    HELD = "held"
    UNAPPROVED = "refused"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Asked:
    """What is known of the deployed stack.

    Attributes:
        deployed: None where there is no such stack.
        unknown: Why it could not be found out; empty where it was.
    """

    deployed: Deployed | None = None
    unknown: str = ""


@dataclass(frozen=True, slots=True)
class Permit:
    """What the deploy's context says.

    Attributes:
        hold: ``-c run=hold``.
        required: Whether the project wants new runs approved.
        approved: ``-c approve=``; None where it is not given.
    """

    hold: bool = False
    required: bool = False
    approved: str | None = None


@dataclass(frozen=True, slots=True)
class Start:
    """The answer.

    Attributes:
        reason: To follow the outcome.
        changes: Inputs that differ from those of the deployed run, where both are known.
        context: What the deploy must be told for the run to start, such as ``-c approve=0123456789ab``; empty for
            nothing.
    """

    outcome: Outcome
    reason: str
    changes: tuple[Change, ...] = ()
    context: str = ""

    @classmethod
    def of(cls, new: Intended, asked: Asked, permit: Permit) -> "Start":
        """Decide as the deploy would."""
        digits = new.digest[:RUN_DIGITS]
        old = asked.deployed
        if old is not None and old.has_run(new.digest, new.attempt):
            return cls(Outcome.NOTHING, f"run {digits}, attempt {new.attempt}, is deployed")
        differing = changes(old, new) if old is not None and old.describes_its_run else ()
        why = _why(new, asked, differing)
        if permit.hold:
            return cls(Outcome.HELD, f"-c run=hold starts nothing; without it: {why}", differing)
        if permit.required and permit.approved != digits:
            context = f"-c approve={digits}"
            said = f"-c approve={permit.approved} names another run" if permit.approved else "nobody has approved it"
            return cls(Outcome.UNAPPROVED, f"{said}; {context} does. {_upper(why)}", differing, context)
        return cls(Outcome.UNKNOWN if asked.unknown else Outcome.NEW, why, differing)

    def to_json(self) -> dict[str, Any]:
        return {
            "outcome": str(self.outcome),
            "reason": self.reason,
            "changes": [asdict(change) for change in self.changes],
            "context": self.context,
        }


def _why(new: Intended, asked: Asked, differing: Sequence[Change]) -> str:
    old = asked.deployed
    if asked.unknown:
        return f"a new run, unless {new.digest[:RUN_DIGITS]}, attempt {new.attempt}, is deployed ({asked.unknown})"
    if old is None:
        return NOT_DEPLOYED
    adopted = "a former run of these inputs that left a model would be taken up instead"
    if old.run is None:
        return f"the stack holds and has run nothing; {adopted}"
    if not old.describes_its_run:
        return f"the stack holds other inputs back and has run {old.run.run}; {adopted}"
    number = "one input differs" if len(differing) == 1 else f"{len(differing)} inputs differ"
    return f"{number} from those of run {old.run.run}; {adopted}"


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]
