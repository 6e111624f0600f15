"""Logged calls as Bedrock writes them, and folders of them."""

import gzip
import json
from pathlib import Path
from typing import Any

ACCOUNT = "111122223333"
HOUR = f"AWSLogs/{ACCOUNT}/BedrockModelInvocationLogs/us-east-1/2026/11/23/12"


def converse(prompt: str = "What is 2 + 2?", answer: str = "4", **changes: Any) -> dict[str, Any]:
    """A call of the Converse API; ``changes`` replace keys of the entry."""
    messages = [{"role": "user", "content": [{"text": prompt}]}]
    return call({"messages": messages, "inferenceConfig": {"maxTokens": 512}}, answered(answer), **changes)


def answered(text: str, reason: str = "end_turn") -> dict[str, Any]:
    """What the Converse API answers."""
    return {
        "output": {"message": {"role": "assistant", "content": [{"text": text}]}},
        "stopReason": reason,
        "usage": {"inputTokens": 9, "outputTokens": 1, "totalTokens": 10},
    }


def call(body: Any, output: Any = None, **changes: Any) -> dict[str, Any]:
    return {
        "schemaType": "ModelInvocationLog",
        "schemaVersion": "1.0",
        "timestamp": "2026-11-23T12:00:00Z",
        "accountId": ACCOUNT,
        "identity": {"arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/app/session"},
        "region": "us-east-1",
        "requestId": "915a6a04-3f83-4c70-a277-7fbf7ea546b3",
        "operation": "Converse",
        "modelId": "amazon.nova-2-lite-v1:0",
        "input": {"inputContentType": "application/json", "inputBodyJson": body, "inputTokenCount": 9},
        "output": {"outputContentType": "application/json", "outputBodyJson": output, "outputTokenCount": 1},
        **changes,
    }


def zipped(*entries: object) -> bytes:
    """A log file with these entries; texts are lines as they are."""
    lines = (entry if isinstance(entry, str) else json.dumps(entry) for entry in entries)
    return gzip.compress("".join(f"{line}\n" for line in lines).encode(), mtime=0)


def write(root: Path, *entries: object, name: str = "20261123T120000000Z_0a1b2c3d4e5f.json.gz") -> Path:
    """A log file below ``root``, in the folders that Bedrock makes."""
    file = root / HOUR / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(zipped(*entries))
    return root
