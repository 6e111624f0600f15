import threading
from typing import Any

import pytest

from lambda_src.reward.rewards._judge.client import MOST_CONNECTIONS, _client, asking, converse


def nobody(**_: Any) -> dict[str, Any]:
    return {}


def test_a_stand_in_is_asked_inside_its_block_and_in_its_thread_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    elsewhere: list[Any] = []
    with asking(nobody):
        thread = threading.Thread(target=lambda: elsewhere.append(converse()))
        thread.start()
        thread.join()
        assert converse() is nobody

    assert elsewhere[0] is not nobody
    assert converse() is not nobody


def test_the_client_has_a_connection_for_every_call_and_leaves_retries_to_the_caller(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")

    config = _client().meta.config

    assert config.max_pool_connections == MOST_CONNECTIONS
    assert config.retries["total_max_attempts"] == 1
