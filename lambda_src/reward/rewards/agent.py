"""Rewards for agents: a response that holds several turns of calls and observations, and a final answer.

How it is written is told in ``_structured.transcript``. Records are those of the family ``tools``;
``reference_answer.final`` holds the final answer, a text, a number, or a list of texts and numbers that are as good.

Against gaming: what a response claims to have observed is left out, and ``end_state`` carries its calls out anew, so
an invented "booked successfully" is worth nothing; ``final_answer`` wants one answer at the end; ``no_loop`` makes
calling the same over and over cost something. How well the whole serves its user is for a judge, asked about runs that
succeeded:

    reward:
      - {function: agent.end_state, weight: 0.5, gate: 1.0}
      - {function: agent.final_answer, weight: 0.2}
      - {function: agent.steps_valid, weight: 0.1}
      - {function: judge.score, weight: 0.2, options: {rubric: outcome, model: amazon.nova-pro-v1:0}}
      - {function: agent.no_loop, penalty: 0.2}
"""

import re
from collections import Counter
from collections.abc import Mapping
from fractions import Fraction
from typing import Any, Final

from ..rollout import RecordError, Rollout
from . import tools as tools_family
from ._structured import tasks as _tasks
from ._structured import transcript as _transcript
from ._structured.compare import Comparison
from ._structured.references import reference_json

_NUMBER: Final = re.compile(r"[-+]?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,30})(?:\.[0-9]{1,30})?")
_EDGES: Final = " \t\r\n.!\"'`*_"
_LONGEST: Final = 1_000  # characters of a final answer
_STRICT: Final = Comparison()


def steps_valid(rollout: Rollout, *, tools: Mapping[str, Any] | None = None) -> float:
    """Share of the calls that can be read and that their tools take; a response without calls earns nothing.

    >>> response = '<tool_call>{"name": "now", "arguments": {}}</tool_call><tool_call>now()</tool_call>'
    >>> steps_valid(Rollout("a", response), tools={"now": {}})
    0.5
    """
    box = _tasks.tools_of(rollout, tools)
    steps = _transcript.read(rollout.response).steps
    return sum(step is not None and _tasks.fits(rollout, step, box) for step in steps) / max(len(steps), 1)


def end_state(
    rollout: Rollout,
    *,
    tools: Mapping[str, Any] | None = None,
    effects: Mapping[str, Any] | None = None,
    number_tolerance: float = 0.0,
    ignore_case: bool = False,
    ignore_whitespace: bool = False,
) -> float:
    """1.0 if the calls, carried out anew on the record's state, lead to the expected one; see ``tools.end_state``.

    >>> record = {
    ...     "state": {"cart": []},
    ...     "effects": [{"tool": "add", "effect": {"append": {"path": "cart", "value": "$sku"}}}],
    ...     "reference_answer": {"state": {"cart": ["A1"]}},
    ... }
    >>> claim = '<observation>{"cart": ["A1"]}</observation><final>Done.</final>'
    >>> end_state(Rollout("a", claim, fields=record), tools={"add": {}})
    0.0
    """
    how = Comparison(number_tolerance, ignore_case, ignore_whitespace, _tasks.list_order(rollout))
    transcript = _transcript.read(rollout.response)
    box = _tasks.tools_of(rollout, tools)
    return float(bool(rollout.response) and _tasks.reaches_end_state(rollout, transcript.calls, box, effects, how))


def final_answer(rollout: Rollout) -> float:
    """1.0 if the one ``<final>`` answer is the reference's.

    Texts compare without case, length of gaps, and marks around them; of a number, nothing but its unit may stand
    beside it.

    >>> reference = {"reference_answer": {"final": 1042.5}}
    >>> final_answer(Rollout("a", "<final>It costs $1,042.50.</final>", fields=reference))
    1.0
    """
    accepted = _finals(rollout)
    final = _transcript.read(rollout.response).final
    if not final or len(final) > _LONGEST:
        return 0.0
    return float(any(_says(final, one) for one in accepted))


def no_loop(rollout: Rollout, *, most: int = 2) -> float:
    """1.0 if no call is made more than ``most`` times with the same arguments, then ``most`` per time.

    >>> no_loop(Rollout("a", '<tool_call>{"name": "now", "arguments": {}}</tool_call>' * 8))
    0.25
    """
    transcript = _transcript.read(rollout.response)
    if transcript.is_overlong or not (transcript.steps or transcript.final):
        return 0.0
    times = Counter((call.name, _STRICT.key(call.arguments)) for call in transcript.calls)
    return min(most / max(times.values(), default=1), 1.0)


def parsed(rollout: Rollout) -> bool:
    """Whether the response calls something or gives a final answer."""
    transcript = _transcript.read(rollout.response)
    return bool(transcript.calls or transcript.final)


def check_options(function: str, options: Mapping[str, Any]) -> None:
    """Make sure that declared tools and effects can be read, before anything is graded.

    Raises:
        OptionError: They cannot.
    """
    tools_family.check_options(function, options)


def _finals(rollout: Rollout) -> list[Any]:
    reference = reference_json(rollout)
    final = reference.get("final") if isinstance(reference, dict) else None
    accepted = final if isinstance(final, list) else [final]
    if not accepted or not all(isinstance(one, str | int | float) and not isinstance(one, bool) for one in accepted):
        raise RecordError(
            f"rollout {rollout.id}: reference_answer.final {str(final)[:80]!r}; expected a text, a number or a list"
        )
    return accepted


def _says(final: str, expected: str | int | float) -> bool:
    if isinstance(expected, str):
        return _normalised(final) == _normalised(expected)
    numbers = {Fraction(number.replace(",", "")) for number in _NUMBER.findall(final)}
    return numbers == {Fraction(str(expected))}


def _normalised(text: str) -> str:
    return " ".join(text.casefold().split()).strip(_EDGES)
