import time
from collections.abc import Callable
from typing import Any

import pytest

from rehearsal.environment import LocalAws

from .conftest import MakeFunction

pytestmark = pytest.mark.emulator


@pytest.mark.parametrize(
    ("runtime", "source"),
    [
        pytest.param("python3.14", "def handler(event, context): raise ValueError('out of luck')", id="python"),
        pytest.param("python3.14", "raise ValueError('out of luck')", id="python that cannot be imported"),
        pytest.param("nodejs24.x", "throw new Error('out of luck')", id="node that cannot be loaded"),
    ],
)
def test_a_broken_custom_resource_fails_its_stack_at_once_with_its_message(
    local_aws: LocalAws, function: MakeFunction, stack: Callable[..., Any], runtime: str, source: str
) -> None:
    arn = local_aws.client("lambda").get_function(FunctionName=function(source, runtime=runtime))
    token = arn["Configuration"]["FunctionArn"]

    started = time.monotonic()
    found = stack({"Broken": {"Type": "Custom::Broken", "Properties": {"ServiceToken": token}}})

    events = local_aws.client("cloudformation").describe_stack_events(StackName=found["StackId"])["StackEvents"]
    reasons = [event.get("ResourceStatusReason", "") for event in events]
    assert any("out of luck" in reason for reason in reasons)
    assert time.monotonic() - started < 10
