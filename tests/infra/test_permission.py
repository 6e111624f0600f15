import pytest
from aws_cdk import App, Stack, Validations
from aws_cdk import aws_iam as iam
from cdk_nag import AwsSolutionsChecks

from infra.permission import Permission, give


def _app(permission: Permission) -> App:
    app = App(builtin_cloud_formation_validation=False)
    Validations.of(app).add_plugins(AwsSolutionsChecks(app))
    role = iam.Role(Stack(app, "Stack"), "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
    give(role, [permission])
    return app


def test_a_wildcard_without_a_reason_is_refused_at_synth() -> None:
    app = _app(Permission(["s3:GetObject"], ["arn:aws:s3:::bucket/*"]))

    with pytest.raises(RuntimeError, match="ValidationFailed"):
        app.synth()


def test_a_wildcard_with_a_reason_is_accepted() -> None:
    app = _app(Permission(["s3:GetObject"], ["arn:aws:s3:::bucket/*"], wildcard="Read by prefix in this test."))

    assert app.synth().stacks


def test_a_reason_covers_its_own_resource_alone() -> None:
    app = _app(Permission(["s3:GetObject"], ["arn:aws:s3:::bucket/*"], wildcard="Read by prefix in this test."))
    stack = app.node.find_child("Stack")
    role = stack.node.find_child("Role")
    assert isinstance(role, iam.Role)
    give(role, [Permission(["s3:PutObject"], ["arn:aws:s3:::other/*"])])

    with pytest.raises(RuntimeError, match="ValidationFailed"):
        app.synth()
