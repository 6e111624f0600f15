"""The figures of a probe by name, ready to be shown."""

from collections.abc import Mapping
from typing import Any

from rft.views.figures import fraction, is_number, percent, section_of, whole

LEGEND = (
    "pass@n: at least one of n responses earns the full reward. A flat prompt pays all its responses the same, so "
    "that training on it moves nothing. Spread: standard deviation of the rewards of one prompt. Responses above a "
    "reward: more than what an answer to another prompt earns."
)


def introduction(probe: Mapping[str, Any]) -> str:
    """What was asked of which model, in one sentence.

    >>> introduction({"model": "m", "prompts": 64, "samples": 8, "temperature": 0.6, "responses": 512})
    'm: 512 responses to 64 prompts, 8 to each, at temperature 0.6.'
    """
    temperature = probe.get("temperature")
    at = f", at temperature {temperature:g}" if is_number(temperature) else ""
    numbers = [whole(probe.get(key)) for key in ("responses", "prompts", "samples")]
    return f"{probe.get('model')}: {numbers[0]} responses to {numbers[1]} prompts, {numbers[2]} to each{at}."


def figures(probe: Mapping[str, Any]) -> dict[str, str]:
    """Name and value; values that are not known are a dash."""
    reward, tokens = section_of(probe, "reward"), section_of(probe, "responseTokens")
    return {
        "mean reward": fraction(reward.get("mean")),
        "its 95% interval": f"{fraction(reward.get('low'))} to {fraction(reward.get('high'))}",
        "pass@1": percent(probe.get("passAt1")),
        f"pass@{whole(probe.get('samples'))}": percent(probe.get("passAtN")),
        _paid(probe.get("floor")): percent(probe.get("positiveShare")),
        "flat prompts": percent(probe.get("flatShare")),
        "flat at 0, at full reward": f"{percent(probe.get('zeroShare'))}, {percent(probe.get('oneShare'))}",
        "spread within a prompt": fraction(probe.get("spread")),
        "tokens, median and p99": f"{whole(tokens.get('p50'))}, {whole(tokens.get('p99'))}",
        f"cut off at {whole(probe.get('maxTokens'))} tokens": percent(probe.get("truncatedShare")),
        **({"responses lost": whole(probe["failed"])} if probe.get("failed") else {}),
    }


def _paid(floor: Any) -> str:
    """What is paid for: more than a response earns that has not read its prompt."""
    return f"responses above {fraction(floor)}" if is_number(floor) and floor else "responses paid at all"
