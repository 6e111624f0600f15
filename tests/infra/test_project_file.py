from pathlib import Path

import pytest

from infra.project_file import ConfigError, read


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        pytest.param(b"name: a\nname: b\n", "line 1 not valid YAML: key 'name' is given twice", id="repeated key"),
        pytest.param(b"name: a\nreward: [\n", "line 3 not valid YAML", id="unclosed list"),
        pytest.param(b"name: \xff\n", "not valid YAML", id="not UTF-8"),
        pytest.param(b"name: !!python/object:os.system a\n", "not valid YAML", id="code"),
    ],
)
def test_what_is_not_plain_yaml_is_refused_with_its_line(content: bytes, expected: str, tmp_path: Path) -> None:
    file = tmp_path / "p.yaml"
    file.write_bytes(content)

    with pytest.raises(ConfigError) as refused:
        read(file)

    assert str(refused.value).startswith(f"{file}:")
    assert expected in str(refused.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"absent\.yaml: No such file or directory; a project file is expected there"):
        read(tmp_path / "absent.yaml")


def test_a_missing_project_is_told_with_those_there_are(tmp_path: Path) -> None:
    for name in ("sums", "code"):
        (tmp_path / f"{name}.yaml").touch()

    with pytest.raises(
        ConfigError, match=r"sum\.yaml: No such file or directory; expected a project of .*: code, sums"
    ):
        read(tmp_path / "sum.yaml")
