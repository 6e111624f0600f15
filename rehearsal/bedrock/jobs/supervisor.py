"""Runs jobs: one training process and one watching thread each."""

import logging
import threading

from rehearsal.bedrock.api.create_request import trainer_of
from rehearsal.bedrock.api.custom_models import custom_model
from rehearsal.bedrock.errors import JobFailure
from rehearsal.bedrock.events import Events
from rehearsal.bedrock.jobs import state
from rehearsal.bedrock.jobs.process import Outcome, TrainingProcess
from rehearsal.bedrock.jobs.role_session import RoleSession
from rehearsal.bedrock.store import Job, Store

_LOG = logging.getLogger(__name__)
_STOP_GRACE_SECONDS = 10.0
_RESTARTED = "The local Bedrock was restarted while this job ran; start a new job."


class Supervisor:
    """Starts, stops and concludes jobs; what happens to a job is written to the store and told to EventBridge."""

    def __init__(self, store: Store, events: Events, *, emulator_url: str, trainer: str | None, seed: int) -> None:
        self._store = store
        self._events = events
        self._emulator_url = emulator_url
        self._trainer = trainer
        self._seed = seed
        self._processes: dict[str, TrainingProcess] = {}
        self._threads: list[threading.Thread] = []
        self._closed = False

    def recover(self) -> None:
        """End the jobs that an earlier server left running."""
        for job in self._store.jobs():
            if job.status in state.ACTIVE:
                self._end(job.id, Outcome("Failed", _RESTARTED))

    def start(self, job_id: str) -> None:
        self._events.publish(self._store.job(job_id))
        thread = threading.Thread(target=self._run, args=(job_id,), name=f"job-{job_id}", daemon=True)
        self._threads.append(thread)
        thread.start()

    def stop(self, job_id: str) -> None:
        """Ask a running job to stop; its process has ten seconds to write what it has."""
        with self._store.lock:
            self._events.publish(self._store.change_job(job_id, state.set_stopping))
            process = self._processes.get(job_id)
        if process is not None:
            process.stop(grace_seconds=_STOP_GRACE_SECONDS)

    def close(self) -> None:
        """Kill every training process and leave the jobs' states to the next server's recovery."""
        with self._store.lock:
            self._closed = True
            processes = list(self._processes.values())
        for process in processes:
            process.kill()
        for thread in self._threads:
            thread.join(timeout=2)

    def _run(self, job_id: str) -> None:
        try:
            self._end(job_id, self._outcome(job_id))
        except Exception as error:
            _LOG.exception("job %s", job_id)
            self._end(job_id, Outcome("Failed", f"Internal error of the local Bedrock: {error}"))

    def _outcome(self, job_id: str) -> Outcome:
        self._set_phase(job_id, state.VALIDATION, "InProgress")
        job = self._store.job(job_id)
        role = RoleSession(job, self._emulator_url)
        try:
            return self._train(job, role, role.credentials())
        except JobFailure as failure:
            return Outcome("Failed", str(failure))

    def _train(self, job: Job, role: RoleSession, credentials: dict[str, str]) -> Outcome:
        with self._store.lock:
            if self._closed or self._store.job(job.id).status == "Stopping":
                return Outcome("Stopped")
            process = TrainingProcess(
                self._store.job_folder(job.id),
                region=job.region,
                emulator_url=self._emulator_url,
                trainer=self._trainer or trainer_of(job.detail["baseModelArn"]),
                seed=self._seed,
            )
            self._processes[job.id] = process
        try:
            return process.watch(
                credentials,
                renew=role.credentials,
                on_phase=lambda phase, status: self._set_phase(job.id, phase, status),
            )
        finally:
            process.kill()
            del self._processes[job.id]

    def _set_phase(self, job_id: str, phase: str, status: str) -> None:
        with self._store.lock:
            if self._store.job(job_id).status == "InProgress":
                self._store.change_job(job_id, lambda detail: state.set_phase(detail, phase, status))

    def _end(self, job_id: str, outcome: Outcome) -> None:
        with self._store.lock:
            if self._closed:
                return
            job = self._store.job(job_id)
            if job.status == "Stopping":
                outcome = Outcome("Stopped")
            if outcome.status == "Completed":
                self._create_model(job)
            ended = self._store.change_job(job_id, lambda d: state.end(d, outcome.status, outcome.message))
        self._events.publish(ended)

    def _create_model(self, job: Job) -> None:
        model = custom_model(job)
        (self._store.job_folder(job.id) / "model").replace(self._store.model_folder(model.id))
        self._store.put_model(model)
        self._store.change_job(job.id, lambda detail: detail.update(outputModelArn=model.detail["modelArn"]))
