import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from rehearsal.environment import LocalAws

from .conftest import eventually

pytestmark = pytest.mark.emulator


class _Hook(BaseHTTPRequestHandler):
    """Keeps what is posted to it."""

    posted: list[dict[str, Any]]

    def do_POST(self) -> None:
        if self.path == "/elsewhere":
            self.send_response(302)
            self.send_header("Location", "/hook")
            self.end_headers()
            return
        self.posted.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(200)
        self.end_headers()

    def do_GET(self) -> None:
        self.posted.append({"Type": "redirected"})
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def hook() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """An HTTP endpoint of this machine, and what was posted to it."""
    posted: list[dict[str, Any]] = []
    handler = type("Hook", (_Hook,), {"posted": posted})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/hook", posted
        server.shutdown()


def test_a_templates_endpoint_confirms_and_then_gets_the_text_for_its_protocol(
    local_aws: LocalAws, stack: Callable[..., Any], hook: tuple[str, list[dict[str, Any]]], name: str
) -> None:
    url, posted = hook
    stack(_topic(name, url))
    (confirmation,) = eventually(lambda: posted, bool)
    assert confirmation["Type"] == "SubscriptionConfirmation"
    local_aws.client("sns").confirm_subscription(TopicArn=confirmation["TopicArn"], Token=confirmation["Token"])

    local_aws.client("sns").publish(
        TopicArn=_arn(name),
        Message=json.dumps({"default": "for all", "http": '{"version": "1.0"}'}),
        MessageStructure="json",
    )

    message = eventually(lambda: posted, lambda seen: len(seen) > 1)[1]
    assert (message["Type"], message["Message"]) == ("Notification", '{"version": "1.0"}')


def test_an_endpoint_elsewhere_stays_unconfirmed(local_aws: LocalAws, stack: Callable[..., Any], name: str) -> None:
    assert stack(_topic(name, "http://chat.example.com/hook"))["StackStatus"] == "CREATE_COMPLETE"

    attributes = local_aws.client("sns").get_topic_attributes(TopicArn=_arn(name))["Attributes"]
    assert (attributes["SubscriptionsPending"], attributes["SubscriptionsConfirmed"]) == ("1", "0")


def test_a_delivery_is_not_sent_on_elsewhere(
    local_aws: LocalAws, stack: Callable[..., Any], hook: tuple[str, list[dict[str, Any]]], name: str
) -> None:
    url, posted = hook

    stack(_topic(name, url.replace("/hook", "/elsewhere")))

    time.sleep(1)
    assert posted == []
    attributes = local_aws.client("sns").get_topic_attributes(TopicArn=_arn(name))["Attributes"]
    assert attributes["SubscriptionsPending"] == "1"


def _arn(name: str) -> str:
    return f"arn:aws:sns:us-east-1:000000000000:{name}"


def _topic(name: str, url: str) -> dict[str, Any]:
    subscription = {"TopicArn": {"Ref": "T"}, "Protocol": "http", "Endpoint": url}
    return {
        "T": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": name}},
        "S": {"Type": "AWS::SNS::Subscription", "Properties": subscription},
    }
