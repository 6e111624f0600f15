"""A grader audit as a section of a page: rules, a histogram of the rewards, what a job asks of the grader."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from lambda_src.run.audit.latency import shown
from rft.views import markup
from rft.views.markup import hint, text

_SHOWN = 5  # examples of one rule
_WIDTH, _HEIGHT, _LEFT, _GAP, _FOOT = 640, 34, 80, 10, 22
"""Of the histogram: its width, a row's height, where bars begin, the gap between rows and the axis below, in pixels."""

_WORTHS = {
    "right": "right answers",
    "variant": "the same in other forms",
    "open": "right, in a form nobody asked for",
    "wrong": "wrong answers",
    "exploit": "exploits",
}


def section(audit: Mapping[str, Any]) -> str:
    """The section.

    Args:
        audit: ``Audit.to_json`` or its ``summary``.
    """
    histogram = audit.get("histogram") or {}
    intro = f"{audit.get('responses', 0):,} responses of known worth to {audit.get('records', 0):,} records."
    parts = [f"<p>{intro}</p>", _rules(audit.get("rules") or [])]
    if histogram:
        parts.append(f"<figure>{_histogram(histogram)}<figcaption>{_caption()}</figcaption></figure>")
    parts += [hint(text(line)) for line in _remarks(audit)]
    return markup.section("Grader audit", "".join(parts))


def _rules(rules: Sequence[Mapping[str, Any]]) -> str:
    body = "".join(
        f'<tr class="{text(rule["verdict"]).replace(" ", "-")}"><td class="name">{text(rule["rule"])}</td>'
        f'<td class="verdict-of-rule">{text(rule["verdict"])}</td><td>{_found(rule)}</td></tr>\n'
        for rule in rules
    )
    return markup.table(("rule", "verdict", "found"), body)


def _found(rule: Mapping[str, Any]) -> str:
    lines = [text(line) for line in (rule.get("reason"), *(rule.get("warnings") or []))]
    shown = (rule.get("examples") or [])[:_SHOWN]
    items = [_example(example) for example in shown]
    if shown and rule.get("broken", 0) > len(shown):
        items.append(f"and {rule['broken'] - len(shown):,} more")
    listed = "".join(f"<li>{item}</li>" for item in items)
    return "<br>".join(lines) + (f'<ul class="examples">{listed}</ul>' if items else "")


def _example(example: Mapping[str, Any]) -> str:
    who = ", ".join(text(example[key]) for key in ("record", "strategy") if example.get(key))
    reward = example.get("reward")
    earned = f"earns {reward:.4g}; " if isinstance(reward, int | float) else ""
    error = f" ({text(example['error'])})" if example.get("error") else ""
    response = f"<br><code>{text(example['response'])}</code>" if example.get("response") else ""
    return f"{who}: {earned}expected {text(example.get('expected'))}{error}{response}"


def _histogram(histogram: Mapping[str, Sequence[int]]) -> str:
    shown = [worth for worth in _WORTHS if worth in histogram]
    height = len(shown) * (_HEIGHT + _GAP) + _FOOT
    rows = "".join(_row(worth, histogram[worth], n * (_HEIGHT + _GAP)) for n, worth in enumerate(shown))
    return (
        f'<svg class="histogram" viewBox="0 0 {_WIDTH} {height}" role="img" '
        f'aria-label="Rewards by the worth of the response">{rows}{"".join(_axis(height))}</svg>'
    )


def _row(worth: str, counts: Sequence[int], top: int) -> str:
    most, width = max(counts, default=0) or 1, (_WIDTH - _LEFT) / (len(counts) or 1)
    bars = "".join(
        f'<rect x="{_LEFT + n * width + 1:.1f}" y="{top + _HEIGHT * (1 - count / most):.1f}" width="{width - 2:.1f}" '
        f'height="{_HEIGHT * count / most:.1f}"><title>{count:,} of {sum(counts):,}</title></rect>'
        for n, count in enumerate(counts)
        if count
    )
    base = f'<line x1="{_LEFT}" x2="{_WIDTH}" y1="{top + _HEIGHT}" y2="{top + _HEIGHT}"/>'
    return f'<g class="{worth}"><text x="0" y="{top + _HEIGHT - 4}">{worth}</text>{bars}{base}</g>'


def _axis(height: int) -> Iterator[str]:
    for value, anchor in ((0, "start"), (0.5, "middle"), (1, "end")):
        x = _LEFT + value * (_WIDTH - _LEFT)
        yield f'<text x="{x:.0f}" y="{height - 6}" text-anchor="{anchor}">{value:g}</text>'


def _caption() -> str:
    kinds = "; ".join(f"<b>{worth}</b>: {meaning}" for worth, meaning in _WORTHS.items())
    return (
        f"Rewards from 0 to 1, each row scaled to its own highest bar. {kinds}. "
        "Sound: the first two at 1, the last two near 0, but for exploits that hold the right answer."
    )


def _remarks(audit: Mapping[str, Any]) -> Iterator[str]:
    latency, cost = audit.get("latency"), audit.get("cost")
    if latency:
        yield (
            f"Time: {shown(latency['p50'])} per response (p50), {shown(latency['p99'])} (p99); the job's "
            f"{latency['jobRollouts']:,} rollouts take {shown(latency['jobHours'] * 3600)}, one batch after another."
        )
    if cost:
        usd = f", {cost['usd']:,.2f} USD" if cost.get("usd") is not None else ""
        yield (
            f"Judges: {cost['inputTokens']:,.0f} tokens in and {cost['outputTokens']:,.0f} out per response; at most "
            f"{cost['jobInputTokens']:,.0f} and {cost['jobOutputTokens']:,.0f} in the job{usd}."
        )
    yield from audit.get("notes") or []
