"""Endpoints below ``/_rft/`` for the rehearsal itself: health, progress, fault injection."""

import json
from typing import Any

from rehearsal.bedrock.errors import ApiError
from rehearsal.bedrock.faults import Faults
from rehearsal.bedrock.jobs import state
from rehearsal.bedrock.store import Job, Store


class Internal:
    def __init__(self, store: Store, faults: Faults) -> None:
        self._store = store
        self._faults = faults

    def answer(self, method: str, path: str, body: bytes) -> Any:
        """Raises ApiError for what does not exist."""
        match method, path.removeprefix("/_rft/").split("/"):
            case "GET", ["health"]:
                return {"status": "ok"}
            case "GET", ["jobs"]:
                return [self._overview(job) for job in self._store.jobs()]
            case "GET", ["jobs", job_id, "progress"]:
                return self._progress(job_id)
            case "POST", ["faults"]:
                return self._add_fault(body)
            case "DELETE", ["faults"]:
                self._faults.clear()
                return {}
        raise ApiError("ResourceNotFoundException", f"{method} {path}: there is no such endpoint")

    def _overview(self, job: Job) -> dict[str, Any]:
        rows = self._progress(job.id)
        return {
            "id": job.id,
            "name": job.detail["jobName"],
            "arn": job.detail["jobArn"],
            "status": job.status,
            "phase": state.running_phase(job.detail),
            "step": rows[-1]["step"] if rows else 0,
            "total": rows[-1]["total"] if rows else None,
            "failureMessage": job.detail.get("failureMessage"),
        }

    def _progress(self, job_id: str) -> list[dict[str, Any]]:
        if job_id not in {job.id for job in self._store.jobs()}:
            raise ApiError("ResourceNotFoundException", f"There is no job {job_id}")
        try:
            text = (self._store.job_folder(job_id) / "progress.jsonl").read_text(encoding="utf-8")
        except FileNotFoundError:
            return []
        whole = text[: text.rfind("\n") + 1]  # the last line may be half written
        return [json.loads(line) for line in whole.splitlines()]

    def _add_fault(self, body: bytes) -> dict[str, Any]:
        try:
            fault = json.loads(body)
        except ValueError as error:
            raise ApiError("ValidationException", f"The request body is not JSON: {error}") from None
        self._faults.add(fault)
        return {}
