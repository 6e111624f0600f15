"""Exit statuses of what follows a run: of ``rft watch`` and of the rehearsal."""

from typing import Final

HEALTHY: Final = 0
FAILED: Final = 1
"""The run failed, or could not be made, followed or read."""
WRONG_ARGUMENTS: Final = 2
ALARMS: Final = 3
"""A detector has gone off, reward hacking included."""
STOPPED: Final = 4
"""Somebody, or a detector that may, stopped the run."""
INTERRUPTED: Final = 130
"""As shells have it."""
