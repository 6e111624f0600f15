"""A run's record as one HTML page that needs nothing else: no network, no script, light and dark."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from statistics import fmean
from typing import Any

from rft.views import audit_page, curves, dataset_page, probe_page, strategies
from rft.views.dataset_summary import as_report
from rft.views.figures import section_of
from rft.views.html_file import html_file
from rft.views.markup import ABSENT, cell, hint, number, section, table, text
from rft.views.tiles import tiles

_EDGE = 3  # steps that the noisy curves are averaged over at either end of the run

VERDICTS = {
    "healthy": "Healthy",
    "alarm": "Finished with alarms",
    "hacking": "Reward hacking",
    "failed": "Failed",
    "stopped": "Stopped",
}
_LOOKS = {verdict: verdict for verdict in VERDICTS} | {"hacking": "alarm"}

_ENDS = f"Start → end. Validation: first and last evaluation; others: mean of the first and of the last {_EDGE} steps."
_HOW_TO_READ = {
    "reward": "Mean score of the responses, given by this project's grader. The training curve jitters because every "
    "step draws other prompts and the model explores: read its trend. The validation curve comes from prompts the "
    "model never trains on, so it is the one to trust. Healthy: both climb, validation more slowly. Training far above "
    "validation means overfitting; a rising reward on answers people find worse means a gamed grader.",
    "length": "Mean tokens of a response. Slow growth is fine where thinking pays, slow shrinking where the model "
    "finds a shorter way to the same reward. A vertical jump is a loop or a failure; length that explodes together "
    "with the reward means that length itself is being paid.",
    "entropy": "How undecided the model is about its next token. Healthy: a gentle decline towards a plateau. A sharp "
    "drop to almost nothing is a collapse into one response; a line that stays high and flat says that the reward is "
    "ignored. Levels differ between models, so the detector compares with this run's own first steps.",
    "gradient": "Size of each update of the weights. Healthy: a band with a spike here and there. Steady growth or "
    "extreme spikes point at the learning rate, the scale of the rewards or numerical trouble.",
}


def render(record: Mapping[str, Any]) -> str:
    """The whole page."""
    title = f"{record.get('project', '?')} · {record.get('stage', '?')}"
    sections = [
        _header(title, record),
        section("Key numbers", tiles(key_numbers(record)) + hint(_ENDS)),
        section("Curves", f'<div class="charts">{"".join(_figures(record))}</div>'),
        section("Detectors", _detectors(record)),
        *([audit_page.section(record["audit"])] if record.get("audit") else []),
        *_preflight(record),
        *_strategies(record),
        section("Reward", _rubric(record)),
        section(
            "Hyperparameters",
            _pairs(record.get("hyperParameters")) + hint("What is absent had the service's default."),
        ),
        section(
            "Inputs", _pairs(_lineage(record)) + hint("Same hashes, same run: the digest is taken over these inputs.")
        ),
        section("Where it is", _pairs(_whereabouts(record))),
        section("Times", _pairs(_times(record)) + hint("UTC.")),
        section("Notes", _notes(record)),
    ]
    return html_file(title, "".join(sections))


def _header(title: str, record: Mapping[str, Any]) -> str:
    verdict = str(record.get("verdict", ""))
    shown = VERDICTS.get(verdict, "No verdict")
    failure = record.get("failureMessage")
    return (
        f'<header><h1>{text(title)}</h1><p class="run">run <code>{text(record.get("run"))}</code></p>'
        f'<p class="verdict {_LOOKS.get(verdict, "unknown")}"><strong>{shown}</strong> '
        f"{text(record.get('verdictReason'))}</p>"
        + (f'<p class="failure">{text(failure)}</p>' if failure else "")
        + "</header>\n"
    )


def key_numbers(record: Mapping[str, Any]) -> dict[str, str]:
    """What a run came to, by name, ready to be shown."""
    steps = [row for row in record.get("curves") or [] if row["step"] > 0]  # 0 is the untrained model
    times = record.get("times") or {}
    return {
        "validation reward": _from_to(record, "validationReward", 1, "{:.2f}"),
        "training reward": _from_to(record, "trainingReward", _EDGE, "{:.2f}"),
        "response length, tokens": _from_to(record, "trainingEpisodeLength", _EDGE, "{:.1f}"),
        "policy entropy, nats": _from_to(record, "policyEntropy", _EDGE, "{:.2f}"),
        "training steps": str(len(steps)) if steps else ABSENT,
        "time in training": _elapsed(times.get("trainingStarted"), times.get("trainingEnded")),
        "time in all": _elapsed(times.get("started"), times.get("ended")),
    }


def _from_to(record: Mapping[str, Any], key: str, edge: int, form: str) -> str:
    _, values = curves.rows(record, key)
    if not values:
        return ABSENT
    return f"{form.format(fmean(values[:edge]))} → {form.format(fmean(values[-edge:]))}"


def _elapsed(start: object, end: object) -> str:
    try:
        seconds = round((datetime.fromisoformat(str(end)) - datetime.fromisoformat(str(start))).total_seconds())
    except (ValueError, TypeError):
        return ABSENT
    hours, rest = divmod(seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    if hours:
        return f"{hours} h {minutes:02} min"
    return f"{minutes} min {seconds:02} s" if minutes else f"{seconds} s"


def _figures(record: Mapping[str, Any]) -> Iterable[str]:
    for panel in curves.PANELS:
        caption = f"<figcaption>{text(_HOW_TO_READ[panel.name])}</figcaption>"
        yield f"<figure>{curves.svg(record, panel)}{caption}</figure>\n"


def _detectors(record: Mapping[str, Any]) -> str:
    head = ("detector", "state", "value", "threshold", "at step", "evidence", "advice")
    findings = record.get("detectors") or []
    body = "".join(
        f'<tr class="{"raised" if finding.get("alarm") else "quiet"}">'
        + cell(finding.get("name"), "name")
        + cell("alarm" if finding.get("alarm") else "quiet")
        + "".join(cell(number(finding.get(key)), "number") for key in ("value", "threshold"))
        + cell(finding["step"] if finding.get("step") is not None else "—", "number")
        + "".join(cell(finding.get(key) or "—") for key in ("evidence", "advice"))
        + "</tr>\n"
        for finding in findings
    )
    return table(head, body) if findings else f"<p>{ABSENT}</p>"


def _preflight(record: Mapping[str, Any]) -> Iterable[str]:
    """What the deploy had found out before training, as far as it is recorded."""
    found = section_of(record, "preflight")
    if dataset := section_of(found, "dataset"):
        yield dataset_page.sections(as_report(dataset), section_of(record, "hyperParameters"))
    if probe := section_of(found, "probe"):
        yield probe_page.sections(probe)
    yield from (hint(text(note)) for note in found.get("notes") or ())
    if found.get("report"):
        yield hint(f"Everything that the preflight found: <code>{text(found['report'])}</code>")


def _strategies(record: Mapping[str, Any]) -> Iterable[str]:
    """Only of a model that chooses among responses of known worth."""
    if content := strategies.content(record):
        yield section("Strategies", content)


def _rubric(record: Mapping[str, Any]) -> str:
    body = "".join(
        f"<tr>{cell(entry.get('function'))}{cell(number(entry.get('weight')), 'number')}"
        f"{cell(_options(entry.get('options')))}</tr>\n"
        for entry in record.get("rubric") or []
    )
    return table(("reward function", "weight", "options"), body) if body else f"<p>{ABSENT}</p>"


def _options(options: Mapping[str, Any] | None) -> str:
    return ", ".join(f"{key} = {value}" for key, value in (options or {}).items()) or "—"


def _lineage(record: Mapping[str, Any]) -> dict[str, Any]:
    git = record.get("git") or {}
    commit = f"{git['commit']}{' with uncommitted changes' if git.get('dirty') else ''}" if git.get("commit") else None
    identity = {"digest": record.get("digest"), "attempt": record.get("attempt")}
    return {**identity, **(record.get("inputs") or {}), "git commit": commit}


def _whereabouts(record: Mapping[str, Any]) -> dict[str, Any]:
    dataset = record.get("dataset") or {}
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
    times = record.get("times") or {}
    names = {"run started": "started", "training started": "trainingStarted", "training ended": "trainingEnded"}
    return {label: times.get(key) for label, key in {**names, "run ended": "ended"}.items()}


def _notes(record: Mapping[str, Any]) -> str:
    notes = record.get("notes") or []
    return f"<ul>{''.join(f'<li>{text(note)}</li>' for note in notes)}</ul>" if notes else "<p>none</p>"


def _pairs(values: Mapping[str, Any] | None) -> str:
    body = "".join(
        f"<tr><th>{text(name)}</th>{cell(number(value), 'code')}</tr>\n" for name, value in (values or {}).items()
    )
    return f'<div class="wide"><table class="pairs">{body}</table></div>' if body else f"<p>{ABSENT}</p>"
