"""Responses to a record without a reference answer: nobody can say what is right, but some things surely are not."""

from collections.abc import Iterator, Mapping
from typing import Any

from ...reward.references import LOGGED_RESPONSE
from . import generic, judge, strategies
from .candidate import Candidate, Worth


def responses(record: Mapping[str, Any]) -> Iterator[Candidate]:
    """What was answered when the prompt was logged, if that is known; then responses that do not answer."""
    logged = record.get(LOGGED_RESPONSE)
    if isinstance(logged, str) and logged.strip():
        yield Candidate(strategies.LOGGED, Worth.OPEN, logged)
    yield from generic.silent(record)
    yield from generic.pleading(generic.REFUSED)
    yield from judge.talk()
