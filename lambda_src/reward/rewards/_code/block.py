"""Where a response states its code: in the last fenced block that is marked as Python.

A fence is a line that begins with three or more backticks or tildes; one that is never closed ends with the response,
as in Markdown. Every search is linear in the response.
"""

import re
import textwrap
from collections.abc import Iterator
from functools import lru_cache
from typing import Final, Literal

_FENCE: Final = re.compile(r"^[ \t]{0,12}(`{3,20}|~{3,20})[ \t]{0,9}([^\s`]{0,40})[^`\n]{0,200}$", re.MULTILINE)
_PYTHON: Final = ("python", "py", "python3")
_CODE: Final = re.compile(r"^(?:def|class|import|from|print|for|while|if|async|@)\b", re.MULTILINE)

Fence = Literal["required", "optional"]
"""Whether a response without any fence is taken as code altogether."""


@lru_cache(maxsize=256)  # several reward functions ask for each response
def code_block(response: str, fence: Fence = "required") -> str:
    r"""The code of a response; empty if it holds none.

    The last block counts, so that a model may correct itself and none can offer several to choose from. Blocks in
    other languages are no code; a block without a language is, if no block is marked as Python.

    >>> code_block("So:\n```python\ndef f():\n    return 1\n```\nIt prints:\n```text\n1\n```")
    'def f():\n    return 1\n'
    """
    blocks = list(_blocks(response))
    for wanted in (_PYTHON, ("",)):
        found = [(start, end) for language, start, end in blocks if language in wanted]
        if found:
            start, end = found[-1]
            return textwrap.dedent(response[start:end])
    return response if fence == "optional" and not blocks else ""


def states_code(response: str) -> bool:
    """Whether a response holds code at all, in a fence or without."""
    return bool(code_block(response).strip()) or bool(_CODE.search(code_block(response, "optional")))


def _blocks(response: str) -> Iterator[tuple[str, int, int]]:
    """Language in lower case, start and end of each fenced block."""
    mark, language, start = "", "", 0
    for fence in _FENCE.finditer(response):
        if not mark:
            mark, language, start = fence[1], fence[2].lower(), fence.end() + 1
        elif not fence[2] and fence[1].startswith(mark):
            yield language, start, fence.start()
            mark = ""
    if mark:
        yield language, start, len(response)
