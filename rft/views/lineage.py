"""Where a run came from and where its results are: what went in, as pairs of a name and a value."""

from collections.abc import Iterator, Mapping
from typing import Any

from rft.live_run import LIVE
from rft.views.figures import section_of
from rft.views.markup import ABSENT, cell, hint, number, section, table, text


def sections(record: Mapping[str, Any]) -> Iterator[str]:
    """Reward, hyperparameters, inputs, places, times and notes; of a live run what is known of them."""
    if record.get("verdict") == LIVE:
        yield section("Inputs", pairs({"digest": record.get("digest")}) + hint("The rest is known when the run ends."))
        yield section("Notes", _notes(record))
        return
    yield section("Reward", _rubric(record, "rubric"))
    if record.get("shadowRubric"):
        yield section("Shadow reward", _rubric(record, "shadowRubric") + hint("Graded a sample; it trained nothing."))
    yield section(
        "Hyperparameters", pairs(record.get("hyperParameters")) + hint("What is absent had the service's default.")
    )
    yield section("Inputs", pairs(inputs(record)) + hint("Same hashes, same run: the digest is over these inputs."))
    yield section("Where it is", pairs(_whereabouts(record)))
    yield section("Times", pairs(_times(record)) + hint("UTC."))
    yield section("Notes", _notes(record))


def inputs(record: Mapping[str, Any]) -> dict[str, Any]:
    """What the run's identity is made of."""
    git = section_of(record, "git")
    commit = f"{git['commit']}{' with uncommitted changes' if git.get('dirty') else ''}" if git.get("commit") else None
    identity = {"digest": record.get("digest"), "attempt": record.get("attempt")}
    return {**identity, **section_of(record, "inputs"), "git commit": commit}


def pairs(values: Mapping[str, Any] | None) -> str:
    """A table of names and values."""
    body = "".join(
        f"<tr><th>{text(name)}</th>{cell(number(value), 'code')}</tr>\n" for name, value in (values or {}).items()
    )
    return f'<div class="wide"><table class="pairs">{body}</table></div>' if body else f"<p>{ABSENT}</p>"


def flat(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """What a nested document holds, each under the path that leads to it; what is long is left out.

    >>> dict(flat({"gate": {"passed": True}, "reward": 0.5}))
    {'gate.passed': True, 'reward': 0.5}
    """
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from flat(inner, f"{name}.{key}" if name else str(key))
    elif not isinstance(value, list):
        yield name, value


def _rubric(record: Mapping[str, Any], key: str) -> str:
    body = "".join(
        f"<tr>{cell(entry.get('function'))}{cell(number(entry.get('weight')), 'number')}"
        f"{cell(_options(entry.get('options')))}</tr>\n"
        for entry in record.get(key) or []
    )
    return table(("reward function", "weight", "options"), body) if body else f"<p>{ABSENT}</p>"


def _options(options: Mapping[str, Any] | None) -> str:
    return ", ".join(f"{key} = {value}" for key, value in (options or {}).items()) or "—"


def _whereabouts(record: Mapping[str, Any]) -> dict[str, Any]:
    dataset = section_of(record, "dataset")
    return {
        "base model": record.get("model"),
        "job": record.get("jobName"),
        "job status": record.get("jobStatus"),
        "job ARN": record.get("jobArn"),
        "custom model ARN": record.get("customModelArn"),
        "grader ARN": record.get("graderArn"),
        "training data": dataset.get("train"),
        "validation data": dataset.get("validation"),
    }


def _times(record: Mapping[str, Any]) -> dict[str, Any]:
    times = section_of(record, "times")
    names = {"run started": "started", "training started": "trainingStarted", "training ended": "trainingEnded"}
    return {label: times.get(key) for label, key in {**names, "run ended": "ended"}.items()}


def _notes(record: Mapping[str, Any]) -> str:
    live = section_of(record, "live").get("notes") or []
    notes = [*(record.get("notes") or []), *(note for note in live if note not in (record.get("notes") or []))]
    return f"<ul>{''.join(f'<li>{text(note)}</li>' for note in notes)}</ul>" if notes else "<p>none</p>"
