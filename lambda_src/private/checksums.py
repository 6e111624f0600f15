"""Numbers that hold a check of themselves."""

from typing import Final

_MODULUS: Final = 97  # of ISO 7064, for IBANs
_LEAST_IBAN: Final = 15  # characters, Norway's
_MOST_IBAN: Final = 34
_MOST_DIGIT: Final = 9


def is_luhn(digits: str) -> bool:
    """Whether the last digit fits the others, as on payment cards (ISO/IEC 7812-1).

    >>> is_luhn("4111111111111111"), is_luhn("4111111111111112")
    (True, False)
    """
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - _MOST_DIGIT if value > _MOST_DIGIT else value
    return total % 10 == 0


def is_iban(text: str) -> bool:
    """Whether the two check digits of an account number without spaces fit (ISO 13616).

    >>> is_iban("GB82WEST12345698765432"), is_iban("GB83WEST12345698765432")
    (True, False)
    """
    if not _LEAST_IBAN <= len(text) <= _MOST_IBAN:
        return False
    return int("".join(str(int(character, 36)) for character in text[4:] + text[:4])) % _MODULUS == 1
