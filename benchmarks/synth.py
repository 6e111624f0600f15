"""How long ``cdk synth`` of one project and stage takes: ``python -m benchmarks.synth``.

The whole command line as a person runs it: Node, jsii, the checks of data and grader, templates, cdk-nag.
Goal: under 8 s on 2 cores.
"""

import os
import subprocess
import time
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parents[1]
RUNS = 3


def main() -> None:
    """Time some synths and print each, and the median."""
    seconds = sorted(_synth() for _ in range(RUNS))
    print(f"cdk synth gsm8k-style-dev: {', '.join(f'{s:.1f}' for s in seconds)} s; median {seconds[RUNS // 2]:.1f} s")


def _synth() -> float:
    path = f"{ROOT / '.venv' / 'bin'}{os.pathsep}{os.environ['PATH']}"
    command = ["cdk", "synth", "--quiet", "--no-notices", "-c", "project=gsm8k-style", "-c", "stage=dev"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")} | {"PATH": path}
    with TemporaryDirectory() as folder:
        started = time.perf_counter()
        subprocess.run([*command, "--output", folder], cwd=ROOT, env=environment, check=True, capture_output=True)  # noqa: S603 - our own command
        return time.perf_counter() - started


if __name__ == "__main__":
    main()
