"""One embedded AWS and one user's checkout for all end-to-end tests."""

import json
import urllib.request
from collections.abc import Callable, Iterator

import pytest

from rehearsal.environment import LocalAws
from tests.e2e.checkout import Checkout

Fault = Callable[..., None]


@pytest.fixture(scope="session")
def checkout(local_aws: LocalAws, tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    local_aws.bootstrap()
    return Checkout.copy(tmp_path_factory.mktemp("checkout"), local_aws)


@pytest.fixture
def fault(local_aws: LocalAws) -> Iterator[Fault]:
    """Let the next calls of a Bedrock operation fail: ``fault(operation, error, message, times)``."""

    def call(method: str, body: object = None) -> None:
        request = urllib.request.Request(  # noqa: S310 - our own server on loopback
            f"{local_aws.bedrock_url}/_rft/faults",
            data=json.dumps(body).encode(),
            headers={"x-rft-secret": local_aws.secret},
            method=method,
        )
        urllib.request.urlopen(request).close()  # noqa: S310 - as above

    def add(operation: str, error: str, message: str, times: int) -> None:
        call("POST", {"operation": operation, "error": error, "message": message, "times": times})

    yield add
    call("DELETE")
