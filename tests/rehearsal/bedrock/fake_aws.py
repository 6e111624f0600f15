"""The few AWS operations that a job needs, in one HTTP server, so that a training process can be tried without AWS."""

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlsplit

ROLE = "arn:aws:iam::000000000000:role/Customization"
GRADER = "arn:aws:lambda:us-east-1:000000000000:function:grader:run-abc"
SESSION_KEY = "ASIAROLESESSION"
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "bedrock.amazonaws.com"},
            "Action": "sts:AssumeRole",
            "Condition": {
                "StringEquals": {"aws:SourceAccount": "000000000000"},
                "ArnEquals": {"aws:SourceArn": "arn:aws:bedrock:us-east-1:000000000000:model-customization-job/*"},
            },
        }
    ],
}

Grade = Callable[[list[dict[str, Any]]], Any]


def full_marks(items: list[dict[str, Any]]) -> Any:
    return [{"id": item["id"], "aggregate_reward_score": 1.0} for item in items]


def raises(_: list[dict[str, Any]]) -> Any:
    raise RuntimeError("no such verb")


@dataclass
class World:
    """What the fake AWS holds and has seen."""

    trust: dict[str, Any] = field(default_factory=lambda: TRUST)
    objects: dict[str, bytes] = field(default_factory=dict)
    key: str | None = None  # encrypts every object, if there is one
    session_seconds: int = 3600
    assumed: int = 0  # times
    denied: set[str] = field(default_factory=set)
    grade: Grade = full_marks
    events: list[dict[str, Any]] = field(default_factory=list)
    graded: list[list[dict[str, Any]]] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)  # requests without the role's session
    slow_writes: threading.Event | None = None  # S3 keeps those who write an object waiting for it


class FakeAws(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.world = World()
        self.url = f"http://127.0.0.1:{self.server_port}"
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: FakeAws

    def do_GET(self) -> None:
        self._s3()

    def do_PUT(self) -> None:
        self._s3()

    def do_POST(self) -> None:
        body = self._body()
        if self.path == "/_rft/events":
            self.server.world.events.append(json.loads(body))
            self._send(200, b"{}")
        elif self.path.startswith("/2015-03-31/functions/"):
            self._lambda(body)
        elif "x-amz-target" in self.headers:
            self._kms()
        else:
            self._query({name: values[0] for name, values in parse_qs(body.decode()).items()})

    def _query(self, form: dict[str, str]) -> None:
        if form["Action"] == "GetRole" and ROLE.endswith(f"/{form['RoleName']}"):
            policy = quote(json.dumps(self.server.world.trust))
            answer = (
                f"<Role><Path>/</Path><RoleName>Customization</RoleName><RoleId>AROA</RoleId><Arn>{ROLE}</Arn>"
                f"<CreateDate>2026-01-01T00:00:00Z</CreateDate>"
                f"<AssumeRolePolicyDocument>{policy}</AssumeRolePolicyDocument></Role>"
            )
        elif form["Action"] == "AssumeRole":
            answer = (
                f"<Credentials><AccessKeyId>{SESSION_KEY}</AccessKeyId><SecretAccessKey>s</SecretAccessKey>"
                f"<SessionToken>t</SessionToken><Expiration>{self._expiration()}</Expiration></Credentials>"
            )
        else:
            self._send(
                404,
                b"<ErrorResponse><Error><Code>NoSuchEntity</Code><Message>no role</Message></Error></ErrorResponse>",
            )
            return
        action = form["Action"]
        self._send(200, f"<{action}Response><{action}Result>{answer}</{action}Result></{action}Response>".encode())

    def _expiration(self) -> str:
        self.server.world.assumed += 1
        return (datetime.now(UTC) + timedelta(seconds=self.server.world.session_seconds)).isoformat()

    def _kms(self) -> None:
        action = "kms:" + self.headers["x-amz-target"].partition(".")[2]
        allowed = self._allowed(action, str(self.server.world.key))
        code, text = ("InvalidCiphertextException", "") if allowed else ("AccessDeniedException", self._denial(action))
        self._send(400, json.dumps({"__type": code, "message": text}).encode())

    def _s3(self) -> None:
        body = self._body()
        target = urlsplit(self.path)
        key = unquote(target.path).lstrip("/")
        listing = "list-type" in target.query
        action = "s3:ListBucket" if listing else {"GET": "s3:GetObject", "PUT": "s3:PutObject"}[self.command]
        objects = self.server.world.objects
        if not self._allowed(action, f"arn:aws:s3:::{key}"):
            self._send(
                403, f"<Error><Code>AccessDenied</Code><Message>{self._denial(action)}</Message></Error>".encode()
            )
        elif self.command == "PUT":
            if self.server.world.slow_writes is not None:
                self.server.world.slow_writes.wait(timeout=10)
            objects[key] = body
            self._send(200, b"", self._encryption())
        elif listing:
            prefix = f"{key}/{parse_qs(target.query).get('prefix', [''])[0]}"
            keys = [k.partition("/")[2] for k in objects if k.startswith(prefix)]
            contents = "".join(f"<Contents><Key>{k}</Key></Contents>" for k in keys)
            self._send(200, f"<ListBucketResult>{contents}</ListBucketResult>".encode())
        else:
            self._send(200, objects[key], self._encryption())

    def _encryption(self) -> dict[str, str]:
        key = self.server.world.key
        encryption = {"x-amz-server-side-encryption": "aws:kms", "x-amz-server-side-encryption-aws-kms-key-id": key}
        return {name: value for name, value in encryption.items() if key and value}

    def _lambda(self, body: bytes) -> None:
        name = unquote(self.path.removeprefix("/2015-03-31/functions/").removesuffix("/invocations"))
        world = self.server.world
        if not self._allowed("lambda:InvokeFunction", name):
            denial = json.dumps({"Message": self._denial("lambda:InvokeFunction")}).encode()
            self._send(403, denial, {"x-amzn-ErrorType": "AccessDeniedException"})
        elif self.headers.get("X-Amz-Invocation-Type") == "DryRun":
            self._send(204, b"")
        else:
            items = json.loads(body)
            world.graded.append(items)
            try:
                self._send(200, json.dumps(world.grade(items)).encode())
            except RuntimeError as error:
                answer = {"errorType": "RuntimeError", "errorMessage": str(error)}
                self._send(200, json.dumps(answer).encode(), {"X-Amz-Function-Error": "Unhandled"})

    def _allowed(self, action: str, resource: str) -> bool:
        if SESSION_KEY not in self.headers.get("authorization", ""):
            self.server.world.strangers.append(f"{action} {resource}")
        return action not in self.server.world.denied

    def _denial(self, action: str) -> str:
        return f"User: session is not authorized to perform: {action}"

    def _body(self) -> bytes:
        if "chunked" in self.headers.get("content-encoding", ""):
            return self._aws_chunked()
        return self.rfile.read(int(self.headers.get("content-length", "0")))

    def _aws_chunked(self) -> bytes:
        content = b""
        while size := int(self.rfile.readline().partition(b";")[0], 16):
            content += self.rfile.read(size)
            self.rfile.readline()
        while self.rfile.readline().strip():
            pass
        return content

    def _send(self, status: int, payload: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(payload)))
        self.end_headers()
        self.wfile.write(payload)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the parent's name
        pass
