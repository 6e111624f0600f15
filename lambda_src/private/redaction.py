"""Texts without personal data and secrets, for whoever keeps them."""

from typing import Final

from . import credentials, personal
from .hints import hints

_KINDS: Final = (*credentials.KINDS, *personal.KINDS)  # a URL with a password looks like an address, too


def redacted(text: str) -> str:
    """The text with what each value is in place of the value.

    >>> redacted("Write to ada@lovelace.org, please.")
    'Write to [e-mail address], please.'
    """
    hint = hints(text)
    for kind in _KINDS if hint else ():
        if kind.hint in hint:
            text = kind.replaced(text)
    return text
