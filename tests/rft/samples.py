"""A dataset report and a probe to be shown, and texts that try to be more than text."""

from collections import Counter
from typing import Any

from lambda_src.run.dataset import DatasetReport, Distribution, FileReport, Finding, Findings, Severity
from lambda_src.run.dataset.content import Alignment, Content, Lengths, Shares, Similar

TRAIN, VALIDATION = "datasets/sums/train.jsonl", "datasets/sums/validation.jsonl"

EVILS = (
    "<script>alert(1)</script>",
    '"><b onload="alert(1)',
    r"$\frac{1}$ $x",
    "a\x1b[2J\x1b[31mb",
    "[/bold] [red]",
    "漢字 \U0001f600",
)
EVIL = " ".join(EVILS)


def report(text: str = "refund") -> DatasetReport:
    """A dataset with an error of which there is more than is shown, warnings, leakage and long prompts.

    Args:
        text: Stands wherever a record's own text can stand.
    """
    broken, content = Findings(), Findings()
    for line in range(1, 15):
        broken.add(Finding("invalid-json", Severity.ERROR, TRAIN, f"is not valid JSON ({text})", "one object", line))
    broken.add(Finding("crlf", Severity.WARNING, TRAIN, "12 lines end in CRLF", "LF"))
    content.add(Finding("prompt-repeated", Severity.WARNING, TRAIN, f"is line 4's ({text})", "its own", 9, "messages"))
    prompts = Distribution(Counter({100: 60, 200: 30, 300: 8, 2000: 2}))
    return DatasetReport(
        files=(
            FileReport("train", TRAIN, 100, "ab" * 32, 34_000, broken, ()),
            FileReport("validation", VALIDATION, 20, "cd" * 32, 6_000, Findings(), ()),
        ),
        content=Content(
            lengths={"train": Lengths(prompts, Distribution(Counter({5: 100}))), "validation": Lengths(prompts)},
            similar=Similar(exact=3, near=1, groups={2: 2, 14: 1}, leaked=1, largest=0.14),
            shares=(Shares("label", {text: 0.75, **dict.fromkeys(EVILS, 0.04)}, 19),),
            alignment=(Alignment(f"{text} before the answer", 0.9, 0.5),),
            findings=content,
        ),
    )


def probe(text: str = "r7", **changes: Any) -> dict[str, Any]:
    """Three prompts: one that never pays, one that sometimes does, one that always does.

    Args:
        text: Stands wherever a record's own text can stand.
    """
    prompts = [
        {"id": text, "line": 1, "mean": 0.0, "least": 0.0, "most": 0.0, "spread": 0.0, "tokens": 40, "truncated": 0},
        {"id": "r8", "line": 2, "mean": 0.5, "least": 0.0, "most": 1.0, "spread": 0.5, "tokens": 50, "truncated": 1},
        {"id": "r9", "line": 3, "mean": 1.0, "least": 1.0, "most": 1.0, "spread": 0.0, "tokens": 30, "truncated": 0},
    ]
    tokens = {30: 4, 40: 4, 50: 3, 64: 1}
    return {
        "model": "us.amazon.nova-2-lite-v1:0",
        "prompts": 3,
        "samples": 4,
        "temperature": 0.6,
        "maxTokens": 64,
        "responses": 12,
        "reward": {"mean": 0.5, "low": 0.25, "high": 0.75},
        "passAt1": 0.5,
        "passAtN": 0.6667,
        "floor": 0.0,
        "positiveShare": 0.5,
        "zeroShare": 0.3333,
        "oneShare": 0.3333,
        "flatShare": 0.6667,
        "spread": 0.1667,
        "responseTokens": Distribution(tokens).to_json() | {"counts": [list(each) for each in tokens.items()]},
        "truncatedShare": 0.0833,
        "bytesPerToken": 4.1,
        "usage": {"inputTokens": 900, "outputTokens": 490},
        "rewardHistogram": [6, *[0] * 18, 6],
        "verdict": {"name": "good", "reason": f"half is paid ({text})", "advice": "Train on it."},
        "drop": [{"id": text, "why": f"all 4 responses earn 0 ({text})"}],
        "perPrompt": prompts,
        "failed": 0,
        "notes": [f"One response was asked for again ({text})."],
    } | changes
