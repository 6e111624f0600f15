"""Jobs and custom models, kept in files so that a restarted server knows them."""

import json
import secrets
import shutil
import string
import threading
from collections.abc import Callable
from copy import deepcopy
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

_ID_CHARACTERS = string.ascii_lowercase + string.digits


@dataclass(frozen=True, slots=True)
class Job:
    """A customization job.

    Attributes:
        id: Last part of its ARN; also names its folder and its artifacts.
        model_id: Last part of the ARN that its custom model gets.
        request: The CreateModelCustomizationJob request.
        detail: What GetModelCustomizationJob answers, as on the wire.
    """

    id: str
    account: str
    region: str
    model_id: str
    request: dict[str, Any]
    detail: dict[str, Any]
    tags: dict[str, str]

    @property
    def status(self) -> str:
        return str(self.detail["status"])


@dataclass(frozen=True, slots=True)
class Model:
    """A custom model; ``detail`` is what GetCustomModel answers."""

    id: str
    account: str
    region: str
    detail: dict[str, Any]
    tags: dict[str, str]


def new_id() -> str:
    """Twelve characters of [a-z0-9], the last part of a Bedrock ARN."""
    return "".join(secrets.choice(_ID_CHARACTERS) for _ in range(12))


def now() -> str:
    """Present time as the API writes it: ISO 8601, UTC, milliseconds."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def tag_map(tags: list[dict[str, str]]) -> dict[str, str]:
    return {tag["key"]: tag["value"] for tag in tags}


class Store:
    """Every write reaches its file before it is seen; whole files are replaced, never edited.

    Attributes:
        lock: Taken by whoever must read and write without another write between.
    """

    def __init__(self, root: Path) -> None:
        self.lock = threading.RLock()
        self._jobs_folder = root / "jobs"
        self._models_folder = root / "models"
        for folder in (self._jobs_folder, self._models_folder):
            folder.mkdir(parents=True, exist_ok=True)
        self._jobs = {job.id: job for job in (Job(**data) for data in _read_all(self._jobs_folder, "job.json"))}
        self._models = {
            model.id: model for model in (Model(**data) for data in _read_all(self._models_folder, "model.json"))
        }

    def jobs(self) -> list[Job]:
        with self.lock:
            return list(self._jobs.values())

    def models(self) -> list[Model]:
        with self.lock:
            return list(self._models.values())

    def job(self, job_id: str) -> Job:
        with self.lock:
            return self._jobs[job_id]

    def job_folder(self, job_id: str) -> Path:
        return self._jobs_folder / job_id

    def model_folder(self, model_id: str) -> Path:
        return self._models_folder / model_id

    def put_job(self, job: Job) -> None:
        with self.lock:
            _write(self.job_folder(job.id) / "job.json", asdict(job))
            self._jobs[job.id] = job

    def put_model(self, model: Model) -> None:
        with self.lock:
            _write(self.model_folder(model.id) / "model.json", asdict(model))
            self._models[model.id] = model

    def change_job(self, job_id: str, change: Callable[[dict[str, Any]], None]) -> Job:
        """Apply ``change`` to a copy of the job's detail and keep the result."""
        with self.lock:
            job = self._jobs[job_id]
            detail = deepcopy(job.detail)
            change(detail)
            detail["lastModifiedTime"] = now()
            changed = replace(job, detail=detail)
            self.put_job(changed)
            return changed

    def delete_model(self, model_id: str) -> None:
        with self.lock:
            shutil.rmtree(self.model_folder(model_id))
            del self._models[model_id]


def _read_all(folder: Path, name: str) -> list[dict[str, Any]]:
    return [json.loads(file.read_text(encoding="utf-8")) for file in sorted(folder.glob(f"*/{name}"))]


def _write(file: Path, data: dict[str, Any]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.with_suffix(".tmp")
    fresh.write_text(json.dumps(data, indent=1), encoding="utf-8")
    fresh.replace(file)
