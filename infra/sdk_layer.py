"""boto3 for the run's Lambdas: the one that Lambda brings may be too old to know reinforcement fine-tuning."""

from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from .packages import package_files
from .staging import staged

SERVICES = (
    "bedrock",
    "bedrock-runtime",
    "cloudformation",
    "cloudwatch",
    "lambda",
    "s3",
    "sns",
    "ssm",
    "stepfunctions",
    "sts",
)
"""Service models that go along: botocore's others are nine tenths of its size."""

RUNTIME = lambda_.Runtime.PYTHON_3_14
_PACKAGES = ("boto3", "botocore", "dateutil", "jmespath", "s3transfer", "six", "urllib3")


class SdkLayer(lambda_.LayerVersion):
    """The boto3 of this environment, which ``requirements.lock`` pins, without the services that no run needs."""

    def __init__(self, scope: Construct, id_: str) -> None:
        super().__init__(
            scope,
            id_,
            code=staged({f"python/{name}": file for name, file in _files()}),
            compatible_runtimes=[RUNTIME],
            description=f"boto3 {version('boto3')}, botocore {version('botocore')}",
        )


def _files() -> Iterator[tuple[str, Path]]:
    for package in _PACKAGES:
        yield from ((name, file) for name, file in package_files(package) if _is_needed(Path(name)))


def _is_needed(file: Path) -> bool:
    """Whether a file is more than the model of a service that no run uses."""
    folder = file.parts[1] if len(file.parts) > 1 else ""
    if folder != "data" or len(file.parts) == 3:  # noqa: PLR2004 - data/endpoints.json and its like serve every service
        return True
    is_example = file.name.startswith("examples-")
    return file.parts[0] == "botocore" and file.parts[2] in SERVICES and not is_example
