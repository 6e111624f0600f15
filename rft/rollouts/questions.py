"""What people ask of rollouts most, as SQL."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Final

from rft.rollouts.table import Answer, Table


class Question(StrEnum):
    """Which rollouts, or what of them."""

    BEST = "best"
    WORST = "worst"
    LONGEST = "longest"
    ERRORS = "errors"
    DROP = "drop"
    PROMPTS = "prompts"
    PARTS = "parts"


ABOUT: Final[Mapping[Question, str]] = {
    Question.BEST: "paid most, one of a prompt",
    Question.WORST: "paid least, one of a prompt",
    Question.LONGEST: "longest, one of a prompt",
    Question.ERRORS: "not graded, newest first",
    Question.DROP: "prompts whose reward fell most from the first to the second half of their rollouts",
    Question.PROMPTS: "prompts, the hardest first",
    Question.PARTS: "what each part of the reward gave, early and late",
}

_ONE_OF_A_PROMPT: Final = """
SELECT * EXCLUDE (place) FROM (
    SELECT *, row_number() OVER (PARTITION BY prompt_id ORDER BY {order}, time DESC) AS place
    FROM rollouts WHERE {of}
) WHERE place = 1 ORDER BY {order}, time DESC LIMIT ?
"""
_DROP: Final = """
WITH halved AS (
    SELECT *, ntile(2) OVER (PARTITION BY prompt_id ORDER BY time) AS half FROM rollouts WHERE error IS NULL
)
SELECT prompt_id, count(*) AS rollouts,
       avg(reward) FILTER (half = 1) AS early, avg(reward) FILTER (half = 2) AS late,
       early - late AS fall, any_value(prompt) AS prompt,
       arg_max(response, reward) FILTER (half = 1) AS best_early,
       arg_min(response, reward) FILTER (half = 2) AS worst_late
FROM halved GROUP BY prompt_id HAVING fall > 0 ORDER BY fall DESC, prompt_id LIMIT ?
"""
_PROMPTS: Final = """
SELECT prompt_id, count(*) AS rollouts, avg(reward) AS reward, stddev_pop(reward) AS spread, max(reward) AS best,
       avg(characters) AS characters, avg(parsed::INT) AS answered, any_value(prompt) AS prompt
FROM rollouts WHERE error IS NULL GROUP BY prompt_id ORDER BY reward, prompt_id LIMIT ?
"""
_PARTS: Final = """
WITH placed AS (SELECT *, ntile(2) OVER (ORDER BY time) AS half FROM rollouts WHERE error IS NULL),
     part AS (SELECT half, unnest(map_entries(parts)) AS entry FROM placed)
SELECT entry.key AS name, count(*) AS rollouts, avg(entry.value) AS mean,
       avg(entry.value) FILTER (half = 1) AS early, avg(entry.value) FILTER (half = 2) AS late,
       stddev_pop(entry.value) AS spread, avg((entry.value >= 1)::INT) AS full_marks
FROM part GROUP BY name ORDER BY name LIMIT ?
"""
_OF_PROMPT: Final = "SELECT * FROM rollouts WHERE starts_with(prompt_id, ?) ORDER BY time, reward DESC LIMIT ?"
_ENDS: Final = """
SELECT * FROM rollouts WHERE starts_with(prompt_id, ?) AND response IS NOT NULL
    AND time = (SELECT {which}(time) FROM rollouts WHERE starts_with(prompt_id, ?) AND response IS NOT NULL)
ORDER BY reward DESC LIMIT 1
"""


def ask(
    table: Table, question: Question, count: int, *, part: str | None = None, prompt: str | None = None
) -> list[Answer]:
    """The rollouts, or the numbers of prompts and parts.

    Args:
        part: Of the reward; ranks in the reward's place.
        prompt: First digits of a prompt's id: all its rollouts, in the order of time, whatever the question.
    """
    if prompt is not None:
        return table.ask(_OF_PROMPT, prompt, count)
    earned = "reward" if part is None else f"parts['{part.replace(chr(39), chr(39) * 2)}']"
    of = "error IS NULL" if part is None else f"error IS NULL AND {earned} IS NOT NULL"
    ranked: Mapping[Question, Callable[[], str]] = {
        Question.BEST: lambda: _ONE_OF_A_PROMPT.format(order=f"{earned} DESC", of=of),
        Question.WORST: lambda: _ONE_OF_A_PROMPT.format(order=earned, of=of),
        Question.LONGEST: lambda: _ONE_OF_A_PROMPT.format(order="characters DESC", of=of),
        Question.ERRORS: lambda: "SELECT * FROM rollouts WHERE error IS NOT NULL ORDER BY time DESC LIMIT ?",
        Question.DROP: lambda: _DROP,
        Question.PROMPTS: lambda: _PROMPTS,
        Question.PARTS: lambda: _PARTS,
    }
    return table.ask(ranked[question](), count)


def ends(table: Table, prompt: str) -> tuple[Answer, Answer] | None:
    """The best of the first and of the last answers to a prompt whose text is kept; None without two."""
    found = [table.ask(_ENDS.format(which=which), prompt, prompt) for which in ("min", "max")]
    if not all(found) or found[0][0]["time"] == found[1][0]["time"]:
        return None
    return found[0][0], found[1][0]
