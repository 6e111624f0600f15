"""What a deploy is told on its command line: ``-c project=``, ``-c stage=``, ``-c run=`` and ``-c approve=``."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from lambda_src.run.plan import Permit
from lambda_src.run.run_name import RUN_DIGITS
from lambda_src.run.start_mode import StartMode

from .config import ConfigError, StageConfig

if TYPE_CHECKING:
    from constructs import Node  # starts Node.js, and rft plan has no use for it

_RUNS: Final = ("start", "hold")
_DIGITS: Final = re.compile(rf"[0-9a-f]{{{RUN_DIGITS}}}")


@dataclass(frozen=True, slots=True)
class DeployContext:
    """The command line of one deploy.

    Attributes:
        project: Whose stacks are built; None for all.
        stage: Which of them; None for all.
        hold: Whether no run is started.
        approved: First 12 digits of the digest that may start; None where none was named.
    """

    project: str | None = None
    stage: str | None = None
    hold: bool = False
    approved: str | None = None

    @classmethod
    def of(cls, node: "Node") -> "DeployContext":
        """Read the context of an app.

        Raises:
            ConfigError: A value is none that can be used.
        """
        run = node.try_get_context("run")
        if run is not None and run not in _RUNS:
            raise ConfigError(f"-c run={run}: expected {' or '.join(_RUNS)}")
        approved = node.try_get_context("approve")
        return cls(
            project=node.try_get_context("project"),
            stage=node.try_get_context("stage"),
            hold=run == "hold",
            approved=None if approved is None else digits(str(approved)),
        )

    def start_mode(self, config: StageConfig, run: str) -> StartMode:
        """What becomes of a stage's inputs that its stack has not trained.

        Args:
            run: First 12 digits of the digest.
        """
        if self.hold:
            return StartMode.HOLD
        unapproved = config.approval == "required" and self.approved != run
        return StartMode.UNAPPROVED if unapproved else StartMode.NOW

    @property
    def permit(self) -> Permit:
        """The same for the plan, which knows itself what the project asks for."""
        return Permit(hold=self.hold, approved=self.approved)

    def require_known(self, runs: Iterable[str]) -> None:
        """Make sure that the approved digest is that of a stack.

        Args:
            runs: First 12 digits of the digests of all stacks.

        Raises:
            ConfigError: It is another one, so that what was reviewed is not what would be deployed.
        """
        known = sorted(set(runs))
        if self.approved is not None and self.approved not in known:
            raise ConfigError(
                f"-c approve={self.approved}: no selected stack would run that; expected {' or '.join(known)}. Either "
                "what was reviewed has changed since, or another project or stage is meant"
            )


def digits(approved: str) -> str:
    """What was approved, as it was given.

    Raises:
        ConfigError: It cannot be the beginning of a digest.
    """
    if not _DIGITS.fullmatch(approved):
        raise ConfigError(f"-c approve={approved}: expected the first {RUN_DIGITS} digits of a digest, as printed")
    return approved
