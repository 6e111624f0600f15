"""Speed and memory of the dataset check: ``python -m benchmarks.dataset``.

Files of 20,000, 100,000 and 1,000,000 records of about 600 bytes, made of words of the bundled datasets: the check of
the format alone, and ``examine`` with a grader, which is everything that ``rft check`` says of data. Beside it what
others do with the same lines: ``json.loads``, a ``msgspec`` schema and a ``pydantic`` model. These stop at a
record's first fault, and look at neither repeated keys nor ids, reserved words, sizes and digests. Every measurement is
a process of its own; seconds are those of its processor, without imports, so that other work does not count.
"""

import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import yaml

from lambda_src.reward.rubric import Rubric
from lambda_src.run.dataset import Source, check, examine, repair

ROOT = Path(__file__).parents[1]
SIZES = (20_000, 100_000, 1_000_000)  # records
REPEATS = 5  # of the smallest; the best counts
SEED = 20_000
SYSTEM = "Solve the problem step by step. End with #### and the number alone."


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        files = {size: Path(folder) / f"{size}.jsonl" for size in SIZES}
        for size, file in files.items():
            _run("make", str(file), str(size))
        smallest = files[SIZES[0]]
        print(f"{SIZES[0]:,} records of {smallest.stat().st_size / SIZES[0]:.0f} bytes, best of {REPEATS}")
        peers = {what: _best(what, smallest) for what in PEERS}
        for what, (seconds, megabytes) in peers.items():
            print(f"  {what}: {seconds:.3f} s, peak {megabytes:.0f} MB")
        for what in OURS:
            seconds, megabytes = _best(what, smallest)
            against = ", ".join(f"{seconds / peer:.1f} x {name}" for name, (peer, _) in peers.items())
            print(f"  {what}: {seconds:.3f} s, peak {megabytes:.0f} MB ({against})")
        for what in ("format", "everything"):
            for size, file in files.items():
                seconds, megabytes = measure(what, file)
                each = 1e6 * seconds / size
                print(f"{what}, {size:,} records: {seconds:.2f} s, {each:.1f} us each, peak {megabytes:.0f} MB")


def make(file: Path, count: int) -> None:
    """Write records that have the words and the form of real ones, no two alike; the same ones each time."""
    random_ = random.Random(SEED)  # noqa: S311 - to be the same each time
    words = _words()
    with file.open("w", encoding="utf-8") as lines:
        for n in range(count):
            question = " ".join(random_.choices(words, k=60)) + f" How many are {n} of them?"
            messages = [{"role": "system", "content": SYSTEM}, {"role": "user", "content": question}]
            reference = {"final_answer": str(n), "solution": f"{n} * 1 = {n}"}
            lines.write(json.dumps({"id": f"train-{n:07}", "messages": messages, "reference_answer": reference}) + "\n")


def _words() -> list[str]:
    prompts = [
        message["content"]
        for file in sorted((ROOT / "datasets").glob("*/train.jsonl"))
        for line in file.read_text(encoding="utf-8").splitlines()
        for message in json.loads(line)["messages"]
    ]
    return [word for prompt in prompts for word in prompt.split() if word.isalpha()]


def check_format(file: Path) -> None:
    check(file, file.name)


def check_everything(file: Path) -> None:
    rubric = yaml.safe_load((ROOT / "projects" / "gsm8k-style.yaml").read_text(encoding="utf-8"))["reward"]
    examine([Source("train", file.name, file)], rubric=Rubric.from_config(rubric), hyper_parameters={})


def mend(file: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        repair(file, Path(folder) / file.name)


def loads(file: Path) -> None:
    with file.open("rb") as lines:
        for line in lines:
            json.loads(line)


def msgspec_schema(file: Path) -> None:
    import msgspec  # noqa: PLC0415 - memory that no other measurement is to have

    class Message(msgspec.Struct):
        role: str
        content: str

    class Record(msgspec.Struct):
        messages: list[Message]
        reference_answer: str | dict[str, Any]
        id: str | None = None

    decode = msgspec.json.Decoder(Record).decode
    with file.open("rb") as lines:
        for line in lines:
            decode(line)


def pydantic_model(file: Path) -> None:
    import pydantic  # noqa: PLC0415 - memory that no other measurement is to have

    class Message(pydantic.BaseModel):
        role: str
        content: str

    class Record(pydantic.BaseModel):
        messages: list[Message]
        reference_answer: str | dict[str, Any]
        id: str | None = None

    validate = pydantic.TypeAdapter(Record).validate_json
    with file.open("rb") as lines:
        for line in lines:
            validate(line)


PEERS: Mapping[str, Callable[[Path], None]] = {
    "json.loads": loads,
    "msgspec": msgspec_schema,
    "pydantic": pydantic_model,
}
OURS: Mapping[str, Callable[[Path], None]] = {"format": check_format, "everything": check_everything, "fix": mend}


def _best(what: str, file: Path) -> tuple[float, float]:
    return min(measure(what, file) for _ in range(REPEATS))


def measure(what: str, file: Path) -> tuple[float, float]:
    """Processor seconds and peak megabytes of a process that does this once, what it imports not timed."""
    seconds, megabytes = json.loads(_run(what, str(file)))
    return seconds, megabytes


def _run(*arguments: str) -> str:
    command = [sys.executable, "-m", "benchmarks.dataset", *arguments]
    return subprocess.run(command, check=True, capture_output=True, cwd=ROOT, text=True).stdout  # noqa: S603 - our own


def _measured(function: Callable[[Path], None], file: Path) -> tuple[float, float]:
    function(Path(os.devnull))  # imports what it needs
    started = time.process_time()
    function(file)
    return time.process_time() - started, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    match sys.argv[1:]:
        case []:
            main()
        case ["make", path, count]:
            make(Path(path), int(count))
        case [what, path]:
            print(json.dumps(_measured({**OURS, **PEERS}[what], Path(path))))
