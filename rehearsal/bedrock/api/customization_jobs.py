"""The operations on model customization jobs."""

from collections.abc import Mapping
from typing import Any

from rehearsal.bedrock.api import create_request, listing
from rehearsal.bedrock.caller import Caller
from rehearsal.bedrock.errors import ApiError
from rehearsal.bedrock.jobs import state
from rehearsal.bedrock.jobs.supervisor import Supervisor
from rehearsal.bedrock.store import Job, Store, new_id, tag_map

_KIND = "model-customization-job"
_SUMMARY = {  # member of the summary -> member of the job
    "jobArn": "jobArn",
    "jobName": "jobName",
    "baseModelArn": "baseModelArn",
    "status": "status",
    "statusDetails": "statusDetails",
    "creationTime": "creationTime",
    "lastModifiedTime": "lastModifiedTime",
    "endTime": "endTime",
    "customModelArn": "outputModelArn",
    "customModelName": "outputModelName",
    "customizationType": "customizationType",
}


class CustomizationJobs:
    def __init__(self, store: Store, supervisor: Supervisor) -> None:
        self._store = store
        self._supervisor = supervisor

    def create(self, caller: Caller, request: Mapping[str, Any]) -> dict[str, Any]:
        """Start a job, or answer with the one that the same request has started before."""
        create_request.check(caller, request)
        with self._store.lock:
            jobs = self._of(caller)
            token = request.get("clientRequestToken")
            earlier = next((job for job in jobs if token and job.request.get("clientRequestToken") == token), None)
            if earlier is not None:
                if earlier.request != request:
                    raise _conflict(
                        f"clientRequestToken {token} was used for another request: {earlier.detail['jobArn']}"
                    )
                return {"jobArn": earlier.detail["jobArn"]}
            self._check_names(caller, request, jobs)
            job = _new_job(caller, dict(request))
            self._store.put_job(job)
        self._supervisor.start(job.id)
        return {"jobArn": job.detail["jobArn"]}

    def get(self, caller: Caller, parameters: Mapping[str, Any]) -> dict[str, Any]:
        return self._find(caller, parameters["jobIdentifier"]).detail

    def list_jobs(self, caller: Caller, parameters: Mapping[str, Any]) -> dict[str, Any]:
        found, more = listing.page(
            [job.detail for job in self._of(caller)],
            parameters,
            name="jobName",
            arn="jobArn",
            matches=lambda detail: parameters.get("statusEquals") in {None, detail["status"]},
        )
        summaries = [{new: detail[old] for new, old in _SUMMARY.items() if old in detail} for detail in found]
        return {"modelCustomizationJobSummaries": summaries, **more}

    def stop(self, caller: Caller, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """Stop a running job; one that is stopping already is no error."""
        with self._store.lock:
            job = self._find(caller, parameters["jobIdentifier"])
            if job.status not in state.ACTIVE:
                raise _conflict(f"Job {job.detail['jobArn']} cannot be stopped: its status is {job.status}")
            if job.status == "InProgress":
                self._supervisor.stop(job.id)
        return {}

    def _of(self, caller: Caller) -> list[Job]:
        return [job for job in self._store.jobs() if (job.account, job.region) == (caller.account, caller.region)]

    def _find(self, caller: Caller, identifier: str) -> Job:
        for job in self._of(caller):
            if identifier in {job.detail["jobArn"], job.detail["jobName"]}:
                return job
        raise ApiError("ResourceNotFoundException", f"There is no model customization job {identifier}")

    def _check_names(self, caller: Caller, request: Mapping[str, Any], jobs: list[Job]) -> None:
        if any(job.detail["jobName"] == request["jobName"] for job in jobs):
            raise _conflict(f"The job name {request['jobName']} is in use; job names cannot be used again")
        name = request["customModelName"]
        to_come = {job.detail["outputModelName"] for job in jobs if job.status in state.ACTIVE}
        models = (m for m in self._store.models() if (m.account, m.region) == (caller.account, caller.region))
        if name in to_come or any(model.detail["modelName"] == name for model in models):
            raise _conflict(f"The custom model name {name} is in use")


def _new_job(caller: Caller, request: dict[str, Any]) -> Job:
    job_id = new_id()
    base_model_arn = create_request.base_model_arn(caller, request["baseModelIdentifier"])
    return Job(
        id=job_id,
        account=caller.account,
        region=caller.region,
        model_id=new_id(),
        request=request,
        detail=state.created(
            request,
            job_arn=caller.arn(_KIND, base_model_arn.rpartition("/")[2], job_id),
            base_model_arn=base_model_arn,
        ),
        tags=tag_map(request.get("jobTags", [])),
    )


def _conflict(message: str) -> ApiError:
    return ApiError("ConflictException", message)
