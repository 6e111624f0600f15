"""A training: ``python -m rehearsal.bedrock.training <job folder>``, started by the server for one job.

Validates, trains and writes the artifacts with the customization role's credentials, which are the only ones it has.
The trainer is a module with

* ``HyperParameters``: a dataclass with the fields of ``_HYPER_PARAMETERS``, None for the service's default;
* ``unreadable(records)``: what the base model cannot read in the prompts, one line each;
* ``train(*, train, validation, grade, hyper_parameters, seed, on_step)``, which returns the adapter; ``save(path)``
  writes it.
"""

import argparse
import importlib
import json
import logging
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from rehearsal.bedrock import aws
from rehearsal.bedrock.errors import JobFailure
from rehearsal.bedrock.jobs.state import DATA_PROCESSING, TRAINING, VALIDATION
from rehearsal.bedrock.training import artifacts, dataset
from rehearsal.bedrock.training.grader import Grader
from rehearsal.bedrock.training.progress import Progress
from rehearsal.bedrock.training.server_link import ServerLink
from rehearsal.bedrock.training.storage import Storage

_HYPER_PARAMETERS = {
    "epochCount": "epoch_count",
    "batchSize": "batch_size",
    "learningRate": "learning_rate",
    "maxPromptLength": "max_prompt_length",
    "trainingSamplePerPrompt": "samples_per_prompt",
    "inferenceMaxTokens": "inference_max_tokens",
    "evalInterval": "eval_interval",
}
_SHOWN = 3  # unreadable prompts named in a failure message


class _Stopped(BaseException):
    """SIGTERM has come; not an Exception, so that no trainer takes it for an error of its own."""


class Training:
    """One job from its validation to its artifacts."""

    def __init__(self, folder: Path, *, trainer: Any, storage: Storage, grader: Grader, link: ServerLink) -> None:
        job = json.loads((folder / "job.json").read_text(encoding="utf-8"))
        self._request: dict[str, Any] = job["request"]
        self._artifacts_uri = artifacts.folder(self._request["outputDataConfig"]["s3Uri"], job["id"])
        self._model_folder = folder / "model"
        self._progress = Progress(folder / "progress.jsonl")
        self._trainer = trainer
        self._storage = storage
        self._grader = grader
        self._link = link

    def run(self, seed: int) -> None:
        """Raises JobFailure for whatever ends the job as failed."""
        self._link.phase(VALIDATION, "InProgress")
        train, validation = self._validated()
        self._link.phase(VALIDATION, "Completed")
        self._link.phase(DATA_PROCESSING, "InProgress")
        self._link.phase(DATA_PROCESSING, "Completed")
        self._link.phase(TRAINING, "InProgress")
        adapter = self._trainer.train(
            train=train,
            validation=validation,
            grade=self._grader.grade,
            hyper_parameters=self._hyper_parameters(),
            seed=seed,
            on_step=self._progress.add,
        )
        self._model_folder.mkdir(exist_ok=True)
        adapter.save(self._model_folder / "adapter.npz")
        self.write_artifacts()
        self._link.phase(TRAINING, "Completed")

    def write_artifacts(self) -> None:
        """The CSVs of the steps so far."""
        for name, text in artifacts.files(self._progress.rows).items():
            self._storage.write(f"{self._artifacts_uri}/{name}", text.encode())

    def _validated(self) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        self._storage.check_writable(self._request["outputDataConfig"]["s3Uri"])
        train = self._records(self._request["trainingDataConfig"]["s3Uri"])
        validators = self._request.get("validationDataConfig", {}).get("validators", [])
        validation = [record for validator in validators for record in self._records(validator["s3Uri"])]
        dataset.check_counts(len(train), len(validation))
        self._check_readable([*train, *validation])
        self._grader.check_access()
        return train, validation

    def _records(self, uri: str) -> list[dict[str, Any]]:
        return dataset.records(self._storage.read(uri), uri)

    def _check_readable(self, records: Sequence[Mapping[str, Any]]) -> None:
        if found := self._trainer.unreadable(records):
            raise JobFailure(
                f"The base model cannot read {len(found)} of {len(records)} prompts: {'; '.join(found[:_SHOWN])}"
            )

    def _hyper_parameters(self) -> Any:
        given = self._request["customizationConfig"]["rftConfig"].get("hyperParameters", {})
        return self._trainer.HyperParameters(**{ours: given.get(api) for api, ours in _HYPER_PARAMETERS.items()})


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
            storage=Storage(aws.client("s3", session, arguments.endpoint_url), role),
            grader=Grader(lambda_client, config["rftConfig"]["graderConfig"]["lambdaGrader"]["lambdaArn"], role),
            link=link,
        )
        training.run(arguments.seed)
    except JobFailure as failure:
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
