"""Start the emulator with its gaps filled: ``.tools/emulator/bin/python -m rehearsal.aws.launch``.

Settings come from the environment, which ``rehearsal.environment.LocalAws`` composes. On SIGTERM or SIGINT the
emulator stops listening, ends the Lambda workers and is gone within seconds, whatever is still running in it.
"""

import asyncio
import os
import signal
import sys
import threading

from .patching import IncompatibleEmulatorError, require_version

_EXIT_CONFIGURATION = 78  # EX_CONFIG of sysexits.h
_STOP_DEADLINE_SECONDS = 4


def main() -> int:
    """Check the emulator, fill its gaps and serve until asked to stop."""
    try:
        require_version()
        from . import gaps  # noqa: PLC0415 - imports the emulator, whose version is checked above

        gaps.fill()
    except IncompatibleEmulatorError as error:
        print(f"rehearsal.aws: {error}", file=sys.stderr)
        return _EXIT_CONFIGURATION
    asyncio.run(_serve())
    return 0


async def _serve() -> None:
    from hypercorn.asyncio import serve  # type: ignore[import-not-found] # noqa: PLC0415 - comes with the emulator
    from hypercorn.config import Config  # type: ignore[import-not-found] # noqa: PLC0415 - likewise
    from ministack.app import app  # noqa: PLC0415 - likewise

    config = Config()
    config.bind = [f"{os.environ['BIND_HOST']}:{os.environ['GATEWAY_PORT']}"]
    config.keep_alive_timeout = 75
    config.graceful_timeout = 1
    asked = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, _stop, asked)
    await serve(app, config, shutdown_trigger=asked.wait)
    _leave()


def _stop(asked: asyncio.Event) -> None:
    asked.set()
    watchdog = threading.Timer(_STOP_DEADLINE_SECONDS, _leave)
    watchdog.daemon = True
    watchdog.start()


def _leave() -> None:
    """End the workers and the process; threads that wait for a custom resource would otherwise keep it for an hour."""
    from ministack.core import lambda_runtime  # noqa: PLC0415 - as above

    for worker in [worker for pool in list(lambda_runtime._workers.values()) for worker in pool]:
        if worker._proc is not None:
            worker._proc.kill()
    os._exit(0)


if __name__ == "__main__":
    sys.exit(main())
