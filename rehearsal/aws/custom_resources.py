"""A custom resource whose Lambda breaks fails at once, with the Lambda's own message.

The emulator waits for the answer of a custom resource for its ServiceTimeout, an hour by default, even when it has
just seen the function fail. AWS, which invokes asynchronously, waits as well; in a rehearsal nobody wants to.
"""

import threading
from typing import Any

from ministack.services import lambda_svc
from ministack.services.cloudformation import custom_resource

from .patching import original, replace


def apply() -> None:
    """Watch the one invocation that CloudFormation makes itself.

    The same event travels on through the CDK's Provider framework, whose waiter uses errors to ask for a retry. So only
    the invocation made in the thread that has just registered the event's token counts.
    """
    register = original(custom_resource, "register_token", "token")
    execute = original(lambda_svc, "_execute_function_with_config_scope", "func", "event")
    original(custom_resource, "deliver_response", "token", "response")
    direct = threading.local()

    def register_token(token: str) -> threading.Event:
        direct.token = token
        registered: threading.Event = register(token)
        return registered

    def _execute_function_with_config_scope(func: dict[str, Any], event: Any) -> Any:
        token, direct.token = getattr(direct, "token", None), None
        result = execute(func, event)
        if token and result.get("error"):
            _fail(token, event["LogicalResourceId"], result.get("body"))
        return result

    replace(custom_resource, "register_token", register_token, "token")
    replace(lambda_svc, "_execute_function_with_config_scope", _execute_function_with_config_scope, "func", "event")


def _fail(token: str, logical_id: str, error: Any) -> None:
    """Answer for the function, unless it had answered before it broke."""
    pending = custom_resource._pending.get(token)
    if pending is None or pending["result"] is not None:
        return
    message = error.get("errorMessage", error) if isinstance(error, dict) else error
    reason = f"The function of {logical_id} failed: {message}"
    custom_resource.deliver_response(token, {"Status": "FAILED", "Reason": reason})
