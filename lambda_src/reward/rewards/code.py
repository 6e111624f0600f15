r"""Rewards for tasks that are answered with a Python function or program.

The code is what ``_code.block`` finds; what a record expects of it is told in ``_code.reference``. It runs in the
sandbox, never in the grader, and there in another process than what judges it: ending the process, patching the
comparison, printing success or looking for what is expected earns nothing. What can still be bought is the answers to
those cases that the prompt shows, so records need cases that it does not show.

Options of all but ``lint``: ``seconds_per_case`` (wall clock, 10 at most), ``memory_mb`` (MiB of address space, 64 to
512) and ``fence`` (``optional``: a response without any fence is code altogether).
"""

import ast
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from ..batched import Deadline, Judgement, batched
from ..options import OptionError
from ..rollout import RecordError, Rollout
from ..sandbox_client import LEAST_MEMORY_MB, MOST_MEMORY_MB, MOST_SECONDS
from ._code.block import Fence, code_block, states_code
from ._code.trials import Settings, Trial, trials

_LONGEST_LINTED: Final = 4_000  # characters; several times the longest solution that such tasks have


@batched
def pass_rate(
    rollouts: Sequence[Rollout],
    deadline: Deadline,
    *,
    seconds_per_case: float = 2.0,
    memory_mb: int = 256,
    fence: Fence = "required",
) -> list[Judgement | RecordError]:
    r"""Share of the record's cases that the code passes; answers for the shown cases alone earn a share, too.

    >>> from ..batched import NEVER
    >>> reference = {"function": "double", "cases": [{"args": [n], "expected": 2 * n} for n in (0, 1, 2, 3)]}
    >>> response = "```python\ndef double(n):\n    return n ** 2\n```"
    >>> pass_rate([Rollout("a", response, fields={"reference_answer": reference})], NEVER)
    [Judgement(value=0.5, reason='2 of 4 cases passed; case 2: returned 1', metrics={})]
    """
    settings = Settings(seconds_per_case, memory_mb, fence)
    return _judged(trials(rollouts, deadline, settings), lambda trial: trial.share)


@batched
def all_passed(
    rollouts: Sequence[Rollout],
    deadline: Deadline,
    *,
    seconds_per_case: float = 2.0,
    memory_mb: int = 256,
    fence: Fence = "required",
) -> list[Judgement | RecordError]:
    r"""1.0 if the code passes every case of the record, else 0.0: what is right for some cases only must not pay.

    >>> from ..batched import NEVER
    >>> reference = {"tests": "assert double(2) == 4\nassert raises('TypeError', double, None)"}
    >>> response = "```python\ndef double(n):\n    return 2 * n\n```"
    >>> all_passed([Rollout("a", response, fields={"reference_answer": reference})], NEVER)
    [Judgement(value=1.0, reason='2 of 2 cases passed', metrics={})]
    """
    settings = Settings(seconds_per_case, memory_mb, fence)
    return _judged(trials(rollouts, deadline, settings), lambda trial: float(trial.passed))


@batched
def runtime(
    rollouts: Sequence[Rollout],
    deadline: Deadline,
    *,
    seconds: float = 1.0,
    seconds_per_case: float = 2.0,
    memory_mb: int = 256,
    fence: Fence = "required",
) -> list[Judgement | RecordError]:
    r"""1.0 while all cases together take at most ``seconds``, then falling as ``seconds`` per second taken.

    Code that fails a case earns nothing: wrong code is fast. The seconds are of processor time as the kernel counts
    it, so that other code running beside it does not matter, and what the code says of itself neither.

    >>> from ..batched import NEVER
    >>> reference = {"function": "double", "cases": [{"args": [2], "expected": 4}]}
    >>> response = "```python\ndef double(n):\n    return 2 * n\n```"
    >>> runtime([Rollout("a", response, fields={"reference_answer": reference})], NEVER)[0].value
    1.0
    """
    settings = Settings(seconds_per_case, memory_mb, fence)
    return _judged(
        trials(rollouts, deadline, settings),
        lambda trial: min(1.0, seconds / max(trial.cpu_seconds, seconds)) if trial.passed else 0.0,
    )


def lint(rollout: Rollout, *, findings: int = 5, fence: Fence = "required") -> float:
    r"""1.0 for code in which pyflakes finds nothing (unused or undefined names, say), falling to 0.0 for ``findings``.

    It knows nothing of right and wrong. Code without a statement that does anything earns 0.0, so that writing none
    is not the cleanest code, and so does code of more than 4,000 characters.
    https://github.com/PyCQA/pyflakes

    >>> lint(Rollout("a", "```python\nimport os\n\ndef double(n):\n    return 2 * n\n```"))
    0.8
    """
    from pyflakes.checker import Checker  # noqa: PLC0415 - bundled only with graders that lint

    code = code_block(rollout.response, fence)
    if len(code) > _LONGEST_LINTED:
        return 0.0
    try:
        tree = ast.parse(code)
        found = len(Checker(tree).messages)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return 0.0
    return max(1.0 - found / findings, 0.0) if any(map(_does_something, tree.body)) else 0.0


def parsed(rollout: Rollout) -> bool:
    """Whether the response holds code, in a fence or without."""
    return states_code(rollout.response)


def check_options(_: str, options: Mapping[str, Any]) -> None:
    """Compare the limits with the sandbox's own.

    Raises:
        OptionError: One is outside of them.
    """
    seconds, memory = options.get("seconds_per_case", MOST_SECONDS), options.get("memory_mb", MOST_MEMORY_MB)
    if seconds > MOST_SECONDS:
        raise OptionError("seconds_per_case", f"{seconds!r}; expected {MOST_SECONDS:g} at most")
    if not LEAST_MEMORY_MB <= memory <= MOST_MEMORY_MB:
        raise OptionError("memory_mb", f"{memory!r}; expected {LEAST_MEMORY_MB} to {MOST_MEMORY_MB}")


def _judged(tried: Sequence[Trial | RecordError], value: Callable[[Trial], float]) -> list[Judgement | RecordError]:
    return [
        trial if isinstance(trial, RecordError) else Judgement(value(trial), reason=trial.reason) for trial in tried
    ]


def _does_something(statement: ast.stmt) -> bool:
    """Neither a text, nor ``pass`` or ``...``, nor a definition of nothing else."""
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return any(map(_does_something, statement.body))
    is_constant = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    return not is_constant and not isinstance(statement, ast.Pass | ast.Import | ast.ImportFrom)
