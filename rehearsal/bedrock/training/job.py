"""One job, from its validation to its artifacts."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rehearsal.bedrock.errors import JobFailure
from rehearsal.bedrock.jobs.state import DATA_PROCESSING, TRAINING, VALIDATION
from rehearsal.bedrock.training import artifacts, dataset
from rehearsal.bedrock.training.grader import Grader
from rehearsal.bedrock.training.progress import Progress
from rehearsal.bedrock.training.server_link import ServerLink
from rehearsal.bedrock.training.storage import Storage

Record = Mapping[str, Any]

_SHOWN = 3  # unreadable prompts named in a failure message


class Training:
    """Takes a job through its phases; ``trainer`` is the module that ``__main__`` describes."""

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
        further = self._train(train, validation, seed)
        self.write_artifacts()
        self._write(further)
        self._link.phase(TRAINING, "Completed")

    def write_artifacts(self) -> None:
        """The CSVs of the steps so far, if there are any."""
        if not self._progress.rows:
            return
        self._write(artifacts.files(self._progress.rows))

    def _write(self, files: Mapping[str, str]) -> None:
        for name, text in files.items():
            self._storage.write(f"{self._artifacts_uri}/{name}", text.encode())

    def _validated(self) -> tuple[Sequence[Record], Sequence[Record]]:
        self._storage.check_writable(self._request["outputDataConfig"]["s3Uri"])
        train = self._records(self._request["trainingDataConfig"]["s3Uri"])
        validators = self._request.get("validationDataConfig", {}).get("validators", [])
        validation = [record for validator in validators for record in self._records(validator["s3Uri"])]
        dataset.check_counts(len(train), len(validation))
        self._check_readable([*train, *validation])
        self._grader.check_access()
        return train, validation

    def _records(self, uri: str) -> Sequence[Record]:
        return dataset.records(self._storage.read(uri), uri)

    def _check_readable(self, records: Sequence[Record]) -> None:
        if found := self._trainer.unreadable(records):
            raise JobFailure(
                f"The base model cannot read {len(found)} of {len(records)} prompts: {'; '.join(found[:_SHOWN])}"
            )

    def _train(self, train: Sequence[Record], validation: Sequence[Record], seed: int) -> Mapping[str, str]:
        """Returns the files that the trainer leaves beside the steps."""
        given = self._request["customizationConfig"]["rftConfig"].get("hyperParameters", {})
        try:
            adapter = self._trainer.train(
                train=train,
                validation=validation,
                grade=self._grader.grade,
                hyper_parameters=self._trainer.HyperParameters.from_api(given),
                seed=seed,
                on_step=self._progress.add,
            )
        except ValueError as error:
            raise JobFailure(f"The base model cannot be trained on this data: {error}") from error
        self._model_folder.mkdir(exist_ok=True)
        adapter.save(self._model_folder / "adapter.npz")
        further: Mapping[str, str] = adapter.artifacts
        return further
