"""``python -m rehearsal.bedrock``: serve until SIGTERM or SIGINT."""

import argparse
import logging
import os
import signal
import sys
import threading
from pathlib import Path

from rehearsal.bedrock.server import LocalBedrock

SECRET_VARIABLE = "RFT_SECRET"  # noqa: S105 - the variable's name


def main() -> None:
    arguments = _arguments()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    _ignore_user_configuration()
    try:
        server = LocalBedrock(
            port=arguments.port,
            emulator_url=arguments.emulator_url,
            state_dir=arguments.state_dir,
            secret=arguments.secret,
            seed=arguments.seed,
        )
    except OSError as error:
        sys.exit(f"the local Bedrock cannot listen on port {arguments.port}: {error}")
    for number in (signal.SIGTERM, signal.SIGINT):
        # shutdown() waits for serve_forever(), which runs in the thread that handles signals
        signal.signal(number, lambda *_: threading.Thread(target=server.shutdown).start())
    with server:
        logging.info("the local Bedrock listens on http://127.0.0.1:%d", server.server_port)
        server.serve_forever(poll_interval=0.1)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m rehearsal.bedrock", description="The local Bedrock.")
    parser.add_argument("--port", type=int, required=True, help="port on 127.0.0.1")
    parser.add_argument("--emulator-url", required=True, help="the embedded AWS, for example http://127.0.0.1:4566")
    parser.add_argument("--state-dir", type=Path, required=True, help="folder for jobs and models")
    parser.add_argument("--secret", default=os.environ.get(SECRET_VARIABLE), help=f"default: ${SECRET_VARIABLE}")
    parser.add_argument("--seed", type=int, default=0, help="of every training (default: 0)")
    arguments = parser.parse_args()
    if not arguments.secret:
        parser.error(f"--secret or the environment variable {SECRET_VARIABLE} is required")
    return arguments


def _ignore_user_configuration() -> None:
    """A profile, a region or a credential process of the user's would otherwise reach boto3."""
    for name in ("AWS_PROFILE", "AWS_DEFAULT_PROFILE"):
        os.environ.pop(name, None)
    os.environ["AWS_CONFIG_FILE"] = os.environ["AWS_SHARED_CREDENTIALS_FILE"] = os.devnull


if __name__ == "__main__":
    main()
