from collections.abc import Iterator

import pytest

from tests.lambda_src.run.stubs import Aws, stubbed_aws


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[Aws]:
    """Stubbed clients; a test fails if it leaves an answer unasked for."""
    with stubbed_aws(monkeypatch) as stubbed:
        yield stubbed
