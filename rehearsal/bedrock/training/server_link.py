"""The training process's end of its talk with the server; see ``jobs.process`` for the other."""

import json
import os
import queue
import sys
import threading
from typing import Any

import boto3
import botocore.session
from botocore.credentials import RefreshableCredentials

from rehearsal.bedrock.errors import JobFailure


class ServerLink:
    def __init__(self) -> None:
        """Take standard output for messages; whatever else prints, prints to the log."""
        self._out = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
        self._lock = threading.Lock()
        self._answers: queue.Queue[dict[str, Any]] = queue.Queue()
        threading.Thread(target=self._listen, name="server-link", daemon=True).start()

    def session(self) -> boto3.Session:
        """A session of the customization role that renews itself for as long as the server lets it."""
        session = botocore.session.get_session()
        session._credentials = RefreshableCredentials.create_from_metadata(  # type: ignore[attr-defined]  # no setter
            metadata=self._credentials(), refresh_using=self._renewed, method="customization-role"
        )
        return boto3.Session(botocore_session=session)

    def phase(self, phase: str, status: str) -> None:
        self._tell(phase=phase, status=status)

    def end(self, outcome: str, message: str) -> None:
        self._tell(outcome=outcome, message=message)

    def _tell(self, **message: Any) -> None:
        with self._lock:
            self._out.write(json.dumps(message) + "\n")
            self._out.flush()

    def _renewed(self) -> dict[str, str]:
        self._tell(renew=True)
        return self._credentials()

    def _credentials(self) -> dict[str, str]:
        answer = self._answers.get()
        if "failure" in answer:
            raise JobFailure(answer["failure"])
        credentials: dict[str, str] = answer["credentials"]
        return credentials

    def _listen(self) -> None:
        for line in sys.stdin:
            self._answers.put(json.loads(line))
        os._exit(1)  # the server is gone, and nobody would take the outcome
