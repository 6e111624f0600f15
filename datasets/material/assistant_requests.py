"""Requests to the assistant, with the state that they find, the calls they ask for and the state in the end."""

import copy
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from datasets.material import assistant_state
from datasets.material.assistant_state import State

_NUMBERS = ("no", "one", "two", "three", "four", "five")
_HOUR = 60  # minutes


@dataclass(frozen=True, slots=True)
class Request:
    """What a user asks for.

    Attributes:
        state: As the assistant finds it.
        end: The state when everything is done, worked out without the tools.
        is_ordered: The text says what comes first.
    """

    text: str
    state: State
    calls: tuple[State, ...]
    end: State
    is_ordered: bool = False


def find_flights(rng: random.Random) -> Request:
    state = assistant_state.travel(rng)
    origin, destination = rng.sample(assistant_state.CITIES, 2)
    day, spoken = assistant_state.some_day(rng)
    call = _call("find_flights", origin=origin, destination=destination, date=day)
    end = state | {"searches": [call["arguments"]]}
    return Request(f"Which flights are there from {origin} to {destination} {spoken}?", state, (call,), end)


def book(rng: random.Random) -> Request:
    state = assistant_state.travel(rng)
    flights = state["flights"]
    first, second, *_, last = flights
    flight, which = rng.choice(
        (
            (min(flights, key=lambda name: int(flights[name]["price"])), "the cheapest flight"),
            (first, "the earliest flight"),
            (last, "the last flight of the day"),
            (second, f"the {flights[second]['departs']} flight"),
        )
    )
    passengers = rng.randint(1, 5)
    return Request(
        f"Please book {_counted(passengers, 'seat')} on {which} to {flights[flight]['to']}.",
        state,
        (_call("book_flight", flight=flight, passengers=passengers),),
        _booked(state, flight, passengers),
    )


def cancel(rng: random.Random) -> Request:
    state = assistant_state.travel(rng)
    booking = rng.choice(state["bookings"])
    return Request(
        f"I can't make it to {booking['to']} after all, cancel that trip.",
        state,
        (_call("cancel_booking", booking=booking["id"]),),
        _without(state, "bookings", booking),
    )


def rebook(rng: random.Random) -> Request:
    state = assistant_state.travel(rng)
    booking = state["bookings"][1]
    name = next(iter(state["flights"]))
    flight, passengers = state["flights"][name], booking["passengers"]
    return Request(
        f"First cancel my trip to {booking['to']}, then book the {flight['departs']} flight to {flight['to']} for as "
        "many people.",
        state,
        (_call("cancel_booking", booking=booking["id"]), _call("book_flight", flight=name, passengers=passengers)),
        _booked(_without(state, "bookings", booking), name, passengers),
        is_ordered=True,
    )


def add_event(rng: random.Random) -> Request:
    state = assistant_state.calendar(rng)
    spoken, event = _new_event(rng, state)
    return Request(f"Put {spoken} in my calendar.", state, (_call("add_event", **event),), _with(state, event))


def move_event(rng: random.Random) -> Request:
    state = assistant_state.calendar(rng)
    event = rng.choice(state["events"])
    day, spoken = assistant_state.some_day(rng)
    start = assistant_state.some_time(rng)
    moved = event | {"date": day, "start": start}
    return Request(
        f"Move {event['title']} to {start} {spoken}.",
        state,
        (_call("move_event", event=event["id"], date=day, start=start),),
        {"events": [moved if other is event else other for other in state["events"]]},
    )


def replace_event(rng: random.Random) -> Request:
    state = assistant_state.calendar(rng)
    gone = rng.choice(state["events"])
    spoken, event = _new_event(rng, state)
    return Request(
        f"Delete {gone['title']}, and put {spoken} in my calendar.",
        state,
        (_call("delete_event", event=gone["id"]), _call("add_event", **event)),
        _with(_without(state, "events", gone), event),
    )


def buy(rng: random.Random) -> Request:
    state = assistant_state.shop(rng)
    end, calls, wanted = state, [], []
    for sku in rng.sample(list(state["stock"])[:3], rng.randint(1, 2)):
        quantity = rng.randint(1, 5)
        calls.append(_call("add_to_cart", sku=sku, quantity=quantity))
        wanted.append(_counted(quantity, state["stock"][sku]["name"]))
        end = _in_cart(end, sku, quantity)
    return Request(f"I'd like {' and '.join(wanted)}.", state, tuple(calls), end)


def swap(rng: random.Random) -> Request:
    state = assistant_state.shop(rng)
    gone = rng.choice(state["cart"])
    sku = rng.choice(list(state["stock"])[:3])
    return Request(
        f"Take the {state['stock'][gone['sku']]['name']} out of my cart and put one {state['stock'][sku]['name']} in "
        "instead.",
        state,
        (_call("remove_from_cart", sku=gone["sku"]), _call("add_to_cart", sku=sku, quantity=1)),
        _in_cart(_without(state, "cart", gone), sku, 1),
    )


def plan_trip(rng: random.Random) -> Request:
    state = assistant_state.travel(rng) | assistant_state.calendar(rng)
    name, flight = next(iter(state["flights"].items()))
    title = f"flight to {flight['to']}"
    event = {"title": title, "date": flight["date"], "start": flight["departs"], "minutes": 2 * _HOUR}
    return Request(
        f'Book one seat on the earliest flight to {flight["to"]}, and put "{title}" in my calendar when it departs, '
        "for two hours.",
        state,
        (_call("book_flight", flight=name, passengers=1), _call("add_event", **event)),
        _with(_booked(state, name, 1), event),
    )


KINDS: tuple[Callable[[random.Random], Request], ...] = (
    *(find_flights, book, cancel, rebook),
    *(add_event, move_event, replace_event),
    *(buy, swap),
    plan_trip,
)


def _call(name: str, **arguments: Any) -> State:
    return {"name": name, "arguments": arguments}


def _counted(number: int, noun: str) -> str:
    """A number of things.

    >>> _counted(2, "seat")
    'two seats'
    """
    return f"{_NUMBERS[number]} {noun}{'s' if number > 1 else ''}"


def _new_event(rng: random.Random, state: State) -> tuple[str, State]:
    """An event that the calendar does not hold, as people say it and as it is stored."""
    known = {event["title"] for event in state["events"]}
    title = rng.choice([title for title in assistant_state.TITLES if title not in known])
    day, spoken = assistant_state.some_day(rng)
    minutes = rng.choice((30, 45, _HOUR, _HOUR, 90))
    event = {"title": title, "date": day, "start": assistant_state.some_time(rng), "minutes": minutes}
    length = "an hour" if minutes == _HOUR else f"{minutes} minutes"
    return f'"{title}" {spoken} at {event["start"]} for {length}', event


def _booked(state: State, flight: str, passengers: int) -> State:
    end = copy.deepcopy(state)
    end["bookings"].append({"flight": flight, "passengers": passengers})
    end["flights"][flight]["seats"] -= passengers
    return end


def _in_cart(state: State, sku: str, quantity: int) -> State:
    end = copy.deepcopy(state)
    end["cart"].append({"sku": sku, "quantity": quantity})
    end["stock"][sku]["left"] -= quantity
    return end


def _with(state: State, event: State) -> State:
    return state | {"events": [*state["events"], event]}


def _without(state: State, name: str, element: State) -> State:
    return state | {name: [other for other in state[name] if other != element]}
