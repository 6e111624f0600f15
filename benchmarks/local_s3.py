"""As much of S3 as a client that puts objects needs: an HTTP server on this machine that keeps what it is sent."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any

import boto3
from botocore.config import Config


class LocalS3(ThreadingHTTPServer):
    """Answers every PUT.

    Attributes:
        objects: Bodies by ``/bucket/key``.
        status: Of the answers.
        answering: Cleared, it lets requests wait.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.objects: dict[str, bytes] = {}
        self.status = 200
        self.answering = Event()
        self.answering.set()

    def client(self, **config: Any) -> Any:
        """One of boto3 that asks nobody else; ``config`` as ``botocore.config.Config`` takes it."""
        return boto3.client(
            "s3",
            endpoint_url=f"http://127.0.0.1:{self.server_port}",
            region_name="us-east-1",
            aws_access_key_id="test",
            aws_secret_access_key="test",  # noqa: S106 - of nobody
            config=Config(**config),
        )


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"  # connections stay open, as S3's do
    server: LocalS3
    disable_nagle_algorithm = True

    def do_PUT(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.answering.wait()
        if self.server.status == 200:  # noqa: PLR2004 - HTTP's OK
            self.server.objects[self.path] = body
        self.send_response(self.server.status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing."""


@contextmanager
def local_s3() -> Iterator[LocalS3]:
    """One that runs."""
    with LocalS3() as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.answering.set()
            server.shutdown()
            thread.join()
