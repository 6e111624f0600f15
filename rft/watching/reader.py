"""Looks at a run again and again, and bears what an account answers when it is busy."""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, Final, TypeVar

from lambda_src.run import customization_jobs, executions
from lambda_src.run.customization_jobs import Job
from lambda_src.run.executions import Execution
from rft import alarms
from rft.alarms import Alarm
from rft.runs import RUNS_BUCKET, STATE_MACHINE, BusyError, MissingError, Record, RunError, Stack, UnreachableError
from rft.watching.look import Look

PATIENCE: Final = 10
"""Looks in a row that may fail for want of a network, once one has succeeded."""

_Answer = TypeVar("_Answer")


class Reader:
    """Looks at one run."""

    def __init__(self, stack: Stack, run: str) -> None:
        """Learn where the run's workflow and alarms are.

        Raises:
            RunError: The stack is not deployed, or may not be read.
        """
        self._stack, self._run = stack, run
        self._machine, self._bucket = stack.output(STATE_MACHINE), stack.output(RUNS_BUCKET)
        self._alarm_names = alarms.names(stack)
        self._known: dict[str, Any] = {}
        self._refused: dict[str, str] = {}
        self._silent = 0  # looks in a row

    def look(self) -> Look:
        """What is known now; what could not be read is as it was at the last look.

        Raises:
            BusyError: The account is busy, and nothing is known of the run yet.
            RunError: The run or its workflow may not be read, or the account has not answered for too long.
        """
        complaints: list[str] = []
        try:
            # the execution first: a run whose end was seen has left its record
            execution: Execution | None = self._needed("the workflow", self._execution, complaints)
            record: Record = self._needed("the run's state", self._record, complaints) or {}
            job: Job | None = self._wanted("the job", self._job, complaints)
            states: list[Alarm] | None = self._wanted("the alarms", self._alarms, complaints)
            self._silent = 0
        except UnreachableError as error:
            self._silent += 1
            if not self._known or self._silent >= PATIENCE:
                raise
            complaints.append(str(error))
            execution, record = self._known.get("the workflow"), self._known.get("the run's state") or {}
            job, states = self._known.get("the job"), self._known.get("the alarms")
        return Look(self._run, datetime.now(UTC), record, execution, job, states or [], complaints)

    def _needed(self, what: str, ask: Callable[[], _Answer], complaints: list[str]) -> _Answer | None:
        try:
            self._known[what] = ask()
        except BusyError:
            if what not in self._known:
                raise
            complaints.append(f"{what}: the account is busy; shown as it was")
        return self._known.get(what)

    def _wanted(self, what: str, ask: Callable[[], _Answer], complaints: list[str]) -> _Answer | None:
        """Of what may be refused: it is then not asked for again."""
        if what not in self._refused:
            try:
                return self._needed(what, ask, complaints)
            except UnreachableError:
                raise
            except BusyError as error:
                complaints.append(str(error))
                return None
            except RunError as error:
                self._refused[what] = str(error)
        complaints.append(self._refused[what])
        return None

    def _execution(self) -> Execution | None:
        with self._stack.asking("its workflow cannot be read"):
            return executions.find(self._stack.client("stepfunctions"), self._machine, self._run)

    def _record(self) -> Record:
        with suppress(MissingError):
            return self._stack.state_in(self._bucket, self._run)
        return {}

    def _job(self) -> Job | None:
        with self._stack.asking("its job cannot be read"):
            return customization_jobs.find(self._stack.client("bedrock"), self._run)

    def _alarms(self) -> list[Alarm]:
        with self._stack.asking("its alarms cannot be read"):
            return alarms.states(self._stack.client("cloudwatch"), self._alarm_names)
