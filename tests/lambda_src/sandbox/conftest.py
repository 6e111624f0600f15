from collections.abc import Iterator

import pytest

from tests.lambda_src.sandbox.worlds import World, world


@pytest.fixture(scope="session", params=["root", "user", "lambda"])
def sandbox(request: pytest.FixtureRequest) -> Iterator[World]:
    """The sandbox in every kind of place it runs in."""
    with world(request.param) as made:
        yield made


@pytest.fixture(scope="module")
def unfiltered() -> Iterator[World]:
    """A sandbox that can install no filter."""
    with world("lambda") as made:
        yield made


@pytest.fixture(scope="module", params=["root", "user"])
def filtered(request: pytest.FixtureRequest) -> Iterator[World]:
    """A sandbox that can."""
    with world(request.param) as made:
        yield made
