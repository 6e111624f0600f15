"""Bookings of hotel rooms: as a confirmation, as a voucher and as a request."""

import random
from dataclasses import dataclass
from datetime import date
from typing import Any

from datasets.material import documents
from datasets.material.documents import Document

SCHEMA = documents.record_of(
    "a hotel booking",
    optional=("reference", "breakfast", "arrival_time"),
    guest=documents.text_field("first and last name of the guest"),
    hotel=documents.record_of(
        "the hotel",
        name=documents.text_field("its name"),
        city=documents.text_field("where it is"),
    ),
    reference=documents.text_field("number of the booking"),
    check_in=documents.date_field("day of arrival"),
    nights=documents.count_field("how many nights"),
    rooms=documents.list_of(
        "rooms by type, in the order of the text",
        documents.record_of(
            "",
            type=documents.text_field("type of the room", "single", "double", "family"),
            count=documents.count_field("how many of this type"),
            price_per_night=documents.number_field("price of one such room for one night"),
        ),
    ),
    currency=documents.text_field("currency of all prices", *documents.CURRENCIES),
    breakfast={"type": "boolean", "description": "whether breakfast is included"},
    arrival_time=documents.text_field("time of arrival, HH:MM"),
)

_HOTELS = ("Hotel Meridian", "The Old Mill", "Pension Rosa", "Seaview Lodge", "Hotel Adler")
_TYPES = ("single", "double", "family")
_PRICES = range(4_500, 19_000, 50)  # cents


@dataclass(frozen=True, slots=True)
class _Room:
    type: str
    count: int
    cents: int


@dataclass(frozen=True, slots=True)
class _Booking:
    guest: str
    hotel: str
    city: str
    reference: str | None
    check_in: date
    nights: int
    rooms: tuple[_Room, ...]
    currency: str
    breakfast: bool | None
    arrival_time: str | None

    @property
    def fields(self) -> dict[str, Any]:
        stated = {
            "guest": self.guest,
            "hotel": {"name": self.hotel, "city": self.city},
            "reference": self.reference,
            "check_in": self.check_in.isoformat(),
            "nights": self.nights,
            "rooms": [
                {"type": room.type, "count": room.count, "price_per_night": documents.amount(room.cents)}
                for room in self.rooms
            ],
            "currency": self.currency,
            "breakfast": self.breakfast,
            "arrival_time": self.arrival_time,
        }
        return {name: value for name, value in stated.items() if value is not None}


def write(rng: random.Random) -> Document:
    """A booking in a random form."""
    booking = _Booking(
        guest=documents.person(rng),
        hotel=rng.choice(_HOTELS),
        city=rng.choice(documents.CITIES),
        reference=rng.choice((None, f"{rng.choice('BHK')}{rng.randint(100_000, 999_999)}")),
        check_in=documents.day(rng),
        nights=rng.randint(1, 9),
        rooms=tuple(
            _Room(kind, rng.randint(1, 4), rng.choice(_PRICES)) for kind in rng.sample(_TYPES, rng.randint(1, 2))
        ),
        currency=rng.choice(list(documents.CURRENCIES)),
        breakfast=rng.choice((None, True, False)),
        arrival_time=rng.choice((None, f"{rng.randint(13, 22)}:{rng.choice(('00', '15', '30'))}")),
    )
    text = rng.choice((_confirmation, _voucher, _request))(booking, rng)
    return Document("booking", text, booking.fields, SCHEMA)


def _confirmation(booking: _Booking, rng: random.Random) -> str:
    rooms = " and ".join(
        f"{room.count} {room.type} room{'s' if room.count > 1 else ''} at"
        f" {documents.spelled_amount(room.cents, booking.currency, rng)} per night"
        for room in booking.rooms
    )
    sentences = [
        f"Dear {booking.guest}, we look forward to welcoming you at {booking.hotel} in {booking.city}.",
        f"Your booking {booking.reference} is confirmed." if booking.reference else "Your booking is confirmed.",
        f"You arrive on {documents.spelled_day(booking.check_in, rng)} and stay {_nights(booking)}.",
        f"We hold {rooms} for you.",
        _breakfast(booking),
        f"We expect you at {booking.arrival_time}." if booking.arrival_time else None,
        f"The hotel is {rng.randint(2, 25)} minutes from the station; parking is on floor {rng.randint(1, 3)}.",
    ]
    return " ".join(sentence for sentence in sentences if sentence)


def _voucher(booking: _Booking, rng: random.Random) -> str:
    lines = [
        f"ROOM VOUCHER - agency {rng.randint(10, 99)}, desk {rng.randint(1, 9)}",
        f"Ref: {booking.reference}" if booking.reference else None,
        f"Hotel: {booking.hotel} / {booking.city} / tel. {documents.phone(rng)}",
        f"Guest: {booking.guest}",
        f"In: {documents.spelled_day(booking.check_in, rng)}"
        + (f", {booking.arrival_time}" if booking.arrival_time else ""),
        f"Nights: {booking.nights}",
        *(f"{room.count} x {room.type}, {room.cents / 100:.2f} a night each" for room in booking.rooms),
        f"Currency {booking.currency}",
        _breakfast(booking),
    ]
    return "\n".join(line for line in lines if line)


def _request(booking: _Booking, rng: random.Random) -> str:
    rooms = ", then ".join(
        f"{room.count} {room.type} for {documents.spelled_amount(room.cents, booking.currency, rng)} each a night"
        for room in booking.rooms
    )
    sentences = [
        f"Hello {booking.hotel} in {booking.city},",
        f"{rng.randint(2, 6)} years ago we had room {rng.randint(101, 420)}, and it was lovely.",
        f"Please book us in for {_nights(booking)} from {documents.spelled_day(booking.check_in, rng)}.",
        f"As told on the phone: {rooms}.",
        f"You gave me the number {booking.reference} for it." if booking.reference else None,
        f"We will be with you around {booking.arrival_time}." if booking.arrival_time else None,
        _breakfast(booking),
        f"Regards, {booking.guest}",
    ]
    return " ".join(sentence for sentence in sentences if sentence)


def _nights(booking: _Booking) -> str:
    return f"{booking.nights} night{'s' if booking.nights > 1 else ''}"


def _breakfast(booking: _Booking) -> str | None:
    if booking.breakfast is None:
        return None
    return "Breakfast is included." if booking.breakfast else "Breakfast is not included."
