"""What business documents are made of: names, dates and amounts as people write them, and fields with a schema."""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

_FIRST_DAY, _DAYS = date(2025, 1, 6), 700
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)

FIRST_NAMES = ("Ana", "Bruno", "Clara", "Dario", "Elena", "Filip", "Greta", "Hugo", "Ines", "Jonas", "Katja", "Luis")
LAST_NAMES = (
    "Almeida",
    "Berg",
    "Costa",
    "Dvorak",
    "Ek",
    "Fischer",
    "Garcia",
    "Holm",
    "Ivanova",
    "Jansen",
    "Kovac",
    "Lind",
)
CITIES = ("Porto", "Graz", "Utrecht", "Aarhus", "Turin", "Ghent", "Malmö", "Brno", "Leipzig", "Tampere")
CURRENCIES = {"EUR": "€", "USD": "$", "GBP": "£"}


@dataclass(frozen=True, slots=True)
class Document:
    """A text and what it says.

    Attributes:
        kind: What the prompt calls it, e.g. ``invoice``.
        fields: What is to be extracted.
        schema: JSON Schema of the fields, also of those that this text does not state.
    """

    kind: str
    text: str
    fields: Mapping[str, Any]
    schema: Mapping[str, Any]


def person(rng: random.Random) -> str:
    return f"{rng.choice(FIRST_NAMES)} {rng.choice(LAST_NAMES)}"


def day(rng: random.Random) -> date:
    return _FIRST_DAY + timedelta(days=rng.randrange(_DAYS))


def spelled_day(value: date, rng: random.Random) -> str:
    """A date in one of the forms that say which number is the month.

    >>> spelled_day(date(2026, 3, 5), random.Random(2))
    '2026-03-05'
    """
    month = _MONTHS[value.month - 1]  # strftime's names depend on the locale
    return rng.choice(
        (
            value.isoformat(),
            f"{value.day} {month} {value.year}",
            f"{month} {value.day}, {value.year}",
            f"{value.day:02} {month[:3]} {value.year}",
        )
    )


def amount(cents: int) -> float:
    """Units of currency.

    >>> amount(1950)
    19.5
    """
    return cents / 100


def spelled_amount(cents: int, currency: str, rng: random.Random) -> str:
    """An amount with its currency before or behind.

    >>> spelled_amount(124050, "EUR", random.Random(0)) in ("EUR 1,240.50", "1,240.50 EUR", "€1,240.50")
    True
    """
    digits = f"{cents / 100:,.2f}"
    return rng.choice((f"{currency} {digits}", f"{digits} {currency}", f"{CURRENCIES[currency]}{digits}"))


def phone(rng: random.Random) -> str:
    """A number that rings at nobody's: Ofcom keeps these for fiction.

    https://www.ofcom.org.uk/phones-and-broadband/phone-numbers/numbers-for-drama
    """
    return f"+44 {rng.choice(('20 7946 0', '7700 900', '1632 960'))}{rng.randint(0, 999):03}"


def words(schema: Mapping[str, Any], indent: str = "") -> str:
    """The fields of a schema as a list for people.

    >>> print(words({"properties": {"total": {"type": "number", "description": "to be paid"}}, "required": []}))
    - total (number, only if stated): to be paid
    """
    lines = []
    for name, part in schema["properties"].items():
        inner = part.get("items", part)
        kind = f"list of {inner['type']}s" if part["type"] == "array" else part["type"]
        if "enum" in inner:
            kind += f", one of {', '.join(inner['enum'])}"
        optional = "" if name in schema["required"] else ", only if stated"
        lines.append(f"{indent}- {name} ({kind}{optional}): {part['description']}")
        if "properties" in inner:
            lines.append(words(inner, f"{indent}  "))
    return "\n".join(lines)


def record_of(description: str, optional: tuple[str, ...] = (), **properties: Mapping[str, Any]) -> dict[str, Any]:
    """JSON Schema of an object that has these fields and no others."""
    return {
        "type": "object",
        "description": description,
        "properties": dict(properties),
        "required": [name for name in properties if name not in optional],
        "additionalProperties": False,
    }


def list_of(description: str, items: Mapping[str, Any]) -> dict[str, Any]:
    """JSON Schema of a list that is not empty."""
    return {
        "type": "array",
        "description": description,
        "minItems": 1,
        "items": {key: value for key, value in items.items() if key != "description"},
    }


def text_field(description: str, *choices: str) -> dict[str, Any]:
    return {"type": "string", "description": description} | ({"enum": list(choices)} if choices else {})


def date_field(description: str) -> dict[str, Any]:
    return {"type": "string", "format": "date", "description": f"{description}, YYYY-MM-DD"}


def number_field(description: str) -> dict[str, Any]:
    return {"type": "number", "minimum": 0, "description": description}


def count_field(description: str) -> dict[str, Any]:
    return {"type": "integer", "minimum": 1, "description": description}
