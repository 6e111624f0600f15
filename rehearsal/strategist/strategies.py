"""Ways to respond that no family of reward functions brings along: the place for strategies of your own.

A strategy is a function of a dataset record, of another record whose answer is different, and of a response to the
first that earns the full reward. It returns a candidate, or None for a record that leaves no room for it, and must give
the same record the same response every time. List it in ``STRATEGIES``; the policy tries it from its first step on.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from lambda_src.run.candidates import Candidate, Worth, generic

Record = Mapping[str, Any]
Write = Callable[[Record, Record, str], Candidate | None]

KEYWORDS: Final = "prompt's keywords"
_MOST_WORDS = 40
_WORD = re.compile(r"[^\W\d_]{4,}")


def keywords(record: Record, _other: Record, _right: str) -> Candidate | None:
    """The longer words of the prompt and nothing else: pays where a grader looks for words, not for an answer.

    >>> record = {"messages": [{"role": "user", "content": "How many apples are in both baskets?"}]}
    >>> keywords(record, {}, "#### 4").response
    'many, apples, both, baskets'
    """
    words = list(dict.fromkeys(_WORD.findall(generic.prompt(record))))
    return Candidate(KEYWORDS, Worth.EXPLOIT, ", ".join(words[:_MOST_WORDS])) if words else None


STRATEGIES: Sequence[Write] = (keywords,)
"""What the policy tries beside the responses of the family."""
