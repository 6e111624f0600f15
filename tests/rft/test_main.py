"""The command before and around its modules."""

import os
import signal
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
INTERRUPTED = """
import signal, sys

class Interrupt:
    def find_spec(self, name, path=None, target=None):
        if name == "rft.cli":
            signal.raise_signal(signal.SIGINT)

sys.meta_path.insert(0, Interrupt())
from rft.main import run
run()
"""


def _run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_an_interrupt_while_modules_are_loaded_ends_the_command_without_a_word() -> None:
    done = _run("-c", INTERRUPTED)

    assert (done.returncode, done.stdout, done.stderr) == (128 + signal.SIGINT, "", "")


def test_a_terminal_that_lacks_characters_is_no_error() -> None:
    done = _run("-m", "rft.main", "rewards", "text", PYTHONIOENCODING="ascii")

    assert done.returncode == 0, done.stderr
    assert "text.max_words" in done.stdout


def test_the_command_starts_no_node() -> None:
    done = _run("-c", "import sys, rft.cli; print('jsii' in sys.modules)")

    assert done.stdout == "False\n"
