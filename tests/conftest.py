"""Fixtures that tests of several folders use."""

from collections.abc import Iterator

import pytest

from rehearsal.environment import LocalAws, free_port


@pytest.fixture(scope="session")
def local_aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAws]:
    """One embedded AWS for the whole session; tests give their resources names of their own."""
    with LocalAws(port=free_port(), state_dir=tmp_path_factory.mktemp("rehearsal")) as aws:
        yield aws
