"""boto3 for the run's Lambdas: the one that Lambda brings may be too old to know reinforcement fine-tuning."""

from collections.abc import Iterator
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from .staging import staged

SERVICES = ("bedrock", "cloudformation", "cloudwatch", "lambda", "s3", "sns", "ssm", "stepfunctions", "sts")
"""Service models that go along: botocore's others are nine tenths of its size."""

RUNTIME = lambda_.Runtime.PYTHON_3_14
_PACKAGES = ("boto3", "botocore", "dateutil", "jmespath", "s3transfer", "six", "urllib3")


class SdkLayer(lambda_.LayerVersion):
    """The boto3 of this environment, which ``requirements.lock`` pins, without the services that no run needs."""

    def __init__(self, scope: Construct, id_: str) -> None:
        with staged({f"python/{name}": file for name, file in _files()}) as code:
            super().__init__(
                scope,
                id_,
                code=code,
                compatible_runtimes=[RUNTIME],
                description=f"boto3 {version('boto3')}, botocore {version('botocore')}",
            )


def _files() -> Iterator[tuple[str, Path]]:
    for package in _PACKAGES:
        origin = _origin(package)
        if origin.name != "__init__.py":
            yield origin.name, origin
            continue
        for file in sorted(origin.parent.rglob("*")):
            inside = file.relative_to(origin.parent)
            if file.is_file() and _is_needed(package, inside):
                yield (Path(package) / inside).as_posix(), file


def _origin(package: str) -> Path:
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(f"{package} is not installed; the layer is made of the packages of this environment")
    return Path(spec.origin)


def _is_needed(package: str, file: Path) -> bool:
    folder = file.parts[0]
    if "__pycache__" in file.parts or folder == "examples" or file.name.startswith("examples-"):
        return False
    if folder != "data" or len(file.parts) == 2:  # noqa: PLR2004 - data/endpoints.json and its like serve every service
        return True
    return package == "botocore" and file.parts[1] in SERVICES
