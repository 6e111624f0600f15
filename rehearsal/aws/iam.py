"""Loopback counts as a secure transport, so that policies which demand TLS can be enforced over plain HTTP.

The bootstrap bucket's policy and every ``enforce_ssl`` bucket deny requests without ``aws:SecureTransport``. The
emulator listens on 127.0.0.1 only; a request from elsewhere would still be insecure.
"""

from ipaddress import ip_address

from ministack import app

from .patching import original, replace


def apply() -> None:
    """Replace the application's note of where a request comes from."""
    pin = original(app, "pin_request_origin", "source_ip", "secure_transport")

    def pin_request_origin(source_ip: str, secure_transport: bool) -> None:
        pin(source_ip, secure_transport or ip_address(source_ip).is_loopback)

    replace(app, "pin_request_origin", pin_request_origin, "source_ip", "secure_transport")
