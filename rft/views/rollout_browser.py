"""Rollouts to be read: each folded up, with its reward, parts and reasons; no script."""

from collections.abc import Sequence
from typing import Final

from rft.reporting.choice import Chosen, Kind
from rft.views.figures import fraction
from rft.views.markup import hint, number, text

_MOST: Final = 2400  # characters of a text that are shown
_HEAD_SHARE: Final = 0.6
_SUMMARY: Final = 110  # characters


def content(kinds: Sequence[Kind], note: str) -> str:
    """Body of the section.

    Args:
        note: What rollouts these are, or why there are none.
    """
    return hint(text(note)) + "".join(map(_kind, kinds))


def _kind(kind: Kind) -> str:
    return f"<h3>{text(kind.name)}</h3>\n{hint(text(kind.about))}\n{''.join(map(_rollout, kind.chosen))}"


def _rollout(chosen: Chosen) -> str:
    row = chosen.row
    when = f"step {chosen.step}" if chosen.step is not None else row.time
    begin = " ".join((row.response or "").split())[:_SUMMARY] or "(empty)"
    summary = (
        f'<span class="reward">{fraction(row.reward)}</span> <span class="when">{text(when)}</span> '
        f'<span class="begin">{text(begin)}</span>'
    )
    facts = [
        f"{row.characters:,} characters",
        *([chosen.why] if chosen.why else []),
        *(f"{name} {number(value)}" for name, value in row.parts.items()),
        *(f"{name} {number(value)}" for name, value in row.metrics.items()),
        *(["no answer found"] if not row.parsed else []),
        *(["breaks off"] if row.unfinished else []),
        *(["personal data replaced"] if row.redacted else []),
        f"id {row.id}",
    ]
    prompt = _block("Prompt", row.prompt) if row.prompt else ""
    reasons = "".join(_block(f"Why, says {name}", reason) for name, reason in row.reasons.items())
    error = _block("Not graded", f"{row.failed or 'the grader'}: {row.error}") if row.error else ""
    return (
        f'<details class="rollout"><summary>{summary}</summary>\n{hint(text("; ".join(facts)))}\n'
        f"{prompt}{_block('Response', row.response or '(empty)')}{reasons}{error}</details>\n"
    )


def _block(title: str, content: str) -> str:
    return f"<h4>{text(title)}</h4>\n<pre>{text(shortened(content))}</pre>\n"


def shortened(content: str, most: int = _MOST) -> str:
    r"""A text without the middle of a long one: how a response ends says as much as how it begins.

    >>> shortened("a" * 60 + "b" * 40, 10)
    'aaaaaa\n… 90 characters left out …\nbbbb'
    """
    if len(content) <= most:
        return content
    head = int(most * _HEAD_SHARE)
    return f"{content[:head]}\n… {len(content) - most:,} characters left out …\n{content[len(content) - most + head :]}"
