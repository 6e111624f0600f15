"""A dataset's record, and a response to it, as whoever reads or grades them sees them."""

from collections.abc import Mapping
from typing import Any, Final

STANDARD_FIELDS: Final = frozenset({"id", "messages", "reference_answer"})
"""What every record has; any other field is the project's own."""

_BESIDE: Final = STANDARD_FIELDS - {"reference_answer"}


def content_text(content: object) -> str:
    r"""A message's text, in one piece or in blocks; empty where it has none.

    >>> content_text([{"type": "text", "text": "How many"}, {"type": "text", "text": "are left?"}])
    'How many\nare left?'
    """
    if isinstance(content, str):
        return content
    blocks = content if isinstance(content, list) else ()
    return "\n".join(str(block.get("text", "")) for block in blocks if isinstance(block, Mapping))


def item(record: Mapping[str, Any], identity: str, response: str) -> dict[str, Any]:
    """A response to a record as Bedrock sends it to a grader.

    Args:
        identity: Of the response.

    >>> item({"id": "a", "messages": [], "reference_answer": "4"}, "a/0", "2 + 2 = 4")["metadata"]
    {'reference_answer': '4'}
    """
    return {
        "id": identity,
        "messages": [*record["messages"], {"role": "assistant", "content": response}],
        "metadata": {key: value for key, value in record.items() if key not in _BESIDE},
    }
