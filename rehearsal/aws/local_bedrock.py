"""The client side of the local Bedrock: forward a call, and ask for what a call's authorisation depends on."""

import json
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from .bedrock_access import Resource

_TIMEOUT_SECONDS = 30
_OWN_HEADERS = frozenset({"connection", "transfer-encoding", "content-length", "date", "server"})
_JOB = ("/model-customization-jobs/", "jobArn", "model-customization-job")
_MODEL = ("/custom-models/", "modelArn", "custom-model")
_LOOKUPS = {
    "GetModelCustomizationJob": _JOB,
    "StopModelCustomizationJob": _JOB,
    "GetCustomModel": _MODEL,
    "DeleteCustomModel": _MODEL,
}


@dataclass(frozen=True, slots=True)
class LocalBedrock:
    """A local Bedrock at ``url``; ``secret`` proves that a request comes from the emulator."""

    url: str
    secret: str

    def forward(
        self, method: str, target: str, headers: dict[str, str], body: bytes, identity: dict[str, str]
    ) -> tuple[int, dict[str, str], bytes]:
        """Send a request as it came and return the answer as it came."""
        sent = {
            "Content-Type": headers.get("content-type", "application/json"),
            "x-rft-secret": self.secret,
            **identity,
        }
        request = urllib.request.Request(self.url + target, data=body or None, method=method, headers=sent)  # noqa: S310 - our own server
        try:
            with urllib.request.urlopen(request, timeout=_TIMEOUT_SECONDS) as answer:  # noqa: S310
                return answer.status, _headers(answer.headers), answer.read()
        except urllib.error.HTTPError as error:
            return error.code, _headers(error.headers), error.read()
        except (urllib.error.URLError, TimeoutError) as error:
            message = f"the local Bedrock at {self.url} does not answer: {error}"
            code = {"Content-Type": "application/json", "x-amzn-errortype": "ServiceUnavailableException"}
            return 503, code, json.dumps({"message": message}).encode()

    def resource(self, operation: str, identifier: str | None, identity: dict[str, str]) -> Resource | None:
        """Return the ARN and tags of the job or model that a call names; None if there is none."""
        if not identifier:
            return None
        arn = identifier if identifier.startswith("arn:") else self._arn(operation, identifier, identity)
        tags = self._ask("POST", "/listTagsForResource", {"resourceARN": arn}, identity).get("tags", [])
        return Resource(arn, {tag["key"]: tag["value"] for tag in tags})

    def _arn(self, operation: str, name: str, identity: dict[str, str]) -> str:
        """Return the ARN behind a name; for a name that nothing has, the one a policy would be matched against."""
        prefix, key, kind = _LOOKUPS[operation]
        own = f"arn:aws:bedrock:{identity['x-rft-region']}:{identity['x-rft-account']}"
        found = self._ask("GET", prefix + quote(name, safe=""), None, identity)
        return str(found.get(key, f"{own}:{kind}/{name}"))

    def _ask(self, method: str, target: str, body: Any, identity: dict[str, str]) -> dict[str, Any]:
        data = b"" if body is None else json.dumps(body).encode()
        status, _, answer = self.forward(method, target, {}, data, identity)
        return json.loads(answer) if status == 200 else {}  # noqa: PLR2004 - HTTP's OK


def _headers(received: Any) -> dict[str, str]:
    return {name: value for name, value in received.items() if name.lower() not in _OWN_HEADERS}
