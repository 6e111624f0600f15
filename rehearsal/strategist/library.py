"""The records that local.strategist can be asked about: it reads no prompt, it has to recognise one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from lambda_src.run.candidates import generic

Record = Mapping[str, Any]
Item = TypeVar("Item")

_SYSTEM = ("system", "developer")


@dataclass(frozen=True, slots=True, eq=False)
class Dataset:
    """The records of one task, or enough of them to show what it is; only itself is equal to it.

    Attributes:
        family: The family of rewards that the task is graded by; None if nobody knows.
    """

    records: Sequence[Record]
    family: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """A record that was recognised, of a dataset."""

    prompt: str
    dataset: Dataset
    record: Record = field(compare=False)


class Library(Protocol):
    """Datasets, by the prompts of their records."""

    def find(self, prompt: str) -> Found | None:
        """The first record with this prompt in the newest dataset that has one."""
        ...

    @property
    def place(self) -> str:
        """Where it looks, for whoever asked in vain."""
        ...


class Handed:
    """Datasets that were handed over."""

    place = "the records that were handed to it"

    def __init__(self) -> None:
        self._found: dict[str, Found] = {}

    def add(self, dataset: Dataset) -> None:
        """Take a dataset; it goes before earlier ones with the same prompts."""
        prompts = [(recognised(prompt_of(record)), record) for record in dataset.records]
        self._found |= {prompt: Found(prompt, dataset, record) for prompt, record in reversed(prompts)}

    def find(self, prompt: str) -> Found | None:
        """See ``Library``."""
        return self._found.get(recognised(prompt))


def spread(records: Sequence[Item], most: int) -> Sequence[Item]:
    """At most ``most`` of the records, at equal distances.

    >>> spread("abcdefg", 3)
    'adg'
    """
    return records[:: max(-(-len(records) // most), 1)]


def recognised(prompt: str) -> str:
    r"""What of a prompt must be the same: everything but white space, which differs where messages are joined.

    >>> recognised("Be brief.\n\nHow many? ")
    'Be brief. How many?'
    """
    return " ".join(prompt.split())


def prompt_of(record: Record) -> str:
    """All that a record says to a model, in Converse's order: what is for the system first, no answer at the end."""
    messages = sorted(record["messages"], key=lambda message: message.get("role") not in _SYSTEM)
    while messages and messages[-1].get("role") == "assistant":
        messages.pop()
    return generic.prompt({"messages": messages})
