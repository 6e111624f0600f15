"""Where the ``rft`` command begins: what has to hold before its modules are loaded, which takes most of a second."""

import io
import sys

from rft.exit_status import INTERRUPTED


def run() -> None:
    """Run the command; Ctrl-C ends it without a word, and no terminal is asked for characters that it lacks."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    try:
        from rft.cli import app  # noqa: PLC0415 - Ctrl-C may come meanwhile

        app()
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)


if __name__ == "__main__":
    run()
