"""A rollout that hangs, eats memory or kills its process costs itself alone."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from lambda_src.reward.batched import Deadline
from lambda_src.reward.guard import Guard
from lambda_src.reward.rollout import Rollout, TransientError

ENTRIES = [{"function": "hostile.obey", "weight": 1}]
FAMILY = """
import os
import re

from ..rollout import RecordError, TransientError


def obey(rollout):
    match rollout.response:
        case "hang":
            re.match(r"(a+)+$", "a" * 40 + "b")  # C code that no signal interrupts
        case "die":
            os._exit(9)
        case "again":
            raise TransientError("judge throttled")
        case "unreadable":
            raise RecordError(f"rollout {rollout.id}: unreadable")
        case "secrets":
            return float("AWS_SECRET_ACCESS_KEY" not in os.environ)
        case "big":
            return float(len(rollout.prompt) == 3_000_000)
    return 0.5


def parsed(rollout):
    return True
"""


@pytest.fixture
def guard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Guard]:
    """Of a copy of the grader with a family of reward functions that does what the response says."""
    package = tmp_path / "lambda_src" / "reward"
    (package / "rewards").mkdir(parents=True)
    (package.parent / "__init__.py").touch()
    source = Path(sys.modules[Guard.__module__].__file__ or "").parent
    for file in source.glob("*.py"):
        (package / file.name).write_text(file.read_text(encoding="utf-8"), encoding="utf-8")
    (package / "rewards" / "hostile.py").write_text(FAMILY, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    guard = Guard(ENTRIES, seconds=0.5)
    yield guard
    guard.close()


def rewards(guard: Guard, *responses: str) -> list[float | str]:
    known = guard(None, [Rollout(str(i), response) for i, response in enumerate(responses)])
    return [values.error or values.values["hostile.obey"] for values in known]


def test_values_come_back_in_order(guard: Guard) -> None:
    assert rewards(guard, *["fine"] * 200) == [0.5] * 200


def test_a_rollout_that_hangs_costs_itself_alone(guard: Guard) -> None:
    before, hung, after = rewards(guard, "fine", "hang", "fine")

    assert (before, after) == (0.5, 0.5)
    assert hung == "rollout 1: grading took more than 0.5 s; expected reward functions to answer within that"


def test_a_rollout_that_ends_the_process_costs_itself_alone(guard: Guard) -> None:
    died, after = rewards(guard, "die", "fine")

    assert after == 0.5
    assert died == "rollout 0: grading ended its process (status 9); out of memory, perhaps"


def test_the_last_rollout_may_hang_too(guard: Guard) -> None:
    assert "more than" in str(rewards(guard, "fine", "hang")[-1])
    assert rewards(guard, "fine") == [0.5]


def test_a_transient_failure_is_the_batch_s(guard: Guard) -> None:
    with pytest.raises(TransientError, match="judge throttled"):
        rewards(guard, "fine", "again", "fine")

    assert rewards(guard, "fine") == [0.5]


def test_when_time_is_short_the_batch_is_given_back(guard: Guard) -> None:
    with pytest.raises(TransientError, match=r"rollout 0: 0\.\d s are left"):
        guard(None, [Rollout("0", "fine")], deadline=Deadline.after(0.1))

    assert rewards(guard, "fine") == [0.5]


def test_an_unreadable_record_keeps_its_own_message(guard: Guard) -> None:
    assert rewards(guard, "unreadable", "fine") == ["rollout 0: unreadable", 0.5]


def test_reward_functions_do_not_see_the_grader_s_credentials(guard: Guard) -> None:
    assert rewards(guard, "secrets") == [1.0]


def test_large_rollouts_do_not_block_the_pipes(guard: Guard) -> None:
    rollouts = [Rollout(str(i), "big", prompt="x" * 3_000_000) for i in range(40)]

    assert [values.values["hostile.obey"] for values in guard(None, rollouts)] == [1.0] * 40


def test_the_child_ends_with_the_process_that_started_it(guard: Guard) -> None:
    code = (
        "from lambda_src.reward.guard import Guard\n"
        "import os, lambda_src.reward.guard as g\n"
        f"guard = Guard({ENTRIES!r})\n"
        "guard(None, [])\n"
        "print(guard._child._process.pid, flush=True)\n"
        "os._exit(0)\n"
    )
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}

    pid = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    ).stdout

    assert _ends(int(pid))


def _ends(pid: int) -> bool:
    for _ in range(100):
        try:
            state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
        except FileNotFoundError:
            return True
        if state == "Z":
            return True
        time.sleep(0.05)
    return False
