"""``make rehearse`` and ``make rehearse-stop``.

Exit status: 0 the run is healthy, 1 it failed or could not be made, 2 wrong arguments, 3 it finished with alarms,
4 it was stopped, 130 interrupted (``rft.exit_status``).
"""

import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import FrameType

from rft.exit_status import INTERRUPTED

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interrupted(BaseException):
    """Somebody wants this to end; nothing but the entry point may catch it."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    try:
        with _interruptible():
            # takes a second, in which Ctrl-C is to be as quiet as later
            from rehearsal.command import execute  # noqa: PLC0415

            return execute(arguments)
    except Interrupted:
        print("interrupted; everything that was started has been stopped")
        return INTERRUPTED


@contextmanager
def _interruptible() -> Iterator[None]:
    """Turn the first signal into ``Interrupted``; what is then being stopped is not disturbed by a second one."""

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        for number in _SIGNALS:
            signal.signal(number, signal.SIG_IGN)
        raise Interrupted

    before = {number: signal.signal(number, interrupt) for number in _SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


if __name__ == "__main__":
    sys.exit(main())
