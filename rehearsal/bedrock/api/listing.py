"""Filters, order and pages, the same for jobs and models."""

import base64
import binascii
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from botocore.utils import parse_timestamp

from rehearsal.bedrock.errors import ApiError

Detail = Mapping[str, Any]
_PAGE = 100  # the service's own default page size is not documented


def page(
    details: Sequence[Detail],
    parameters: Mapping[str, Any],
    *,
    name: str,
    arn: str,
    matches: Callable[[Detail], bool],
) -> tuple[list[Detail], dict[str, str]]:
    """One page of ``details``, newest first unless asked otherwise, and ``{"nextToken": …}`` if there are more.

    Args:
        name: Member that ``nameContains`` looks at.
        arn: Member that makes the order of equal creation times definite.
        matches: The filters of this operation alone.
    """

    def key(detail: Detail) -> str:
        return f"{detail['creationTime']}/{detail[arn]}"

    descending = parameters.get("sortOrder", "Descending") == "Descending"
    found = [d for d in details if _in_common(d, parameters, name) and matches(d)]
    found.sort(key=key, reverse=descending)
    if token := parameters.get("nextToken"):
        last = _read(token)
        found = [d for d in found if (key(d) < last if descending else key(d) > last)]
    size = parameters.get("maxResults", _PAGE)
    more = {"nextToken": _token(key(found[size - 1]))} if len(found) > size else {}
    return found[:size], more


def _in_common(detail: Detail, parameters: Mapping[str, Any], name: str) -> bool:
    created = parse_timestamp(detail["creationTime"])
    return (
        parameters.get("nameContains", "") in detail[name]
        and created > _aware(parameters.get("creationTimeAfter", datetime.min))
        and created < _aware(parameters.get("creationTimeBefore", datetime.max))
    )


def _aware(time: datetime) -> datetime:
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def _token(key: str) -> str:
    return base64.urlsafe_b64encode(key.encode()).decode()


def _read(token: str) -> str:
    try:
        return base64.urlsafe_b64decode(token.encode()).decode()
    except (binascii.Error, UnicodeError):
        raise ApiError("ValidationException", f"nextToken {token!r} is not one that this operation gave") from None
