"""Three things about IAM, two of which follow from everything running on one machine.

Loopback counts as a secure transport: the bootstrap bucket's policy and every ``enforce_ssl`` bucket deny requests
without ``aws:SecureTransport``, and the emulator listens on 127.0.0.1 over plain HTTP.

An account's root may assume a role that trusts a service: a service played by a process of its own has no identity
but root. The emulator allows that, unless the trust is limited by ``aws:SourceAccount`` or ``aws:SourceArn``, which
only a service can give. Whoever plays the service evaluates these two, before it asks.

A policy may limit PutMetricData by ``cloudwatch:namespace``, a condition key that the emulator never fills.
"""

import json
from collections.abc import Mapping
from ipaddress import ip_address
from typing import Any

from ministack import app
from ministack.core import iam_actions, iam_evaluator

from .patching import original, replace

_GIVEN_BY_SERVICES = frozenset({"aws:sourceaccount", "aws:sourcearn"})


def apply() -> None:
    """Replace where a request comes from, the evaluation of trust policies and a request's condition keys."""
    pin = original(app, "pin_request_origin", "source_ip", "secure_transport")
    trusts = original(iam_evaluator, "evaluate_trust_policy", "trust_doc", "caller_arn", "ctx")

    tags_of = original(iam_actions, "request_tag_context", "service", "iam_action", "body", "params")

    def request_tag_context(service: str, iam_action: str, body: bytes, params: Mapping[str, Any]) -> dict[str, Any]:
        namespace = _namespace(body, params) if iam_action == "cloudwatch:PutMetricData" else {}
        tags: dict[str, Any] = tags_of(service, iam_action, body, params)
        return tags | namespace

    def pin_request_origin(source_ip: str, secure_transport: bool) -> None:
        pin(source_ip, secure_transport or ip_address(source_ip).is_loopback)

    def evaluate_trust_policy(trust_doc: Any, caller_arn: str, ctx: Any = None) -> bool:
        document = _as_service(trust_doc) if caller_arn.endswith(":root") else trust_doc
        return bool(trusts(document, caller_arn, ctx))

    replace(iam_actions, "request_tag_context", request_tag_context, "service", "iam_action", "body", "params")
    replace(app, "pin_request_origin", pin_request_origin, "source_ip", "secure_transport")
    replace(iam_evaluator, "evaluate_trust_policy", evaluate_trust_policy, "trust_doc", "caller_arn", "ctx")


def _namespace(body: bytes, params: Mapping[str, Any]) -> dict[str, str]:
    """Return the condition key of a request in JSON or in the older form encoding."""
    found = json.loads(body).get("Namespace") if body.startswith(b"{") else (params.get("Namespace") or [None])[0]
    return {"cloudwatch:namespace": found} if found else {}


def _as_service(policy: Any) -> dict[str, Any]:
    """Return a trust policy without the conditions that only a service can meet."""
    document: dict[str, Any] = json.loads(policy) if isinstance(policy, str) else policy
    statements = document.get("Statement", [])
    return document | {
        "Statement": [_without_source(s) for s in (statements if isinstance(statements, list) else [statements])]
    }


def _without_source(statement: dict[str, Any]) -> dict[str, Any]:
    principal = statement.get("Principal")
    if statement.get("Effect") != "Allow" or not isinstance(principal, dict) or "Service" not in principal:
        return statement  # a Deny keeps its conditions: without them it would hold for everybody
    conditions = {
        operator: {key: value for key, value in keys.items() if key.lower() not in _GIVEN_BY_SERVICES}
        for operator, keys in statement.get("Condition", {}).items()
    }
    return statement | {"Condition": {operator: keys for operator, keys in conditions.items() if keys}}
