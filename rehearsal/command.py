"""The command line of the rehearsal: arguments in, exit status out, one message for whatever goes wrong."""

import argparse
import sys
from collections.abc import Sequence

from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console

from infra.config import ConfigError
from rehearsal.deployment import CommandError
from rehearsal.environment import DEFAULT_PORT, LocalAwsError, stop_running
from rehearsal.progress import Progress
from rehearsal.run import STAGES, rehearse
from rft.exit_status import FAILED
from rft.runs import RunError

_EXPECTED = (ConfigError, LocalAwsError, CommandError, RunError, BotoCoreError, ClientError, OSError)
"""What can go wrong without a mistake in the product: told in words, not as a traceback."""


def execute(arguments: Sequence[str] | None) -> int:
    """Run one command; returns the exit status."""
    options = parser().parse_args(arguments)
    if options.command == "stop":
        print("stopped" if stop_running() else "nothing was running")
        return 0
    progress = Progress(Console(), stages=STAGES)
    try:
        return rehearse(options.project, port=options.port, keep=options.keep, progress=progress)
    except _EXPECTED as error:
        print(f"rehearsal: {error}", file=sys.stderr)
        return FAILED


def parser() -> argparse.ArgumentParser:
    """Describe the command line."""
    top = argparse.ArgumentParser(prog="python -m rehearsal", description="A whole RFT run on an embedded AWS.")
    commands = top.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run", help="start the local AWS, deploy, train, report, stop")
    run.add_argument("--project", required=True, help="a project, as its file in projects/ is called")
    run.add_argument("--port", type=_port, default=DEFAULT_PORT, help="of the local AWS (default: %(default)s)")
    run.add_argument("--keep", action="store_true", help="leave the local AWS running")
    commands.add_parser("stop", help="end what --keep left running")
    return top


def _port(text: str) -> int:
    port = int(text) if text.isdecimal() else 0
    if not 1024 <= port <= 65535:  # noqa: PLR2004 - ports that need no privilege
        raise argparse.ArgumentTypeError(f"{text!r} is not a port; expected 1024 to 65535")
    return port
