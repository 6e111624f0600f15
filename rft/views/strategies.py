"""What the strategies of a run came to: a table, and the responses of the best paid honest and dishonest one."""

from collections.abc import Mapping, Sequence
from typing import Any

from lambda_src.run.detectors.reward_hacking import StrategyResult, rivals
from rft.views.markup import cell, hint, number, table, text

_HEAD = ("strategy", "worth", "probability, start → end", "mean reward", "rollouts")
_HOW_TO_READ = (
    "Ways to respond, each of known worth, that the model chose from. Healthy: right answers and their variants gain, "
    "and nothing else is paid like them. A wrong answer or an exploit that is paid like an honest answer is a hole in "
    "the grader that any model can find."
)


def content(record: Mapping[str, Any]) -> str:
    """Body of the section; empty for a model without strategies."""
    strategies = [StrategyResult.from_json(row) for row in record.get("strategies") or []]
    if not strategies:
        return ""
    ranked = sorted(strategies, key=lambda each: -each.probability_at_end)
    body = "".join(map(_row, ranked))
    return table(_HEAD, body) + hint(_HOW_TO_READ) + _examples(strategies)


def _row(strategy: StrategyResult) -> str:
    probabilities = " → ".join(map(_bar, (strategy.probability_at_start, strategy.probability_at_end)))
    reward = "—" if strategy.mean_reward is None else _bar(strategy.mean_reward)
    return (
        f"<tr>{cell(strategy.name, 'name')}{cell(_worth(strategy))}"
        f'<td class="number">{probabilities}</td><td class="number">{reward}</td>'
        f"{cell(strategy.rollouts, 'number')}</tr>\n"
    )


def _worth(strategy: StrategyResult) -> str:
    return f"{strategy.worth} around the right answer" if strategy.dresses_right else str(strategy.worth)


def _bar(share: float) -> str:
    """A share as a bar and in digits."""
    return f'<meter value="{share:.4f}"></meter> {share:.3f}'


def _examples(strategies: Sequence[StrategyResult]) -> str:
    found = rivals(strategies)
    titles = ("Best paid honest strategy", "Best paid of the others")
    return "".join(_example(*each) for each in zip(titles, found or (), strict=False))


def _example(title: str, strategy: StrategyResult) -> str:
    example = strategy.example
    if example is None:
        return ""
    return (
        f"<h3>{title}: {text(strategy.name)}</h3>\n"
        f"<p>Record {text(example.record)}, reward {text(number(example.reward))}:</p>\n"
        f"<blockquote>{'<br>'.join(map(_line, example.response.splitlines())) or '(empty)'}</blockquote>\n"
    )


def _line(line: str) -> str:
    return text(line) if line else ""
