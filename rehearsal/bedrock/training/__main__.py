"""A training: ``python -m rehearsal.bedrock.training <job folder>``, started by the server for one job.

Validates, trains and writes the artifacts with the customization role's credentials, which are the only ones it has.
The trainer is a module with

* ``HyperParameters.from_api(values)``: reads the API's ``RFTHyperParameters``;
* ``unreadable(records)``: what the base model cannot read in the prompts, one line each;
* ``train(*, train, validation, grade, hyper_parameters, seed, on_step)``: tells ``on_step`` of each step, a dataclass
  with the fields of ``rehearsal.grpo.StepRow``. Returns the adapter: ``save(path)`` writes it, and ``artifacts`` holds
  further files for the job's output, by their path below its folder. Raises ValueError for data that it cannot train
  on.
"""

import argparse
import importlib
import json
import logging
import os
import signal
import sys
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from rehearsal.bedrock import aws
from rehearsal.bedrock.errors import JobFailure
from rehearsal.bedrock.training.grader import Grader
from rehearsal.bedrock.training.job import Training
from rehearsal.bedrock.training.server_link import ServerLink
from rehearsal.bedrock.training.storage import Storage


class _Stopped(BaseException):
    """SIGTERM has come; not an Exception, so that no trainer takes it for an error of its own."""


def main() -> None:
    arguments = _arguments()
    signal.signal(signal.SIGTERM, _stop)
    logging.basicConfig(stream=sys.stderr)
    link = ServerLink()
    try:
        outcome, message = _outcome(arguments, link)
    except Exception as error:
        logging.exception("training failed")
        outcome, message = "Failed", f"Internal error of the training: {type(error).__name__}: {error}"
    link.end(outcome, message)
    sys.stdout.flush()
    os._exit(0)  # calls to the grader that nobody waits for any more do not hold up the end


def _outcome(arguments: argparse.Namespace, link: ServerLink) -> tuple[str, str]:
    training = None
    try:
        session = link.session()
        job = json.loads((arguments.folder / "job.json").read_text(encoding="utf-8"))
        role, config = job["request"]["roleArn"], job["request"]["customizationConfig"]
        lambda_client = aws.client("lambda", session, arguments.endpoint_url, read_timeout=Grader.READ_TIMEOUT_SECONDS)
        training = Training(
            arguments.folder,
            trainer=importlib.import_module(arguments.trainer),
            storage=Storage(
                aws.client("s3", session, arguments.endpoint_url),
                aws.client("kms", session, arguments.endpoint_url),
                role,
            ),
            grader=Grader(lambda_client, config["rftConfig"]["graderConfig"]["lambdaGrader"]["lambdaArn"], role),
            link=link,
        )
        training.run(arguments.seed)
    except JobFailure as failure:
        logging.exception("job failed")
        return "Failed", str(failure)
    except _Stopped:
        if training is not None:
            _write_what_there_is(training)
        return "Stopped", ""
    return "Completed", ""


def _write_what_there_is(training: Training) -> None:
    try:
        training.write_artifacts()
    except (JobFailure, ClientError, BotoCoreError):
        logging.exception("the steps before the stop could not be written")


def _stop(*_: object) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise _Stopped


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m rehearsal.bedrock.training")
    parser.add_argument("folder", type=Path, help="the job's folder in the server's state")
    parser.add_argument("--trainer", required=True, help="module that trains")
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--endpoint-url", required=True, help="the embedded AWS")
    return parser.parse_args()


if __name__ == "__main__":
    main()
