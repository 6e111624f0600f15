import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from rehearsal.environment import LocalAws

from .conftest import MakeFunction, archive

pytestmark = pytest.mark.emulator


def test_a_function_sees_nothing_of_the_hosts_environment(function: MakeFunction, invoke: Callable[..., Any]) -> None:
    source = "import os\ndef handler(event, context): return sorted(os.environ)"

    seen = set(invoke(function(source, Environment={"Variables": {"OWN": "1"}})))

    unexpected = {v for v in seen if not v.startswith(("AWS_", "_", "LAMBDA_"))}
    assert unexpected == {"OWN", "PATH", "HOME", "LANG", "TMPDIR", "NODE_PATH"}


def test_a_function_cannot_import_what_lambda_does_not_bring(
    function: MakeFunction, invoke: Callable[..., Any]
) -> None:
    answer = invoke(function("def handler(event, context):\n    import yaml"))

    assert answer["errorType"] == "ModuleNotFoundError"


def test_a_function_can_import_the_sdk(function: MakeFunction, invoke: Callable[..., Any]) -> None:
    assert invoke(function("import boto3\ndef handler(event, context): return 1")) == 1


@pytest.mark.parametrize(
    ("runtime", "source"),
    [
        pytest.param(
            "python3.14",
            "class TransientError(Exception): pass\ndef handler(event, context): raise TransientError('later')",
            id="python",
        ),
        pytest.param(
            "nodejs24.x",
            "class TransientError extends Error { name = 'TransientError' }\n"
            "exports.handler = async () => { throw new TransientError('later') }",
            id="node",
        ),
    ],
)
def test_an_exception_reaches_the_invoker_with_its_class(
    function: MakeFunction, invoke: Callable[..., Any], runtime: str, source: str
) -> None:
    answer = invoke(function(source, runtime=runtime))

    assert (answer["errorType"], answer["errorMessage"]) == ("TransientError", "later")


def test_a_function_reads_its_own_files_below_var_task(function: MakeFunction, invoke: Callable[..., Any]) -> None:
    source = "from pathlib import Path\ndef handler(event, context): return Path('/var/task/index.py').exists()"

    assert invoke(function(source)) is True


def test_layers_are_below_opt(local_aws: LocalAws, function: MakeFunction, invoke: Callable[..., Any]) -> None:
    tool = {"tool/run": "#!/usr/bin/python\nimport sys\nprint('ran', sys.argv[1])", "data.txt": "from the layer"}
    layer = local_aws.client("lambda").publish_layer_version(LayerName="tool", Content={"ZipFile": archive(tool)})
    source = (
        "import subprocess\ndef handler(event, context):\n"
        "    ran = subprocess.run(['/opt/tool/run', 'x'], capture_output=True, text=True).stdout\n"
        "    return [ran.strip(), open('/opt/data.txt').read()]"
    )

    assert invoke(function(source, Layers=[layer["LayerVersionArn"]])) == ["ran x", "from the layer"]


def test_the_last_line_a_function_prints_is_logged(
    local_aws: LocalAws, function: MakeFunction, invoke: Callable[..., Any]
) -> None:
    source = "import time\ndef handler(event, context):\n    print('first')\n    time.sleep(0.05)\n    print('last')"
    function_name = function(source)

    invoke(function_name)

    logs = local_aws.client("logs")
    events = logs.filter_log_events(logGroupName=f"/aws/lambda/{function_name}", filterPattern="last")["events"]
    assert [event["message"] for event in events] == ["last"]


def test_an_alias_reaches_the_function_as_the_arn_it_was_invoked_by(
    local_aws: LocalAws, function: MakeFunction, invoke: Callable[..., Any]
) -> None:
    function_name = function("def handler(event, context): return context.invoked_function_arn")
    client = local_aws.client("lambda")
    version = client.publish_version(FunctionName=function_name)["Version"]
    alias = client.create_alias(FunctionName=function_name, Name="run-1", FunctionVersion=version)["AliasArn"]

    assert invoke(alias) == alias


def test_a_node_function_finds_the_sdk(function: MakeFunction, invoke: Callable[..., Any]) -> None:
    source = "const { S3Client } = require('@aws-sdk/client-s3')\nexports.handler = async () => typeof S3Client"

    assert invoke(function(source, runtime="nodejs24.x")) == "function"


def test_a_function_that_prints_nothing_is_not_delayed(function: MakeFunction, invoke: Callable[..., Any]) -> None:
    function_name = function("def handler(event, context): return json.dumps({})\nimport json")
    invoke(function_name)

    started = time.monotonic()
    for _ in range(20):
        assert invoke(function_name) == json.dumps({})

    assert (time.monotonic() - started) / 20 < 0.2
