import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    "module",
    ["advice", "audit", "curves", "dataset", "detectors", "digest", "plan", "probe", "run_name", "sources", "steps"],
)
def test_what_the_synth_and_the_command_line_use_needs_no_aws_client(module: str) -> None:
    code = f"import sys, lambda_src.run.{module}; sys.exit('botocore' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
