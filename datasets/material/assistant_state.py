"""What the assistant finds: flights and bookings, a calendar, a shop with its cart; and how a prompt tells of it."""

import random
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

State = dict[str, Any]

_TODAY = date(2026, 5, 4)
TODAY = _TODAY.isoformat()
CITIES = ("Porto", "Oslo", "Graz", "Turin", "Ghent", "Malmö", "Brno", "Cork", "Lyon", "Tampere")
TITLES = ("dentist", "team lunch", "piano lesson", "budget review", "yoga", "parents' evening", "car inspection")
_GOODS = ("mug", "lamp", "blanket", "teapot", "vase", "clock")
_COLOURS = ("red", "blue", "green", "white", "black")
_FLIGHTS = 4


def travel(rng: random.Random) -> State:
    """Flights of one route on one day, earliest first, each with another price, and two bookings; no search yet."""
    origin, destination, elsewhere = rng.sample(CITIES, 3)
    day, _ = some_day(rng)
    departures = sorted(
        rng.sample([f"{hour:02}:{minute:02}" for hour in range(6, 22) for minute in (0, 20, 45)], _FLIGHTS)
    )
    prices = rng.sample(range(60, 400, 5), _FLIGHTS)
    flights = {
        f"{rng.choice(('LX', 'SK', 'TP'))}{number}": {
            "from": origin,
            "to": destination,
            "date": day,
            "departs": departs,
            "price": price,
            "seats": rng.randint(5, 9),
        }
        for number, departs, price in zip(rng.sample(range(100, 999), _FLIGHTS), departures, prices, strict=True)
    }
    bookings = [
        {"id": f"B{number}", "to": city, "passengers": rng.randint(1, 4)}
        for number, city in zip(rng.sample(range(10, 99), 2), (destination, elsewhere), strict=True)
    ]
    return {"flights": flights, "bookings": bookings, "searches": []}


def calendar(rng: random.Random) -> State:
    """Three events."""
    events = [
        {"id": f"E{number}", "title": title, "date": some_day(rng)[0], "start": some_time(rng), "minutes": 60}
        for number, title in zip(rng.sample(range(10, 99), 3), rng.sample(TITLES, 3), strict=True)
    ]
    return {"events": events}


def shop(rng: random.Random) -> State:
    """Three articles that differ in colour alone, and two of another kind that are in the cart."""
    goods, other = rng.sample(_GOODS, 2)
    colours = rng.sample(_COLOURS, 3)
    names = [f"{colour} {goods}" for colour in colours] + [f"{colour} {other}" for colour in colours[:2]]
    stock = {
        f"{name.split()[1][0].upper()}{number}": {
            "name": name,
            "price": rng.randint(5, 90),
            "left": rng.randint(6, 30),
        }
        for number, name in zip(rng.sample(range(100, 999), len(names)), names, strict=True)
    }
    cart = [{"sku": sku, "quantity": rng.randint(1, 3)} for sku in list(stock)[3:]]
    return {"stock": stock, "cart": cart}


def some_day(rng: random.Random) -> tuple[str, str]:
    """A day of the next weeks, and how people call it."""
    days = rng.randint(1, 50)
    day = _TODAY + timedelta(days=days)
    month = "May" if day.month == _TODAY.month else "June"
    return day.isoformat(), "tomorrow" if days == 1 else f"on {day.day} {month}"


def some_time(rng: random.Random) -> str:
    """A time of the working day."""
    return f"{rng.randint(8, 18):02}:{rng.choice(('00', '15', '30', '45'))}"


def shown(state: State) -> str:
    """The state as a prompt tells it.

    >>> print(shown({"cart": [{"sku": "M120", "quantity": 2}]}))
    cart:
    - 2 x M120
    """
    parts = [(name, part) for name, part in state.items() if part]
    return "\n".join(line for name, part in parts for line in (f"{name}:", *_LINES[name](part)))


def _flights(flights: State) -> list[str]:
    return [
        f"- {name}: {one['from']} to {one['to']}, {one['date']} {one['departs']}, {one['price']} EUR, "
        f"seats left: {one['seats']}"
        for name, one in flights.items()
    ]


def _bookings(bookings: list[State]) -> list[str]:
    return [f"- {one['id']}: to {one['to']}, seats: {one['passengers']}" for one in bookings]


def _events(events: list[State]) -> list[str]:
    return [f"- {one['id']}: {one['title']}, {one['date']} {one['start']}, {one['minutes']} minutes" for one in events]


def _stock(stock: State) -> list[str]:
    return [f"- {sku}: {one['name']}, {one['price']} EUR, {one['left']} left" for sku, one in stock.items()]


def _cart(cart: list[State]) -> list[str]:
    return [f"- {one['quantity']} x {one['sku']}" for one in cart]


_LINES: dict[str, Callable[[Any], list[str]]] = {
    "flights": _flights,
    "bookings": _bookings,
    "events": _events,
    "stock": _stock,
    "cart": _cart,
}
