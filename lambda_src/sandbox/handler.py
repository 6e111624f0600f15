"""The sandbox as a Lambda function: nothing it can reach is worth having."""

import json
import os
from typing import Any

from .runner import report, run

if "AWS_LAMBDA_FUNCTION_NAME" in os.environ:  # once per execution environment, before its first request
    print(json.dumps({"sandbox": report()}))


def handler(event: object, _context: object) -> dict[str, Any]:
    """Answer a request; ``runner.run`` says how."""
    return run(event)
