"""How a preflight says no, in as few bytes as CloudFormation takes."""

import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

LENGTH: Final = 1500
"""Bytes of UTF-8; CloudFormation takes 4 KB of a custom resource's answer, the framework's part included."""


class PreflightError(ValueError):
    """Why this run was not started, as one paragraph."""


@contextmanager
def refused(what: str) -> Iterator[None]:
    """Turn a ``ValueError`` into a refusal.

    Raises:
        PreflightError: With what was wrong first, then the error's own words.
    """
    try:
        yield
    except PreflightError:
        raise
    except ValueError as error:
        raise PreflightError(f"{what}. {error}") from error


def paragraph(reason: str, where: str) -> str:
    """The reason, cut where it is long, and whole what comes last.

    >>> paragraph("no records.", "Report: s3://b/k")
    'Training was not started: no records. Report: s3://b/k'
    """
    most = LENGTH - len(where.encode()) - 1
    short = textwrap.shorten(f"Training was not started: {reason}", most, placeholder=" ...")
    return f"{short.encode()[:most].decode(errors='ignore')} {where}"
