"""Turns the public GSM8K files into Bedrock's format: ``python -m datasets.prepare_gsm8k <folder with the files>``.

``--download`` fetches the files from the public repository (MIT licence) instead of reading a folder. Of the training
file a seeded tenth becomes the validation split; the test file stays the test split.
"""

import argparse
import json
import random
import re
import sys
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from datasets.make_gsm8k_style import write_jsonl

SOURCE = "https://raw.githubusercontent.com/openai/grade-school-math/3101c7d/grade_school_math/data"
INSTRUCTION = "Reason step by step. Put the final answer after ####."

_FOLDER = Path(__file__).parent / "gsm8k"
_VALIDATION_SHARE = 10  # one record of so many
_SEED = 8
_TIMEOUT_SECONDS = 60
_ANNOTATION = re.compile(r"<<[^>]*>>")


class PrepareError(ValueError):
    """A file that cannot be had or is not GSM8K's; names the file, the line and what is expected."""


def prepare(train: str, test: str, folder: Path) -> dict[str, int]:
    """Write the three splits into ``folder``; returns how many records each has.

    Args:
        train: Text of GSM8K's ``train.jsonl``.
        test: Text of GSM8K's ``test.jsonl``.

    Raises:
        PrepareError: A line is not a GSM8K record.
    """
    records = _records("train.jsonl", train)
    random.Random(_SEED).shuffle(records)  # noqa: S311  # not for security
    held_out = len(records) // _VALIDATION_SHARE
    splits = {
        "train": records[held_out:],
        "validation": records[:held_out],
        "test": _records("test.jsonl", test),
    }
    folder.mkdir(parents=True, exist_ok=True)
    for split, rows in splits.items():
        numbered = [{"id": f"{split}-{number:04d}", **row} for number, row in enumerate(rows, start=1)]
        write_jsonl(folder / f"{split}.jsonl", numbered)
    return {split: len(rows) for split, rows in splits.items()}


def convert(question: str, answer: str) -> dict[str, Any]:
    r"""One GSM8K record in Bedrock's format, without its id.

    >>> convert("2 and 3?", "2 + 3 = <<2+3=5>>5\n#### 5")["reference_answer"]
    {'final_answer': '5', 'solution': '2 + 3 = 5'}

    Raises:
        ValueError: ``answer`` does not end in ``#### <number>``.
    """
    solution, marker, final = answer.rpartition("####")
    final = final.strip().replace(",", "")
    if not marker or not re.fullmatch(r"-?\d+(\.\d+)?", final):
        raise ValueError(f"answer ends in {answer[-40:]!r}; expected '#### <number>'")
    return {
        "messages": [{"role": "user", "content": f"{question.strip()} {INSTRUCTION}"}],
        "reference_answer": {"final_answer": final, "solution": _ANNOTATION.sub("", solution).strip()},
    }


def _records(file: str, text: str) -> list[dict[str, Any]]:
    records = []
    for number, line in enumerate(text.removesuffix("\n").split("\n"), start=1):
        try:
            row = json.loads(line)
            records.append(convert(row["question"], row["answer"]))
        except (ValueError, KeyError, TypeError) as error:
            raise PrepareError(
                f"{file}, line {number}: {type(error).__name__} {error}; "
                'expected {"question": ..., "answer": "... #### <number>"}'
            ) from error
    return records


def _read(folder: Path, file: str) -> str:
    path = folder / file
    if not path.is_file():
        raise PrepareError(f"{path}: no such file; expected GSM8K's train.jsonl and test.jsonl there, or --download")
    return path.read_text(encoding="utf-8")


def _download(file: str) -> str:
    url = f"{SOURCE}/{file}"
    try:
        with urllib.request.urlopen(url, timeout=_TIMEOUT_SECONDS) as response:  # noqa: S310  # a constant https URL
            return bytes(response.read()).decode("utf-8")
    except (urllib.error.URLError, TimeoutError) as error:
        raise PrepareError(
            f"{url}: {getattr(error, 'reason', error)}; without a network, pass the folder that holds the files"
        ) from error


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code 1 and one line on standard error if the files cannot be had."""
    parser = argparse.ArgumentParser(prog="prepare_gsm8k", description="GSM8K in Bedrock's format")
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("folder", nargs="?", type=Path, help="folder with GSM8K's train.jsonl and test.jsonl")
    source.add_argument("--download", action="store_true", help="fetch the files from the public repository")
    parser.add_argument("--output", type=Path, default=_FOLDER, help="default: datasets/gsm8k")
    options = parser.parse_args(arguments)
    try:
        texts: Mapping[str, str] = {
            split: _download(f"{split}.jsonl") if options.download else _read(options.folder, f"{split}.jsonl")
            for split in ("train", "test")
        }
        counts = prepare(texts["train"], texts["test"], options.output)
    except PrepareError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(f"{options.output}: {', '.join(f'{count} {split}' for split, count in counts.items())}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
