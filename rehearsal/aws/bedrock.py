"""Amazon Bedrock, control plane and runtime: authorised here, as AWS would, and answered by the local Bedrock.

The emulator authorises Bedrock calls against the resource ``*``, which no least-privilege policy allows, knows no
``iam:PassRole``, no tags of jobs and models and no inference profiles, and answers for every model with a text of its
own. The local Bedrock, a server of its own, sees only what got through, with the caller's identity in headers. Its
events come back through ``POST /_rft/events``.

Actions, resources and condition keys: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonbedrock.html
"""

import asyncio
import json
import os
from collections.abc import Iterable
from typing import Any

from ministack import app
from ministack.core import iam_actions, iam_evaluator
from ministack.core.responses import get_account_id, get_region, new_uuid, request_scope
from ministack.core.router import extract_access_key_id
from ministack.services import eventbridge

from .bedrock_access import Check, checks, identifier, invocation_target, invocations, invoked_model, target
from .local_bedrock import LocalBedrock
from .patching import original, replace

Response = tuple[int, dict[str, str], bytes]
_EVENTS_PATH = "/_rft/events"


def apply() -> None:
    """Take over the two services and the events endpoint."""
    secret = os.environ.pop("RFT_SECRET")  # popped: no Lambda function may ever see it
    _accept_events(secret)
    action_of = original(
        iam_actions, "extract_iam_action", "service", "method", "path", "headers", "body", "query_params"
    )
    original(iam_evaluator, "enforce",
             "access_key_id", "iam_action", "service", "region", "resource_arn", "service_context")  # fmt: skip
    original(iam_actions, "access_denied_response", "service", "action", "principal_arn", "request_id", "error_code",
             "message", "headers", "resource_arn", "explicit_deny", "resource_policy_arn")  # fmt: skip
    server = LocalBedrock(os.environ["RFT_LOCAL_BEDROCK"], secret)

    async def bedrock(method: str, path: str, headers: Any, body: bytes, query: Any) -> Response:
        action = action_of("bedrock", method, path, headers, body, query)
        if action is None:
            return _error(400, "UnknownOperationException", f"{method} {path} is no operation of Amazon Bedrock")
        identity = _identity()
        request = json.loads(body) if body else {}
        name = action.partition(":")[2]
        resource = await asyncio.to_thread(server.resource, name, identifier(name, path, request), identity)
        needed = checks(name, request, resource, account=get_account_id(), region=get_region())
        if denied := _first_denied(needed, headers, query):
            return denied
        return await asyncio.to_thread(server.forward, method, target(name, path, query), headers, body, identity)

    async def runtime(method: str, path: str, headers: Any, body: bytes, query: Any) -> Response:
        model = invoked_model(path)
        needed = invocations(model, account=get_account_id(), region=get_region()) if model else ()
        if denied := _first_denied(needed, headers, query):
            return denied
        return await asyncio.to_thread(server.forward, method, invocation_target(path), headers, body, _identity())

    def extract_iam_action(service: str, method: str, path: str, headers: Any, body: bytes, query_params: Any) -> Any:  # noqa: PLR0917 - the emulator's
        """Leave Bedrock's authorisation to the handlers; the dispatcher then checks the signature alone."""
        if service in {"bedrock", "bedrock-runtime"}:
            return None
        return action_of(service, method, path, headers, body, query_params)

    replace(iam_actions, "extract_iam_action", extract_iam_action,
            "service", "method", "path", "headers", "body", "query_params")  # fmt: skip
    app.SERVICE_HANDLERS["bedrock"] = bedrock
    app.SERVICE_HANDLERS["bedrock-runtime"] = runtime


def _identity() -> dict[str, str]:
    """Headers that tell the local Bedrock who calls."""
    return {
        "x-rft-caller-arn": iam_evaluator.caller_arn(),
        "x-rft-account": get_account_id(),
        "x-rft-region": get_region(),
    }


def _first_denied(needed: Iterable[Check], headers: Any, query: Any) -> Response | None:
    """Return AWS's answer to the first permission that is missing; None if all are there."""
    return next((denied for check in needed if (denied := _denied(check, headers, query))), None)


def _denied(check: Check, headers: Any, query: Any) -> Response | None:
    """Return AWS's answer to a call that a policy does not allow; None if it is allowed."""
    service = check.action.partition(":")[0]
    key = extract_access_key_id(headers, query)
    region = check.context.get("aws:requestedregion", get_region())
    denied = iam_evaluator.enforce(key, check.action, service, region, check.resource, check.context)
    if denied is None:
        return None
    if isinstance(denied, iam_evaluator.AuthError):
        return _error(403, denied.code, denied.message)
    message = iam_actions.identity_denial_message(
        check.action, denied.principal_arn, check.resource, denied.decision == "Deny"
    )
    return _error(403, "AccessDeniedException", message)


def _accept_events(secret: str) -> None:
    shortcuts = original(
        app, "_handle_post_body_shortcuts", "method", "path", "headers", "body", "query_params", "request_id"
    )
    original(eventbridge, "_put_events", "data", "allow_aws_source")

    async def _handle_post_body_shortcuts(  # noqa: PLR0917 - the emulator's
        method: str, path: str, headers: Any, body: bytes, query_params: Any, request_id: str
    ) -> Any:
        if path != _EVENTS_PATH:
            return await shortcuts(method, path, headers, body, query_params, request_id)
        if headers.get("x-rft-secret") != secret:
            return _error(403, "AccessDeniedException", "wrong secret")
        await asyncio.to_thread(_put_event, json.loads(body))
        return 200, {"Content-Type": "application/json"}, b"{}"

    replace(app, "_handle_post_body_shortcuts", _handle_post_body_shortcuts,
            "method", "path", "headers", "body", "query_params", "request_id")  # fmt: skip


def _put_event(event: dict[str, Any]) -> None:
    entry = {
        "Source": event["source"],
        "DetailType": event["detail-type"],
        "Detail": json.dumps(event["detail"]),
        "Resources": event.get("resources", []),
    }
    with request_scope(event["account"], event["region"]):
        eventbridge._put_events({"Entries": [entry]}, allow_aws_source=True)


def _error(status: int, code: str, message: str) -> Response:
    headers = {"Content-Type": "application/json", "x-amzn-errortype": code, "x-amzn-requestid": new_uuid()}
    return status, headers, json.dumps({"message": message}).encode()
