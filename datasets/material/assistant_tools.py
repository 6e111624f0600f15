"""The tools of a small assistant for travel, calendar and shop, and what they do to its state."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

DATE = {"type": "string", "format": "date"}
TIME = {"type": "string", "pattern": "^[0-2][0-9]:[0-5][0-9]$"}
TEXT = {"type": "string", "minLength": 1}
COUNT = {"type": "integer", "minimum": 1}


def _tool(name: str, description: str, **properties: Mapping[str, Any]) -> dict[str, Any]:
    """OpenAI's form of a function; arguments with a default may be left out."""
    return {
        "type": "function",
        "function": {
            "name": name,
            "description": description,
            "parameters": {
                "type": "object",
                "properties": dict(properties),
                "required": [key for key, schema in properties.items() if "default" not in schema],
                "additionalProperties": False,
            },
        },
    }


TRAVEL = (
    _tool("find_flights", "lists flights", origin=TEXT, destination=TEXT, date=DATE),
    _tool("book_flight", "books seats on a flight", flight=TEXT, passengers={**COUNT, "default": 1}),
    _tool("cancel_booking", "cancels a booking", booking=TEXT),
)
CALENDAR = (
    _tool("add_event", "puts an event in", title=TEXT, date=DATE, start=TIME, minutes={**COUNT, "default": 60}),
    _tool("move_event", "gives an event another time", event=TEXT, date=DATE, start=TIME),
    _tool("delete_event", "deletes an event", event=TEXT),
)
SHOP = (
    _tool("add_to_cart", "puts an article in the cart", sku=TEXT, quantity={**COUNT, "default": 1}),
    _tool("remove_from_cart", "takes an article out of the cart", sku=TEXT),
)
TOOLS = (*TRAVEL, *CALENDAR, *SHOP)

_EVENT = ["events", {"id": "$event"}]

EFFECTS: tuple[dict[str, Any], ...] = (
    {
        "tool": "find_flights",  # a search is what the user sees: the wrong one is no success
        "effect": {
            "append": {
                "path": "searches",
                "value": {"origin": "$origin", "destination": "$destination", "date": "$date"},
            }
        },
    },
    {
        "tool": "book_flight",
        "when": [{"at_least": {"path": "flights.$flight.seats", "value": "$passengers"}}],
        "effect": [
            {"append": {"path": "bookings", "value": {"flight": "$flight", "passengers": "$passengers"}}},
            {"decrement": {"path": "flights.$flight.seats", "by": "$passengers"}},
        ],
    },
    {"tool": "cancel_booking", "effect": {"remove": {"path": "bookings", "where": {"id": "$booking"}}}},
    {
        "tool": "add_event",
        "effect": {
            "append": {
                "path": "events",
                "value": {"title": "$title", "date": "$date", "start": "$start", "minutes": "$minutes"},
            }
        },
    },
    {
        "tool": "move_event",
        "effect": [
            {"set": {"path": [*_EVENT, "date"], "value": "$date"}},
            {"set": {"path": [*_EVENT, "start"], "value": "$start"}},
        ],
    },
    {"tool": "delete_event", "effect": {"remove": {"path": "events", "where": {"id": "$event"}}}},
    {
        "tool": "add_to_cart",
        "when": [{"at_least": {"path": "stock.$sku.left", "value": "$quantity"}}],
        "effect": [
            {"append": {"path": "cart", "value": {"sku": "$sku", "quantity": "$quantity"}}},
            {"decrement": {"path": "stock.$sku.left", "by": "$quantity"}},
        ],
    },
    {"tool": "remove_from_cart", "effect": {"remove": {"path": "cart", "where": {"sku": "$sku"}}}},
)


def name_of(tool: Mapping[str, Any]) -> str:
    return str(tool["function"]["name"])


def effects_of(tools: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The effects of some of the tools."""
    names = {name_of(tool) for tool in tools}
    return [effect for effect in EFFECTS if effect["tool"] in names]


def signature(tool: Mapping[str, Any]) -> str:
    """The tool on one line.

    >>> signature(TRAVEL[1])
    'book_flight(flight: string, passengers: integer = 1): books seats on a flight'
    """
    function = tool["function"]
    parameters = [
        f"{key}: {_type(schema)}" + (f" = {json.dumps(schema['default'])}" if "default" in schema else "")
        for key, schema in function["parameters"]["properties"].items()
    ]
    return f"{function['name']}({', '.join(parameters)}): {function['description']}"


def _type(schema: Mapping[str, Any]) -> str:
    return "date" if schema.get("format") == "date" else "HH:MM" if "pattern" in schema else str(schema["type"])
