"""The identity of a run: one hash over everything that decides what is trained.

Equal inputs give an equal digest, and an equal digest never starts a second job. So only what can change
the trained model counts: not tags, alarms, formatting, comments or docstrings, nor the grader's telemetry.
"""

import ast
import hashlib
import io
import json
import re
import tokenize
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .run_name import RUN_DIGITS

_ALWAYS = ("rollout.py", "rubric.py")
_NEVER = frozenset({"handler.py", "metrics.py"})  # carry a score in and out, and do not change it
_FAMILIES = "rewards"
_JUDGE_RUBRICS = "rubrics"
_SHA256 = re.compile(r"[0-9a-f]{64}")


class DigestError(ValueError):
    """An input of the run cannot be read; the message names it."""


@dataclass(frozen=True, slots=True)
class Inputs:
    """SHA-256 (64 hex digits) of each input of a run; ``validation`` is absent where there is none."""

    model: str
    train: str
    validation: str | None
    rubric: str
    grader: str
    hyper_parameters: str

    def to_json(self) -> dict[str, str]:
        """The hashes by name, as in the run record."""
        named = {
            "model": self.model,
            "train": self.train,
            "validation": self.validation,
            "rubric": self.rubric,
            "grader": self.grader,
            "hyperParameters": self.hyper_parameters,
        }
        return {name: sha for name, sha in named.items() if sha is not None}

    @property
    def digest(self) -> str:
        """The run's identity, 64 hex digits."""
        return _sha256(canonical_json(self.to_json()))

    @property
    def run(self) -> str:
        """First 12 digits of the digest: the ``Run`` dimension and the grader alias's suffix."""
        return self.digest[:RUN_DIGITS]


def digest_inputs(
    *,
    model: str,
    dataset: Mapping[str, Path | str],
    rubric: Sequence[Mapping[str, Any]],
    hyper_parameters: Mapping[str, Any],
    reward_root: Path,
) -> Inputs:
    """Hash the inputs of a run.

    Args:
        dataset: ``train`` and, where there is one, ``validation``; the test set trains nothing. A text is the SHA-256
            that pins a file in S3: equal bytes make an equal digest wherever they lie.
        rubric: Entries as ``Rubric.from_config`` takes them.
        hyper_parameters: API names; entries that are None are left to the service and do not count.
        reward_root: The folder of the grader's package.

    Raises:
        DigestError: A dataset file or a module of the grader is missing, or a pin is no SHA-256.
    """
    validation = dataset.get("validation")
    return Inputs(
        model=_sha256(canonical_json(model)),
        train=_content_sha256(dataset["train"]),
        validation=None if validation is None else _content_sha256(validation),
        rubric=_sha256(canonical_json(list(rubric))),
        grader=_sha256(canonical_json(_grader_sources(reward_root, rubric))),
        hyper_parameters=_sha256(canonical_json({k: v for k, v in hyper_parameters.items() if v is not None})),
    )


def canonical_json(value: Any) -> str:
    """One spelling per value: sorted keys, no spaces, whole floats as integers.

    >>> canonical_json({"b": 1.0, "a": [0.0001]})
    '{"a":[0.0001],"b":1}'
    """
    return json.dumps(_plain(value), sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def file_sha256(path: Path) -> str:
    """SHA-256 of a file's bytes, read in blocks."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise DigestError(f"{path}: cannot be read ({error.strerror}); expected a file of records") from error


def _content_sha256(file: Path | str) -> str:
    if isinstance(file, Path):
        return file_sha256(file)
    if not _SHA256.fullmatch(file):
        raise DigestError(f"dataset: {file!r} pins no file; expected a SHA-256 of 64 hex digits in small letters")
    return file


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _grader_sources(root: Path, rubric: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Hash of every file whose change can change a score, by its path below the folder of ``root``."""
    calls = [call for entry in rubric for call in entry.get("minimum") or [entry]]
    families = {str(call["function"]).partition(".")[0] for call in calls}
    pending = [root / name for name in _ALWAYS] + [root / _FAMILIES / f"{family}.py" for family in families]
    sources: dict[str, str] = {}
    while pending:
        path = pending.pop()
        name = path.relative_to(root.parent).as_posix()
        if name in sources or path.name in _NEVER:
            continue
        sources[name] = _read(path)
        pending += _imported(path, sources[name], root)
    code = {name: _sha256(_without_prose(source)) for name, source in sources.items()}
    return code | {f"{_JUDGE_RUBRICS}/{name}": file_sha256(root / _JUDGE_RUBRICS / name) for name in _judged_by(calls)}


def _judged_by(calls: Sequence[Mapping[str, Any]]) -> set[str]:
    """Files of the rubrics that judges are given."""
    named = {call["options"].get("rubric") for call in calls if call.get("options")}
    return {f"{name}.toml" for name in named if isinstance(name, str)}


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")  # text mode: a CRLF checkout is the same grader
    except OSError as error:
        raise DigestError(f"{path}: cannot be read ({error.strerror}); the rubric needs this module") from error


def _imported(path: Path, source: str, root: Path) -> Iterator[Path]:
    """Files beside or inside ``root`` that a module imports relatively.

    The rubric knows every family but only those it names can change a score, so families
    are followed from families alone.
    """
    in_family = _FAMILIES in path.relative_to(root.parent).parts
    for node in ast.walk(ast.parse(source, str(path))):
        if isinstance(node, ast.ImportFrom) and node.level:
            for target in _targets(path, node):
                inside = target.is_relative_to(root.parent) and target.is_file()
                if inside and (in_family or _FAMILIES not in target.relative_to(root.parent).parts):
                    yield target


def _targets(path: Path, node: ast.ImportFrom) -> Iterator[Path]:
    package = path.parents[node.level - 1].joinpath(*(node.module or "").split("."))
    yield package.with_suffix(".py")
    for alias in node.names:
        yield package / f"{alias.name}.py"
    yield package / "__init__.py"


def _without_prose(source: str) -> str:
    """The source without comments, docstrings and blank lines.

    Cut by position, not printed from the syntax tree: ``ast.dump`` differs between Python
    versions, and an upgrade of Python must not start a paid run.
    """
    lines: list[str | None] = list(source.split("\n"))
    docstrings = set(_docstring_positions(ast.parse(source)))
    tokens = list(tokenize.generate_tokens(io.StringIO(source).readline))
    for token in reversed(tokens):
        (row, column), (end_row, end_column) = token.start, token.end
        if token.type == tokenize.COMMENT or (token.type == tokenize.STRING and token.start in docstrings):
            rest = (lines[row - 1] or "")[:column] + (lines[end_row - 1] or "")[end_column:]
            lines[row - 1 : end_row] = [rest.rstrip() or None] + [None] * (end_row - row)
        elif token.type == tokenize.NL and not token.line.strip():
            lines[row - 1] = None
    return "\n".join(line for line in lines if line is not None)


def _docstring_positions(tree: ast.Module) -> Iterator[tuple[int, int]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and (
            ast.get_docstring(node, clean=False) is not None
        ):
            yield node.body[0].lineno, node.body[0].col_offset
