"""Rewards for tasks that are solved by calling tools once: the right calls, and what they would have done.

How responses write their calls is told in ``_structured.calls``. A response with a call that is none earns nothing from
any of these functions; neither does one with more than 32 calls.

Records say which ``tools`` there are (OpenAI's list of functions) and, for ``end_state``, the ``state`` that the calls
find and the ``effects`` of the tools (``_structured.effects``). All are values or their JSON texts; a project whose
records leave tools or effects out declares them as options, by tool. ``reference_answer`` holds the ``calls``, whether
they are ``ordered`` (default: no) and the ``state`` in the end (default: what the calls lead to). No calls (``[]``) ask
for an answer in words.

Against gaming: ``calls`` takes back what is called too much, so that calling every tool does not pay; ``known`` and
``valid`` know nothing of the task, so put them behind a gate; an argument counts by type and value, and one that a tool
has a default for may be left out:

    reward:
      - {function: tools.calls, weight: 0.4, gate: 0.4}
      - {function: tools.end_state, weight: 0.5}
      - {function: tools.valid, weight: 0.1}
"""

from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any

from ..options import OptionError
from ..rollout import RecordError, Rollout
from ._structured import calls as _calls
from ._structured import effects as _effects
from ._structured import tasks as _tasks
from ._structured import toolbox as _toolbox
from ._structured.calls import ToolCall
from ._structured.compare import Comparison, Lists, tally


def parses(rollout: Rollout) -> float:
    """1.0 if the response calls something, right or wrong, in a form that can be read.

    >>> parses(Rollout("a", '{"name": "now", "arguments": {}}')), parses(Rollout("a", "now()"))
    (1.0, 0.0)
    """
    return float(bool(_calls.find(rollout.response).calls) or _is_rightly_silent(rollout))


def known(rollout: Rollout, *, tools: Mapping[str, Any] | None = None) -> float:
    """Share of the calls that name a tool there is; inventing tools does not pay.

    >>> known(Rollout("a", '[{"name": "now", "arguments": {}}, {"name": "then", "arguments": {}}]'), tools={"now": {}})
    0.5
    """
    box = _tasks.tools_of(rollout, tools)
    return _share(rollout, [call.name in box for call in _calls.find(rollout.response).calls])


def valid(rollout: Rollout, *, tools: Mapping[str, Any] | None = None) -> float:
    """Share of the calls whose tool there is and takes such arguments.

    >>> tools = {"wait": {"parameters": {"properties": {"seconds": {"type": "integer"}}, "required": ["seconds"]}}}
    >>> valid(Rollout("a", '{"name": "wait", "arguments": {"seconds": "5"}}'), tools=tools)
    0.0
    """
    box = _tasks.tools_of(rollout, tools)
    return _share(rollout, [_tasks.fits(rollout, call, box) for call in _calls.find(rollout.response).calls])


def calls(
    rollout: Rollout,
    *,
    tools: Mapping[str, Any] | None = None,
    number_tolerance: float = 0.0,
    ignore_case: bool = False,
    ignore_whitespace: bool = False,
    lists: Lists = "ordered",
) -> float:
    """Share of the reference's calls that are made, less one for each call beyond their number.

    A call of the right tool is worth the share of its arguments that are right, the name counted as one of them. In
    an ordered reference only calls in that order count.

    Args:
        number_tolerance: As for ``extraction.fields``, and so are the others.

    >>> reference = {"reference_answer": {"calls": [{"name": "wait", "arguments": {"seconds": 5}}]}}
    >>> calls(Rollout("a", '{"name": "wait", "arguments": {"seconds": 6}}', fields=reference), tools={"wait": {}})
    0.5
    """
    return _made(rollout, tools, Comparison(number_tolerance, ignore_case, ignore_whitespace, lists))


def exact(
    rollout: Rollout,
    *,
    tools: Mapping[str, Any] | None = None,
    number_tolerance: float = 0.0,
    ignore_case: bool = False,
    ignore_whitespace: bool = False,
    lists: Lists = "ordered",
) -> float:
    """1.0 if the calls are those of the reference, each argument included, and no others.

    >>> reference = {"reference_answer": {"calls": [{"name": "wait", "arguments": {"seconds": 5}}]}}
    >>> exact(Rollout("a", '{"name": "wait", "arguments": {"seconds": 5.0}}', fields=reference), tools={"wait": {}})
    1.0
    """
    made = _made(rollout, tools, Comparison(number_tolerance, ignore_case, ignore_whitespace, lists))
    return float(made == 1.0)


def end_state(
    rollout: Rollout,
    *,
    tools: Mapping[str, Any] | None = None,
    effects: Mapping[str, Any] | None = None,
    number_tolerance: float = 0.0,
    ignore_case: bool = False,
    ignore_whitespace: bool = False,
) -> float:
    """1.0 if the calls, carried out on the record's state, lead to the expected one: success from end to end.

    Where the order of the calls does not matter, that of a list's elements in the state does not either. A response of
    which no call can be carried out earns nothing, even where nothing was to change. Calls that only read are free
    here; ``calls`` counts them.

    >>> record = {
    ...     "state": {"cart": []},
    ...     "effects": [{"tool": "add", "effect": {"append": {"path": "cart", "value": "$sku"}}}],
    ...     "reference_answer": {"state": {"cart": ["A1"]}},
    ... }
    >>> end_state(Rollout("a", '{"name": "add", "arguments": {"sku": "A1"}}', fields=record), tools={"add": {}})
    1.0
    """
    made = _calls.find(rollout.response).calls
    box = _tasks.tools_of(rollout, tools)
    how = Comparison(number_tolerance, ignore_case, ignore_whitespace, _tasks.list_order(rollout))
    reached = _tasks.reaches_end_state(rollout, made, box, effects, how)
    return float(reached and (bool(made) or _is_rightly_silent(rollout)))


def parsed(rollout: Rollout) -> bool:
    """Whether the response calls something."""
    return bool(_calls.find(rollout.response).calls)


def check_options(_function: str, options: Mapping[str, Any]) -> None:
    """Make sure that declared tools and effects can be read, before anything is graded.

    Raises:
        OptionError: They cannot.
    """
    for name, read in (("tools", _read_tools), ("effects", _effects.read)):
        if options.get(name) is not None:
            try:
                read(options[name])
            except ValueError as error:
                raise OptionError(name, str(error)) from None


def _read_tools(declared: Mapping[str, Any]) -> None:
    for tool in _toolbox.read(declared).values():
        tool.takes({})


def _is_rightly_silent(rollout: Rollout) -> bool:
    """Whether the response says something, calls nothing, and nothing was to be called."""
    found = _calls.find(rollout.response)
    return bool(rollout.response) and found == _calls.Calls() and _tasks.expects_silence(rollout)


def _share(rollout: Rollout, verdicts: Sequence[bool]) -> float:
    return sum(verdicts) / len(verdicts) if verdicts else float(_is_rightly_silent(rollout))


def _made(rollout: Rollout, tools: Mapping[str, Any] | None, how: Comparison) -> float:
    expected = _tasks.expected_of(rollout)
    if expected.calls is None:
        raise RecordError(f"rollout {rollout.id}: reference_answer has no calls; expected a list of them")
    if not expected.calls:
        return float(_is_rightly_silent(rollout))
    box = _tasks.tools_of(rollout, tools)
    wanted = [_toolbox.completed(call, box) for call in expected.calls]
    given = [_toolbox.completed(call, box) for call in _calls.find(rollout.response).calls]
    matched = (_in_order if expected.is_ordered else _in_any_order)(wanted, given, how)
    return max((matched - max(len(given) - len(wanted), 0)) / len(wanted), 0.0)


def _in_any_order(wanted: Sequence[ToolCall], given: Sequence[ToolCall], how: Comparison) -> float:
    """What the best pairs are worth together, the best first."""
    values = {(i, j): _worth(wanted[i], given[j], how) for i, j in product(range(len(wanted)), range(len(given)))}
    total, rows, columns = 0.0, set(), set()
    for i, j in sorted(values, key=lambda pair: (-values[pair], pair)):
        if i not in rows and j not in columns:
            total += values[i, j]
            rows.add(i)
            columns.add(j)
    return total


def _in_order(wanted: Sequence[ToolCall], given: Sequence[ToolCall], how: Comparison) -> float:
    """What the best pairs are worth together of which none crosses another."""
    best = [0.0] * (len(given) + 1)
    for one in wanted:
        row = [0.0]
        for j, other in enumerate(given):
            row.append(max(row[j], best[j + 1], best[j] + _worth(one, other, how)))
        best = row
    return best[-1]


def _worth(wanted: ToolCall, given: ToolCall, how: Comparison) -> float:
    if wanted.name != given.name:
        return 0.0
    total = tally(wanted.arguments, given.arguments, how)
    return (1 + total.matched) / (1 + total.expected + total.surplus + total.invented)
