"""One statement of an answer, and how much of a response is read to find it."""

from typing import Final, NamedTuple

from .numbers import Number

MOST: Final = 64  # statements read per response, from its end: more are guesses anyway
WIDEST: Final = 300  # characters of one statement


class Statement(NamedTuple):
    """What a response says once.

    Attributes:
        numbers: The different numbers it names; more than one is a hedge.
        words: As written.
        end: Where it ends in the response.
    """

    numbers: tuple[Number, ...]
    words: str
    end: int
