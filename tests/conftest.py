"""Fixtures that tests of several folders use, and what makes all of them quick.

One BLAS thread, as in a job: two of them fight over a busy machine, and make the tests ten times as slow.
"""

import gc
import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # read by numpy when it is first imported

from collections.abc import Iterator
from typing import Any

import pytest
from xdist.scheduler import LoadFileScheduling

from rehearsal.environment import LocalAws, free_port

gc.disable()  # until everything is collected: of two million objects none is garbage, and looking takes seconds

_TOGETHER = ("tests/test_app.py", "tests/infra/")
"""Files of one worker: they share the CDK's process, which takes seconds to start, and templates."""
_LONG = ("tests/e2e/", *_TOGETHER, "tests/rehearsal/", "tests/lambda_src/sandbox/", "tests/rft/")
"""What takes longest is started first, so that no worker is left alone with it at the end."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Order the tests by how long those of their folder take."""
    items.sort(
        key=lambda item: next((place for place, part in enumerate(_LONG) if item.nodeid.startswith(part)), len(_LONG))
    )


def pytest_collection_finish() -> None:
    gc.freeze()
    gc.enable()


class _ByFile(LoadFileScheduling):  # type: ignore[misc]  # xdist ships no types
    """A file's tests run in one worker, and so do those of all files that go together."""

    def _split_scope(self, nodeid: str) -> str:
        return _TOGETHER[0] if nodeid.startswith(_TOGETHER) else str(super()._split_scope(nodeid))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> _ByFile:
    return _ByFile(config, log)


@pytest.fixture(scope="session")
def local_aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAws]:
    """One embedded AWS for the whole session; tests give their resources names of their own."""
    with LocalAws(port=free_port(), state_dir=tmp_path_factory.mktemp("rehearsal")) as aws:
        yield aws
