"""What the sandbox's function can reach: nothing."""

from pathlib import Path
from typing import Any

import pytest
from aws_cdk import App, Stack, Validations
from aws_cdk import aws_iam as iam
from aws_cdk.assertions import Template
from cdk_nag import AwsSolutionsChecks

from infra.permission import give
from infra.sandbox import Network, Sandbox
from lambda_src.reward import sandbox_client
from lambda_src.sandbox import request
from tests.infra.synthesis import FLAGS, actions, only, statements, text

_LOGGING = {"logs:CreateLogStream", "logs:PutLogEvents"}


def _template(network: Network, outdir: Path) -> Template:
    app = App(context=FLAGS, outdir=str(outdir), builtin_cloud_formation_validation=False)
    Validations.of(app).add_plugins(AwsSolutionsChecks(app))
    stack = Stack(app, "Stack")
    sandbox = Sandbox(stack, "Sandbox", network=network)
    grader = iam.Role(stack, "Grader", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
    give(grader, [sandbox.invoke()])
    app.synth()  # a finding that nobody acknowledged would end it
    return Template.from_stack(stack)


@pytest.fixture(scope="module")
def assembly(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("assembly")


@pytest.fixture(scope="module")
def isolated(assembly: Path) -> Template:
    return _template("isolated", assembly)


@pytest.fixture(scope="module")
def connected(tmp_path_factory: pytest.TempPathFactory) -> Template:
    return _template("default", tmp_path_factory.mktemp("connected"))


def _function(template: Template) -> dict[str, Any]:
    return dict(only(template, "AWS::Lambda::Function")["Properties"])


def test_without_a_network_of_its_own_the_function_may_write_its_log_and_nothing_else(connected: Template) -> None:
    granted = statements(connected, "SandboxRole")

    assert actions(granted) == _LOGGING
    assert [text(statement["Resource"]).partition("SandboxLog")[1] for statement in granted] == ["SandboxLog"]


def test_what_lambda_needs_to_connect_it_is_denied_to_the_code(isolated: Template) -> None:
    granted = statements(isolated, "SandboxRole")
    allowed, denied = (actions([s for s in granted if s["Effect"] == effect]) for effect in ("Allow", "Deny"))
    (denial,) = (s for s in granted if s["Effect"] == "Deny")

    assert allowed - _LOGGING == denied
    assert denied
    assert denial["Resource"] == "*"
    assert text(denial["Condition"]["ArnLike"]["lambda:SourceFunctionArn"]).endswith(":function:*")


def test_the_function_waits_for_the_denial(isolated: Template) -> None:
    (policy,) = (id_ for id_ in isolated.find_resources("AWS::IAM::Policy") if id_.startswith("SandboxRole"))

    assert policy in only(isolated, "AWS::Lambda::Function")["DependsOn"]


def test_no_route_leaves_the_network(isolated: Template) -> None:
    for kind in (
        "Route",
        "InternetGateway",
        "NatGateway",
        "EgressOnlyInternetGateway",
        "VPCEndpoint",
        "VPCGatewayAttachment",
    ):
        assert not isolated.find_resources(f"AWS::EC2::{kind}"), kind
    assert len(isolated.find_resources("AWS::EC2::Subnet")) == 2
    assert len(_function(isolated)["VpcConfig"]["SubnetIds"]) == 2


def test_names_are_not_resolved_in_the_network(isolated: Template) -> None:
    """Else every look-up could carry something out: the resolver stands behind no security group."""
    network = only(isolated, "AWS::EC2::VPC")["Properties"]

    assert (network["EnableDnsSupport"], network["EnableDnsHostnames"]) == (False, False)


def test_the_security_group_lets_nothing_in_or_out(isolated: Template) -> None:
    group = only(isolated, "AWS::EC2::SecurityGroup")["Properties"]

    assert "SecurityGroupIngress" not in group
    assert [rule["CidrIp"] for rule in group["SecurityGroupEgress"]] == ["255.255.255.255/32"]


def test_without_isolation_there_is_no_network_to_pay_attention_to(connected: Template) -> None:
    assert "VpcConfig" not in _function(connected)
    assert not connected.find_resources("AWS::EC2::VPC")


@pytest.mark.parametrize("network", ["isolated", "connected"])
def test_the_function_has_no_settings_that_could_be_read(network: str, request: pytest.FixtureRequest) -> None:
    assert "Environment" not in _function(request.getfixturevalue(network))


def test_graders_may_invoke_one_version_which_is_kept(isolated: Template) -> None:
    ((version_id, version),) = isolated.find_resources("AWS::Lambda::Version").items()

    assert statements(isolated, "Grader") == [
        {"Action": "lambda:InvokeFunction", "Effect": "Allow", "Resource": {"Ref": version_id}}
    ]
    assert version["DeletionPolicy"] == "Retain"


def test_the_function_carries_the_sandbox_and_nothing_of_the_grader(isolated: Template, assembly: Path) -> None:
    (packed,) = (folder for folder in assembly.glob("asset.*") if (folder / "lambda_src").is_dir())

    assert isolated
    assert {path.name for path in (packed / "lambda_src").iterdir()} == {"__init__.py", "sandbox"}
    assert (packed / "lambda_src" / "sandbox" / "inside" / "seccomp.py").is_file()


def test_a_chunk_of_the_slowest_items_fits_into_its_time(isolated: Template) -> None:
    seconds = _function(isolated)["Timeout"]

    assert sandbox_client.CHUNK * (request.MOST_SECONDS + 2) < seconds < sandbox_client._PATIENCE["read_timeout"]


def test_two_of_the_largest_processes_fit_into_its_memory(isolated: Template) -> None:
    assert _function(isolated)["MemorySize"] > 2 * request.MOST_MEMORY_MB + 256
