"""Invoices: as a sheet, as a letter and as a forwarded message."""

import random
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from datasets.material import documents
from datasets.material.documents import Document

SCHEMA = documents.record_of(
    "an invoice",
    optional=("due_date", "discount_percent", "purchase_order"),
    invoice_number=documents.text_field("number of the invoice"),
    date=documents.date_field("day of the invoice"),
    due_date=documents.date_field("last day to pay"),
    supplier=documents.record_of(
        "who sends the invoice",
        name=documents.text_field("name of the company"),
        city=documents.text_field("where it is"),
    ),
    customer=documents.text_field("name of the person or company that pays"),
    purchase_order=documents.text_field("the customer's order number"),
    lines=documents.list_of(
        "what is charged, in the order of the text",
        documents.record_of(
            "",
            item=documents.text_field("what it is"),
            quantity=documents.count_field("how many"),
            unit_price=documents.number_field("price of one"),
        ),
    ),
    discount_percent=documents.number_field("discount on the whole, in percent"),
    currency=documents.text_field("currency of all amounts", *documents.CURRENCIES),
    total=documents.number_field("amount to be paid"),
)

_COMPANIES = ("Nordlicht Office", "Casa Verde", "Pavel & Sons", "Bluefin Supplies", "Atelier Minta", "Harbour Tools")
_ITEMS = ("desk lamp", "office chair", "label printer", "toner", "whiteboard", "filing box", "monitor arm", "desk mat")
_DISCOUNTS = (5, 10, 20)  # percent
_PRICES = range(500, 24_000, 20)  # cents; no discount leaves a fraction of one


@dataclass(frozen=True, slots=True)
class _Line:
    item: str
    quantity: int
    cents: int


@dataclass(frozen=True, slots=True)
class _Invoice:
    number: str
    day: date
    days_to_pay: int | None
    company: str
    city: str
    customer: str
    order: str | None
    lines: tuple[_Line, ...]
    discount: int | None
    currency: str

    @property
    def total(self) -> int:
        """In cents."""
        return sum(line.quantity * line.cents for line in self.lines) * (100 - (self.discount or 0)) // 100

    @property
    def fields(self) -> dict[str, Any]:
        stated = {
            "invoice_number": self.number,
            "date": self.day.isoformat(),
            "due_date": self.due.isoformat() if self.due else None,
            "supplier": {"name": self.company, "city": self.city},
            "customer": self.customer,
            "purchase_order": self.order,
            "lines": [
                {"item": line.item, "quantity": line.quantity, "unit_price": documents.amount(line.cents)}
                for line in self.lines
            ],
            "discount_percent": self.discount,
            "currency": self.currency,
            "total": documents.amount(self.total),
        }
        return {name: value for name, value in stated.items() if value is not None}

    @property
    def due(self) -> date | None:
        return self.day + timedelta(days=self.days_to_pay) if self.days_to_pay else None


def write(rng: random.Random) -> Document:
    """An invoice in a random form."""
    items = rng.sample(_ITEMS, rng.randint(1, 3))
    invoice = _Invoice(
        number=f"{rng.choice(('INV', 'R', 'F'))}-{rng.randint(1000, 9999)}",
        day=documents.day(rng),
        days_to_pay=rng.choice((None, 14, 30)),
        company=rng.choice(_COMPANIES),
        city=rng.choice(documents.CITIES),
        customer=documents.person(rng),
        order=rng.choice((None, f"PO {rng.randint(100, 999)}")),
        lines=tuple(_Line(item, rng.randint(1, 9), rng.choice(_PRICES)) for item in items),
        discount=rng.choice((None, None, rng.choice(_DISCOUNTS))),
        currency=rng.choice(list(documents.CURRENCIES)),
    )
    text = rng.choice((_sheet, _letter, _message))(invoice, rng)
    return Document("invoice", text, invoice.fields, SCHEMA)


def _sheet(invoice: _Invoice, rng: random.Random) -> str:
    rows = [f"{line.item} | {line.quantity} | {line.cents / 100:.2f}" for line in invoice.lines]
    lines = [
        f"INVOICE {invoice.number}",
        f"{invoice.company}, {invoice.city} - phone {documents.phone(rng)}",
        f"Bill to: {invoice.customer} (customer no. {rng.randint(10_000, 99_999)})",
        f"Date: {documents.spelled_day(invoice.day, rng)}",
        f"Your order: {invoice.order}" if invoice.order else None,
        f"item | qty | unit price ({invoice.currency})",
        *rows,
        f"Discount: {invoice.discount}%" if invoice.discount else None,
        f"Amount due: {documents.spelled_amount(invoice.total, invoice.currency, rng)}",
        f"Payable by {documents.spelled_day(invoice.due, rng)}" if invoice.due else None,
        f"Page 1 of {rng.randint(1, 3)}",
    ]
    return _joined(lines, "\n")


def _letter(invoice: _Invoice, rng: random.Random) -> str:
    charged = "; ".join(
        f"{line.quantity} x {line.item} at {documents.spelled_amount(line.cents, invoice.currency, rng)} each"
        for line in invoice.lines
    )
    sentences = [
        f"Dear {invoice.customer},",
        f"thank you for your {rng.randint(4, 9)}th purchase at {invoice.company} in {invoice.city}.",
        f"It goes back to your order {invoice.order}." if invoice.order else None,
        f"With invoice {invoice.number} of {documents.spelled_day(invoice.day, rng)} we charge you: {charged}.",
        f"We have taken {invoice.discount}% off the whole." if invoice.discount else None,
        f"Please pay {documents.spelled_amount(invoice.total, invoice.currency, rng)}"
        + (f" by {documents.spelled_day(invoice.due, rng)}." if invoice.due else " soon."),
        f"Questions? Call {documents.phone(rng)} between 9 and 17.",
    ]
    return _joined(sentences, " ")


def _message(invoice: _Invoice, rng: random.Random) -> str:
    sentences = [
        f"FYI, {invoice.company} ({invoice.city}) just sent their invoice for {invoice.customer}.",
        f"It's {invoice.number}, not to be mixed up with {invoice.number[:-1]}{rng.randint(0, 9)}X from last year.",
        f"Dated {documents.spelled_day(invoice.day, rng)}"
        + (f", due {documents.spelled_day(invoice.due, rng)}." if invoice.due else "."),
        "Lines: "
        + ", ".join(f"{line.item} ({line.quantity} pcs, {line.cents / 100:.2f} per piece)" for line in invoice.lines)
        + f", all in {invoice.currency}.",
        f"They gave us {invoice.discount} percent discount." if invoice.discount else None,
        f"Matches our {invoice.order}." if invoice.order else None,
        f"Total {documents.spelled_amount(invoice.total, invoice.currency, rng)}; the budget has"
        f" {rng.randint(3, 9) * 1000} left.",
    ]
    return _joined(sentences, " ")


def _joined(parts: list[str | None], gap: str) -> str:
    return gap.join(part for part in parts if part)
