"""HTTP front of the local Bedrock; only the emulator, which knows the secret, gets past it."""

import hmac
import json
import logging
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from uuid import uuid4

from rehearsal.bedrock.api import model as api_model
from rehearsal.bedrock.api.operations import Api
from rehearsal.bedrock.caller import Caller
from rehearsal.bedrock.errors import ApiError
from rehearsal.bedrock.events import Events
from rehearsal.bedrock.faults import Faults
from rehearsal.bedrock.internal import Internal
from rehearsal.bedrock.jobs.supervisor import Supervisor
from rehearsal.bedrock.runtime.front import Runtime
from rehearsal.bedrock.store import Store

_LOG = logging.getLogger(__name__)
_LARGEST_BODY = 4 << 20  # bytes; a judge is shown 200,000 characters at most, and JSON writes six for some of them
_RUNTIME_PATHS = ("/model/", "/guardrail/", "/async-invoke")


class LocalBedrock(ThreadingHTTPServer):
    """The service on a port of loopback."""

    daemon_threads = True
    request_queue_size = 128  # a probe asks from many threads, and every call is a connection of its own

    def __init__(
        self, *, port: int, emulator_url: str, state_dir: Path, secret: str, trainer: str | None = None, seed: int = 0
    ) -> None:
        """Bind the port and take up what ``state_dir`` holds.

        Args:
            port: 0 takes a free one; see ``server_port``.
            trainer: Module that trains every job, as ``rehearsal.bedrock.training`` says; None leaves the choice to
                the job's base model.
            seed: Of every training: equal requests give equal curves.

        Raises:
            OSError: The port is in use.
        """
        self.secret = secret
        self._events = Events(emulator_url, secret)
        store, faults = Store(state_dir), Faults()
        self._supervisor = Supervisor(store, self._events, emulator_url=emulator_url, trainer=trainer, seed=seed)
        self.api = Api(store, self._supervisor, faults)
        self.runtime = Runtime(faults, emulator_url)
        self.internal = Internal(store, faults)
        super().__init__(("127.0.0.1", port), _Handler)  # last: if the port is taken, it calls server_close()
        self._supervisor.recover()

    def server_close(self) -> None:
        """End every training and release the port."""
        super().server_close()
        self._supervisor.close()
        self._events.close(timeout_seconds=2)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: LocalBedrock

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def do_PUT(self) -> None:
        self._answer()

    def do_PATCH(self) -> None:
        self._answer()

    def do_DELETE(self) -> None:
        self._answer()

    def _answer(self) -> None:
        try:
            body = self._body()
            self._check_secret()
            status, answer = self._dispatch(body)
        except ApiError as error:
            self._send_error(error)
        except Exception:
            _LOG.exception("%s %s", self.command, self.path)
            self._send_error(ApiError("InternalServerException", "The local Bedrock failed; its log has the traceback"))
        else:
            self._send(status, answer, {})

    def _dispatch(self, body: bytes) -> tuple[int, Any]:
        if self.path.startswith("/_rft/"):
            return 200, self.server.internal.answer(self.command, self.path, body)
        front, service = self._front()
        call = api_model.parse(self.command, self.path, body, check=front.check, service=service)
        caller = Caller(self.headers.get("x-rft-account", ""), self.headers.get("x-rft-region", ""))
        if not (caller.account and caller.region):
            raise ApiError("ValidationException", "The headers x-rft-account and x-rft-region are missing")
        return api_model.success_status(call.operation, service), front.perform(caller, call)

    def _front(self) -> tuple[Api | Runtime, str]:
        """Who answers: control plane and runtime are two services on AWS, with one signing name."""
        if self.path.startswith(_RUNTIME_PATHS):
            return self.server.runtime, api_model.RUNTIME
        return self.server.api, api_model.CONTROL_PLANE

    def _body(self) -> bytes:
        length = self.headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > _LARGEST_BODY or "transfer-encoding" in self.headers:
            self.close_connection = True  # the body stays unread, and would be taken for the next request
            raise ApiError(
                "ValidationException", f"A request body has a content-length of at most {_LARGEST_BODY} bytes"
            )
        return self.rfile.read(int(length))

    def _check_secret(self) -> None:
        given = self.headers.get("x-rft-secret", "").encode("latin-1")
        if not hmac.compare_digest(given, self.server.secret.encode()):
            raise ApiError(
                "AccessDeniedException", "Calls reach the local Bedrock through the embedded AWS, which authorises them"
            )

    def _send_error(self, error: ApiError) -> None:
        status = 501 if error.code == "NotImplementedException" else api_model.status_of(error.code)
        self._send(status, {"message": str(error)}, {"x-amzn-ErrorType": error.code})

    def _send(self, status: int, answer: Any, headers: dict[str, str]) -> None:
        payload = json.dumps(answer).encode()
        self.send_response(status)
        headers = headers | {"content-type": "application/json", "x-amzn-RequestId": str(uuid4())}
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(payload)))
        self.end_headers()
        self.wfile.write(payload)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the parent's name
        _LOG.debug(format, *args)
