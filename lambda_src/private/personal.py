"""Values that tell who somebody is. Those that are reserved for documentation tell of nobody."""

import re
from ipaddress import AddressValueError, IPv4Address
from typing import Final

from .checksums import is_iban, is_luhn
from .hints import Hint
from .kind import Kind

_RESERVED_DOMAIN: Final = re.compile(  # RFC 2606 and RFC 6761
    r"(?:^|\.)(?:example\.(?:com|net|org|edu)|example|test|invalid|localhost|local)$", re.IGNORECASE
)
_NOBODY: Final = frozenset({"git", "noreply", "no-reply", "donotreply", "postmaster"})
_CARD: Final = re.compile(  # the networks' prefixes
    r"4\d{12}(?:\d{3})?(?:\d{3})?|5[1-5]\d{14}|2(?:2[2-9]|[3-6]\d|7[01])\d{13}|3[47]\d{13}|3(?:0[0-5]|[68]\d)\d{11}"
    r"|35(?:2[89]|[3-8]\d)\d{12}|6(?:011|5\d\d|4[4-9]\d|2\d\d)\d{12}"
)
_TEST_CARDS: Final = """
4111111111111111 4242424242424242 4012888888881881 4222222222222 5555555555554444 5105105105105100 5200828282828210
2223003122003222 378282246310005 371449635398431 378734493671000 6011111111111117 6011000990139424 6200000000000005
30569309025904 3056930009020004 36227206271667 38520000023237 3530111333300000 3566002020360505
"""
"""Of https://docs.stripe.com/testing, and PayPal's."""

_TEST_SERIES: Final = "400000"
_EXAMPLE_SSN: Final = frozenset({"078-05-1120", "219-09-9999", "123-45-6789"})
_EXAMPLE_IBAN: Final = frozenset({"GB82WEST12345698765432", "GB29NWBK60161331926819", "DE89370400440532013000"})
_DRAMA: Final = re.compile(r"447700900\d{3}|442079460\d{3}|441632960\d{3}")  # Ofcom's numbers for fiction
_FICTION: Final = "555"  # in the United States and Canada
_PHONE_DIGITS: Final = range(9, 16)
_LEAST_OCTET: Final = 20  # one at least: below it are the numbers of versions


def _digits(text: str) -> str:
    return "".join(filter(str.isdecimal, text))


def _is_mail(address: str) -> bool:
    local, _, domain = address.rpartition("@")
    return local.lower() not in _NOBODY and not _RESERVED_DOMAIN.search(domain)


def _is_phone(number: str) -> bool:
    digits = _digits(number)
    if number.startswith("+") and not digits.startswith("1"):
        return len(digits) in _PHONE_DIGITS and not _DRAMA.fullmatch(digits)
    area, exchange = digits[-10:-7], digits[-7:-4]
    return len(digits) in (10, 11) and _FICTION not in (area, exchange) and min(area[0], exchange[0]) > "1"


def _is_card(number: str) -> bool:
    digits = _digits(number)
    is_known = digits in _TEST_CARDS or digits.startswith(_TEST_SERIES)
    return _CARD.fullmatch(digits) is not None and is_luhn(digits) and not is_known


def _is_account(number: str) -> bool:
    plain = number.replace(" ", "")
    return is_iban(plain) and plain not in _EXAMPLE_IBAN


def _is_ssn(number: str) -> bool:
    area, group, serial = number.split("-")
    is_given = area not in ("000", "666") and area < "900" and group != "00" and serial != "0000"
    return is_given and number not in _EXAMPLE_SSN


def _is_address(text: str) -> bool:
    try:
        address = IPv4Address(text)
    except AddressValueError:
        return False
    return address.is_global and max(address.packed) >= _LEAST_OCTET


KINDS: Final = (
    Kind(
        "an e-mail address",
        Hint.MAIL,
        re.compile(r"(?<![\w.%+:/-])[A-Za-z0-9._%+-]++@(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24}(?![\w-])"),
        _is_mail,
    ),
    Kind(
        "a phone number",
        Hint.PHONE,
        re.compile(
            r"(?<![\w+.-])(\+[1-9]\d{0,2}[ .-]?(?:\(\d{1,5}\)[ .-]?)?\d{1,14}(?:[ .-]\d{2,9}){0,5}"
            r"|(?:1[ .-])?(?:\(\d{3}\) ?|\d{3}[ .-])\d{3}[ .-]\d{4})(?![\w-])(?!\.\d)"
        ),
        _is_phone,
    ),
    Kind(
        "a card number",
        Hint.CARD,
        re.compile(
            r"(?<![\w.-])(?<![A-Z]{2}\d\d )"
            r"(\d{13,19}|\d{4}(?:([ -])\d{4}(?:\2\d{4}){2}(?:\2\d{3})?|[ -]\d{6}[ -]\d{4,5}))(?![\w-])(?!\.\d)"
        ),
        _is_card,
    ),
    Kind(
        "a bank account (IBAN)",
        Hint.ACCOUNT,
        re.compile(r"\b[A-Z]{2}\d\d(?: ?[0-9A-Z]{4}){2,7}(?: ?[0-9A-Z]{1,3})?\b"),
        _is_account,
    ),
    Kind("a US social security number", Hint.SSN, re.compile(r"(?<![\w-])\d{3}-\d\d-\d{4}(?![\w-])"), _is_ssn),
    Kind("an IP address", Hint.ADDRESS, re.compile(r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w]|\.\d)"), _is_address),
)
