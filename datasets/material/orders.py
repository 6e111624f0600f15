"""Orders to a shop: as a form, as a chat and as a note of a call."""

import random
from dataclasses import dataclass
from typing import Any

from datasets.material import documents
from datasets.material.documents import Document

SCHEMA = documents.record_of(
    "an order",
    optional=("express", "voucher", "gift_message"),
    customer=documents.record_of(
        "who orders",
        name=documents.text_field("first and last name"),
        email=documents.text_field("e-mail address"),
    ),
    items=documents.list_of(
        "what is ordered, in the order of the text",
        documents.record_of(
            "",
            sku=documents.text_field("article number, such as TX-204"),
            quantity=documents.count_field("how many"),
        ),
    ),
    ship_to=documents.record_of(
        "where to send it",
        street=documents.text_field("street and number"),
        city=documents.text_field("city"),
    ),
    payment=documents.text_field("how it is paid", "card", "invoice", "transfer"),
    express={"type": "boolean", "description": "whether express delivery is wanted or turned down"},
    voucher=documents.text_field("code of a voucher"),
    gift_message=documents.text_field("text for the gift card, word by word"),
)

_GOODS = ("mugs", "scarves", "notebooks", "candles", "puzzles", "tea tins", "posters")
_STREETS = ("Mill Lane", "Station Road", "Garden Street", "Harbour Walk", "Linden Way")
_MESSAGES = ("Happy birthday, Mum!", "Welcome home", "Thank you for everything", "Congratulations on the new job!")
_SHOPS = ("Paper & Clay", "Fern House", "The Corner Store")


@dataclass(frozen=True, slots=True)
class _Item:
    sku: str
    goods: str
    quantity: int


@dataclass(frozen=True, slots=True)
class _Order:
    name: str
    items: tuple[_Item, ...]
    street: str
    city: str
    payment: str
    express: bool | None
    voucher: str | None
    gift_message: str | None

    @property
    def email(self) -> str:
        return f"{self.name.lower().replace(' ', '.')}@example.com"

    @property
    def fields(self) -> dict[str, Any]:
        stated = {
            "customer": {"name": self.name, "email": self.email},
            "items": [{"sku": item.sku, "quantity": item.quantity} for item in self.items],
            "ship_to": {"street": self.street, "city": self.city},
            "payment": self.payment,
            "express": self.express,
            "voucher": self.voucher,
            "gift_message": self.gift_message,
        }
        return {name: value for name, value in stated.items() if value is not None}


def write(rng: random.Random) -> Document:
    """An order in a random form."""
    order = _Order(
        name=documents.person(rng),
        items=tuple(
            _Item(f"{rng.choice(('TX', 'KM', 'AB'))}-{rng.randint(100, 999)}", goods, rng.randint(1, 12))
            for goods in rng.sample(_GOODS, rng.randint(1, 3))
        ),
        street=f"{rng.choice(_STREETS)} {rng.randint(1, 120)}",
        city=rng.choice(documents.CITIES),
        payment=rng.choice(("card", "invoice", "transfer")),
        express=rng.choice((None, True, False)),
        voucher=rng.choice((None, f"{rng.choice(('SPRING', 'HELLO', 'VIP'))}{rng.randint(5, 25)}")),
        gift_message=rng.choice((None, None, rng.choice(_MESSAGES))),
    )
    text = rng.choice((_form, _chat, _call))(order, rng)
    return Document("order", text, order.fields, SCHEMA)


def _form(order: _Order, rng: random.Random) -> str:
    lines = [
        f"Order form {rng.choice(_SHOPS)} (form {rng.randint(100, 199)}, edition {rng.randint(2, 9)})",
        f"Name ......... {order.name}",
        f"E-mail ....... {order.email}",
        f"Phone ........ {documents.phone(rng)}",
        *(f"Article ...... {item.sku} ({item.goods})   Pieces: {item.quantity}" for item in order.items),
        f"Send to ...... {order.street}, {order.city}",
        f"Payment ...... {order.payment}",
        None
        if order.express is None
        else f"Express ...... [{'x' if order.express else ' '}] yes [{' ' if order.express else 'x'}] no",
        f"Voucher ...... {order.voucher}" if order.voucher else None,
        f'Gift card .... "{order.gift_message}"' if order.gift_message else None,
    ]
    return "\n".join(line for line in lines if line)


def _chat(order: _Order, rng: random.Random) -> str:
    first, *more = order.items
    lines = [
        f"{order.name}: Hi! My last order was {rng.randint(20_000, 99_999)}, all fine with it.",
        f"{order.name}: This time I need {first.quantity} of {first.sku}, the {first.goods}.",
        *(f"{order.name}: And {item.quantity} {item.goods}, {item.sku}." for item in more),
        "Shop: Sure. Where does it go, and how would you like to pay?",
        f"{order.name}: {order.street} in {order.city}. By {order.payment}.",
        _express(order.express, f"{order.name}: "),
        f"{order.name}: I have a code, {order.voucher}." if order.voucher else None,
        f"{order.name}: Please put this on the gift card: {order.gift_message}" if order.gift_message else None,
        f"Shop: Noted. The confirmation goes to {order.email}. We are here till {rng.randint(17, 20)}:00.",
    ]
    return "\n".join(line for line in lines if line)


def _call(order: _Order, rng: random.Random) -> str:
    wanted = " plus ".join(f"{item.quantity} x {item.sku} ({item.goods})" for item in order.items)
    sentences = [
        f"Call at {rng.randint(9, 16)}:{rng.randint(10, 59)}, lasted {rng.randint(2, 9)} minutes.",
        f"{order.name} wants {wanted}.",
        f"Deliver to {order.city}, {order.street}; the old address on file no longer holds.",
        f"Pays by {order.payment}.",
        _express(order.express, ""),
        f"Mentioned voucher {order.voucher}." if order.voucher else None,
        f"The gift card should say: {order.gift_message}" if order.gift_message else None,
        f"Write to {order.email} or ring {documents.phone(rng)}.",
    ]
    return "\n".join(sentence for sentence in sentences if sentence)


def _express(wanted: bool | None, speaker: str) -> str | None:
    if wanted is None:
        return None
    return f"{speaker}{'Express delivery, please.' if wanted else 'No express delivery needed.'}"
