from typing import Any

import pytest

from lambda_src.run.notification import message, subject

RECORD: dict[str, Any] = {
    "run": "gsm8k-dev-0123456789ab-aaaaaa",
    "project": "gsm8k",
    "stage": "dev",
    "digest": "0123456789ab" + "c" * 52,
    "verdict": "alarm",
    "verdictReason": "length-spike: response length was 29 tokens at the start and 80 at its longest",
    "curves": [
        {"trainingReward": 0.5, "validationReward": None},
        {"trainingReward": 0.9, "validationReward": 0.75},
    ],
    "detectors": [
        {"name": "entropy-collapse", "alarm": False, "step": 3, "evidence": "e", "advice": ""},
        {"name": "length-spike", "alarm": True, "step": 31, "evidence": "grew", "advice": "Read the longest."},
    ],
    "notes": ["validation metrics: no column x"],
    "customModelArn": None,
    "jobArn": "arn:job",
}


@pytest.mark.parametrize("verdict", ["healthy", "alarm", "failed", "stopped"])
def test_a_subject_is_what_sns_takes(verdict: str) -> None:
    text = subject(RECORD | {"verdict": verdict, "project": "ü" * 200})

    assert len(text) <= 100
    assert text.isascii()
    assert text.isprintable()


def test_a_message_says_how_it_ended_why_and_what_to_do() -> None:
    assert message(RECORD, "s3://runs/record.json").splitlines() == [
        "The run gsm8k-dev-0123456789ab-aaaaaa needs a look.",
        "Why: length-spike: response length was 29 tokens at the start and 80 at its longest",
        "Training reward: 0.500 at first, 0.900 at last, in 2 steps",
        "Validation reward: 0.750 at first, 0.750 at last, in 2 steps",
        "length-spike at step 31: grew. Read the longest.",
        "Note: validation metrics: no column x",
        "",
        "Model: none",
        "Job: arn:job",
        "Record: s3://runs/record.json",
    ]
