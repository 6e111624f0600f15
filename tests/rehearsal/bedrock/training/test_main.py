import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[4]


def test_a_training_ends_with_the_server_that_started_it(tmp_path: Path) -> None:
    options = ["--trainer", "none", "--seed", "0", "--endpoint-url", "http://127.0.0.1:1"]
    command = [sys.executable, "-m", "rehearsal.bedrock.training", str(tmp_path), *options]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as training:
        assert training.stdin is not None

        training.stdin.close()

        assert training.wait(timeout=10) == 1
