import pytest
from aws_cdk.assertions import Template

from tests.infra.synthesis import template_of


@pytest.fixture(scope="session")
def template() -> Template:
    """Of a project with a validation file, tags and an address."""
    return template_of()
