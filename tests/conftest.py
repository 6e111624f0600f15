"""Fixtures that tests of several folders use.

One BLAS thread, as in a job: two of them fight over a busy machine, and make the tests ten times as slow.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # read by numpy when it is first imported

from collections.abc import Iterator

import pytest

from rehearsal.environment import LocalAws, free_port

_LONG = ("tests/e2e", "tests/test_app.py", "tests/rehearsal")
"""What takes longest is started first, so that no worker is left alone with it at the end."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Order the tests by how long those of their folder take."""
    items.sort(key=lambda item: not item.nodeid.startswith(_LONG))


@pytest.fixture(scope="session")
def local_aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAws]:
    """One embedded AWS for the whole session; tests give their resources names of their own."""
    with LocalAws(port=free_port(), state_dir=tmp_path_factory.mktemp("rehearsal")) as aws:
        yield aws
