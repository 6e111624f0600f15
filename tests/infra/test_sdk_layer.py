import subprocess
import sys
from pathlib import Path

import pytest
from aws_cdk import App, Stack

from infra.sdk_layer import SERVICES, SdkLayer
from tests.infra.synthesis import ROOT

_KNOWS_RFT = """
import boto3, botocore.model, sys
clients = {name: boto3.client(name, region_name="us-east-1") for name in sys.argv[1:]}
shape = clients["bedrock"].meta.service_model.shape_for("CustomizationConfig")
print("rftConfig" in shape.members, boto3.__file__)
"""


@pytest.fixture(scope="module")
def layer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The layer's content, unpacked as in a Lambda."""
    assembly = tmp_path_factory.mktemp("assembly")
    app = App(outdir=str(assembly))
    SdkLayer(Stack(app, "Stack"), "Sdk")
    (asset,) = assembly.glob("asset.*")
    return asset / "python"


def test_the_layer_alone_runs_every_service_and_knows_rft(layer: Path) -> None:
    command = [sys.executable, "-S", "-B", "-c", _KNOWS_RFT, *SERVICES]

    done = subprocess.run(command, env={"PYTHONPATH": str(layer)}, capture_output=True, text=True, check=False)

    assert done.stdout.split() == ["True", str(layer / "boto3" / "__init__.py")], done.stderr


def test_the_layer_is_small(layer: Path) -> None:
    packed = sum(file.stat().st_size for file in layer.rglob("*") if file.is_file())

    assert packed < 8 * 1024**2


def test_every_service_the_run_calls_is_in_the_layer() -> None:
    source = "".join(file.read_text(encoding="utf-8") for file in (ROOT / "lambda_src" / "run").rglob("*.py"))

    called = {part.split('"')[0] for part in source.split('client("')[1:]}

    assert called <= set(SERVICES)
