"""Topics deliver to HTTP endpoints of this machine, and to no other; a template's subscription asks for confirmation.

The emulator posts to whatever URL is subscribed. Nothing here leaves the machine, so an endpoint elsewhere stays
pending, as one that never confirms does on AWS. Its CloudFormation leaves the confirmation out.
"""

import asyncio
import logging
import threading
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from ministack.core.responses import new_uuid
from ministack.services import sns
from ministack.services.cloudformation import provisioners

from .patching import original, replace

_SECONDS = 5
_log = logging.getLogger(__name__)


def apply() -> None:
    """Wrap the one place that posts, and the creation of a template's subscription."""
    original(sns, "_http_post_sync", "endpoint", "payload", "sns_message_type")
    original(sns, "_refresh_subscription_counts", "topic")
    original(sns, "_send_subscription_confirmation", "topic_arn", "sub")
    create = original(provisioners, "_sns_sub_create", "logical_id", "props", "stack_name")

    def _http_post_sync(endpoint: str, payload: str, sns_message_type: str) -> int:
        if not is_local(endpoint):
            raise ConnectionRefusedError(f"the embedded AWS does not reach {urlsplit(endpoint).hostname}")
        headers = {"Content-Type": "text/plain; charset=UTF-8", "x-amz-sns-message-type": sns_message_type}
        request = Request(endpoint, data=payload.encode(), headers=headers, method="POST")  # noqa: S310 - is_local
        with build_opener(_NoRedirect).open(request, timeout=_SECONDS) as answer:
            return int(answer.status)

    def _sns_sub_create(logical_id: str, props: dict[str, Any], stack_name: str) -> Any:
        physical_id, attributes = create(logical_id, props, stack_name)
        subscription = sns._find_subscription(props.get("TopicArn", ""), physical_id)
        if subscription and not subscription["confirmed"]:
            subscription["token"] = new_uuid()
            sns._refresh_subscription_counts(sns._topics[subscription["topic_arn"]])
            confirmation = sns._send_subscription_confirmation(subscription["topic_arn"], subscription)
            threading.Thread(target=asyncio.run, args=(confirmation,), daemon=True).start()
        return physical_id, attributes

    replace(sns, "_http_post_sync", _http_post_sync, "endpoint", "payload", "sns_message_type")
    replace(provisioners, "_sns_sub_create", _sns_sub_create, "logical_id", "props", "stack_name")
    provisioners._RESOURCE_HANDLERS["AWS::SNS::Subscription"]["create"] = _sns_sub_create


class _NoRedirect(HTTPRedirectHandler):
    """An endpoint of this machine may not send a delivery elsewhere; SNS follows none either."""

    def redirect_request(self, *_: Any) -> None:
        return None


def is_local(endpoint: str) -> bool:
    """Whether a URL is one of this machine.

    >>> is_local("http://127.0.0.1:8080/hook"), is_local("https://chat.example.com/hook")
    (True, False)
    """
    host = urlsplit(endpoint).hostname or ""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
