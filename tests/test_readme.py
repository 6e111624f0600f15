"""What the README names is there."""

import re
from pathlib import Path

import pytest

from infra.config import ProjectConfig
from rft.cli import app

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("target", sorted(set(re.findall(r"`make ([a-z-]+)", README))))
def test_every_make_target_exists(target: str) -> None:
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)


@pytest.mark.parametrize("path", sorted(set(re.findall(r"\]\(([^)#:]+)\)", README))))
def test_every_link_leads_somewhere(path: str) -> None:
    assert (ROOT / path).exists()


@pytest.mark.parametrize("folder", sorted(set(re.findall(r"^\| `([\w/]+/)` \|", README, re.MULTILINE))))
def test_every_folder_exists(folder: str) -> None:
    assert (ROOT / folder).is_dir()


@pytest.mark.parametrize("command", sorted(set(re.findall(r"`rft ([a-z]+)[ `]", README))))
def test_every_rft_command_exists(command: str) -> None:
    assert command in {known.callback.__name__ for known in app.registered_commands if known.callback}


def test_cdk_ls_lists_what_the_projects_say() -> None:
    listed = re.search(r"^\$ cdk ls\n((?:[a-z0-9-]+\n)+)", README, re.MULTILINE)
    projects = [ProjectConfig.load(file) for file in sorted((ROOT / "projects").glob("*.yaml"))]

    assert listed is not None
    assert sorted(listed[1].split()) == sorted(f"{p.name}-{stage}" for p in projects for stage in p.stage_names)
