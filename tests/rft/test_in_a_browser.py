"""The report in headless Chromium: nothing is asked of a network, nothing overflows, dark is dark.

Skipped where no Chromium is on the path; what can be seen without one is in ``test_report.py``.
"""

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from matplotlib import image

from rft import live_run
from rft.report import write_report
from rft.reporting.source import of_rows
from tests.rft import live_samples

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chrome"))), None)

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium on the path")

FRAMES = """<!doctype html><meta charset="utf-8"><title>frames</title><body>
<iframe src="{page}" width="400" height="800"></iframe><iframe src="{page}" width="1200" height="800"></iframe>
<pre id="told"></pre><script>
window.addEventListener("load", () => {{
  const told = [...document.querySelectorAll("iframe")].map((frame) => {{
    const root = frame.contentDocument.documentElement;
    return {{ width: root.clientWidth, content: root.scrollWidth, height: root.scrollHeight,
              charts: frame.contentDocument.querySelectorAll("svg").length }};
  }});
  document.getElementById("told").textContent = JSON.stringify(told);
}});
</script></body>"""

Browse = Callable[..., str]


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of a run that goes badly, with rollouts that try to be more than text."""
    evil = "<script>document.title = 'evil'</script><img src='https://example.com/x.png'>" + "unbroken" * 200
    rows = [live_samples.row(number, f"prompt {number % 5}", number / 60, response=evil) for number in range(1, 61)]
    record = live_run.as_record(live_samples.live(60)) | {"verdict": "alarm", "verdictReason": evil}
    return write_report(of_rows(record, rows), tmp_path_factory.mktemp("report"))


@pytest.fixture(scope="module")
def browse(tmp_path_factory: pytest.TempPathFactory) -> Browse:
    """Runs Chromium, for which no name resolves; returns its output and what its console said."""
    profile = tmp_path_factory.mktemp("profile")

    def run(*options: str) -> str:
        assert CHROMIUM is not None
        command = [
            CHROMIUM,
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--hide-scrollbars",
            "--allow-file-access-from-files",
            "--host-resolver-rules=MAP * ~NOTFOUND",
            "--enable-logging=stderr",
            f"--user-data-dir={profile}",
            *options,
        ]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
        return done.stdout + "\n".join(line for line in done.stderr.splitlines() if "CONSOLE" in line)

    return run


def test_the_page_fits_a_telephone_and_a_desk(page: Path, browse: Browse, tmp_path: Path) -> None:
    frames = tmp_path / "frames.html"
    frames.write_text(FRAMES.format(page=page.as_uri()), encoding="utf-8")

    output = browse("--dump-dom", frames.as_uri())

    told = re.search(r'<pre id="told">(.*?)</pre>', output)
    assert told, output
    for frame in json.loads(told[1]):
        assert frame["content"] <= frame["width"]
        assert frame["height"] > 2000
        assert frame["charts"] >= 7


def test_the_page_asks_for_nothing_and_runs_nothing(page: Path, browse: Browse, tmp_path: Path) -> None:
    log = tmp_path / "net.json"

    output = browse("--dump-dom", f"--log-net-log={log}", page.as_uri())

    assert "CONSOLE" not in output
    assert "<title>evil" not in output
    assert "example.com" not in log.read_text(encoding="utf-8")


@pytest.mark.parametrize(("scheme", "is_dark"), [(1, False), (0, True)])
def test_the_page_is_light_or_dark_as_the_reader_likes(
    scheme: int, is_dark: bool, page: Path, browse: Browse, tmp_path: Path
) -> None:
    shot = tmp_path / "shot.png"

    browse(
        f"--blink-settings=preferredColorScheme={scheme}", "--window-size=1200,1600", f"--screenshot={shot}",
        page.as_uri(),
    )  # fmt: skip

    pixels = image.imread(shot)[..., :3]
    assert bool(pixels.mean() < 0.5) is is_dark
    assert pixels.std() > 0.02  # something is drawn
