"""A run as it goes on, well or badly, and its rollouts: made by what the workflow and the grader make them with."""

from dataclasses import fields
from datetime import UTC, datetime, timedelta
from math import exp, sin
from typing import Any

from lambda_src.reward.rollout_row import Row, is_unfinished, prompt_id, sketch
from lambda_src.run.detectors import detect_all
from lambda_src.run.detectors.bands import bands
from lambda_src.run.steps import Step

RUN = "gsm8k-dev-0123456789ab-a1b2c3"
START = datetime(2026, 11, 23, 10, tzinfo=UTC)
STEP_SECONDS = 45
TOTAL = 60


def iso(time: datetime) -> str:
    return time.isoformat(timespec="seconds").replace("+00:00", "Z")


def step(number: int, *, bad: bool) -> Step:
    """A step of 128 rollouts; a bad run learns to write long answers that are all alike."""
    part = number / TOTAL
    reward = 0.4 + 0.5 * (1 - exp(-3 * part)) + 0.02 * sin(number)
    paid = round(128 * reward)
    return Step(
        number,
        time=iso(START + timedelta(seconds=STEP_SECONDS * number)),
        training_reward=round(reward, 4),
        validation_reward=round(reward - 0.05, 4) if number % 5 == 0 else None,
        rollouts=128,
        reward_histogram=(128 - paid, *[0] * 8, paid),
        reward_deviation=0.4,
        reward_spread=0.3 - 0.2 * part,
        degenerate_share=0.2 + 0.2 * part,
        response_length=400 + (2400 * part * part if bad else 40 * part),
        unparsed_share=max(0.2 - 0.3 * part, 0.0),
        truncated_share=0.01,
        answer_diversity=0.6 - (0.9 if bad else 0.2) * part,
        grader_error_share=0.0,
        grader_milliseconds=700.0 + number,
        shadow_reward=round(0.3 + (reward - 0.4), 4),
        shadowed_reward=round(reward, 4),
        shadowed=64,
    )


def live(steps: int = 34, *, bad: bool = True, **changes: Any) -> dict[str, Any]:
    """A ``live.json``."""
    known = [step(number, bad=bad) for number in range(1, steps + 1)]
    keys = dict(zip((field.name for field in fields(Step)), Step(0).to_json(), strict=True))
    return {
        "schemaVersion": 1,
        "run": RUN,
        "project": "gsm8k",
        "stage": "dev",
        "digest": "0123456789ab" + "c" * 52,
        "updated": iso(START + timedelta(seconds=STEP_SECONDS * steps)),
        "rolloutsPerStep": 128,
        "totalSteps": TOTAL,
        "steps": [each.to_json() for each in known],
        "findings": [finding.to_json() for finding in detect_all(known, {})],
        "costUsd": 12.43,
        "jobStatus": "InProgress",
        "bands": {keys[name]: {"low": band.low, "high": band.high} for name, band in bands(known, {}).items()},
        "notes": [],
        "taken": {},
    } | changes


def row(number: int, prompt: str = "How many?", reward: float = 1.0, **changes: Any) -> Row:
    """A rollout of the step ``number``, with its texts."""
    response = str(changes.get("response") or f"It is {number}.")
    values: dict[str, Any] = {
        "run": "0123456789ab",
        "time": iso(START + timedelta(seconds=STEP_SECONDS * number - 1)),
        "batch": f"b{number}",
        "id": f"r{number}",
        "prompt_id": prompt_id(prompt),
        "reward": reward,
        "parts": {"maths.final_answer": reward},
        "characters": len(response),
        "unfinished": is_unfinished(response, parsed=True),
        "sketch": sketch(response),
        "prompt": prompt,
        "response": response,
    }
    return Row(**values | changes)
