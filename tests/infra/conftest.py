import pytest
from aws_cdk.assertions import Template

from tests.infra.synthesis import stack_of, write_project


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Template:
    """Of a project with a validation file, tags and an address; synthesized once."""
    return Template.from_stack(stack_of(write_project(tmp_path_factory.mktemp("project"))))
