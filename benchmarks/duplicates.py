"""Near-duplicate prompts: recall, precision, speed and memory: ``python -m benchmarks.duplicates [folder ...]``.

The truth is the exact Jaccard index of word triples, of all pairs that have one in common. ``datasketch`` and ``rensa``
are compared where they are installed; they are no part of the project. Folders hold ``train``, ``validation`` and
``test.jsonl``, GSM8K as ``datasets.prepare_gsm8k`` writes it for instance; without any, it is the bundled datasets.
"""

import json
import random
import resource
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from lambda_src.reward.rollout import reference_text
from lambda_src.run.dataset.similarity import NEAR, Prompts, Spot, folded
from lambda_src.run.dataset.similarity.wording import words
from lambda_src.run.dataset.survey import Survey
from lambda_src.run.dataset.text import answer_key, prompt_text

DATASETS = Path(__file__).parents[1] / "datasets"
PARTS = ("train", "validation", "test")
SIZES = (20_000, 100_000)  # a million takes a minute for each kind: --survey 1000000 prose
PERMUTATIONS = 128
TRIES = 3
_MEBIBYTE = 1024  # ru_maxrss counts kibibytes

Texts = Sequence[tuple[list[bytes], int]]
"""Words, and a number that copies have in common."""

Finder = Callable[[Texts], set[int]]
"""Tells which texts have an earlier one that is alike."""


def main(arguments: Sequence[str]) -> None:
    """Print everything; ``--survey <records>`` is what the children run."""
    if arguments[:1] == ["--survey"]:
        print(json.dumps(measured(int(arguments[1]), *arguments[2:])))
        return
    for kind in ("sums", "prose"):
        for size in SIZES:
            print_survey(size, kind)
    print_peers(20_000, range(20, 67))
    print_peers(20_000, range(67, 300))
    folders = [Path(folder) for folder in arguments] or sorted(path.parent for path in DATASETS.glob("*/train.jsonl"))
    for folder in folders:
        print_folder(folder)


def print_peers(count: int, words_: range) -> None:
    """Texts of random words, one in five of which repeats an earlier one with some words changed."""
    texts = corpus(count, words_, random.Random(7))  # noqa: S311 - not for security
    started = time.perf_counter()
    truth = exactly([text for text, _ in texts])
    span = f"{words_.start} to {words_[-1]}"
    print(f"{count:,} texts of {span} words, {len(truth):,} near-duplicates (exact: {_since(started):.1f} s)")
    finders: dict[str, Finder] = {"here": here}
    peers: dict[str, Finder] = {"datasketch": datasketch, "rensa": rensa}
    for name, peer in peers.items():
        if find_spec(name) is None:
            print(f"  {name} is not installed: left out")
        else:
            finders[f"{name} {version(name)}"] = peer
    for name, finder in finders.items():
        found, seconds = _timed(finder, texts)
        right = len(found & truth)
        recall, precision = right / len(truth), right / max(len(found), 1)
        print(f"  {name:18} recall {recall:.4f}  precision {precision:.4f}  {seconds:5.2f} s")


def print_folder(folder: Path) -> None:
    """How many records are said to repeat an earlier one, and how many the plain index of triples would name."""
    records = [(part, line, record) for part in PARTS for line, record in _records(folder / f"{part}.jsonl")]
    prompts = Prompts()
    started = time.perf_counter()
    for part, line, record in records:
        reference = record.get("reference_answer")
        key = answer_key(reference, reference_text(reference))
        prompts.observe(Spot(part, line), folded(prompt_text(record)), answer=key, rest=0)
    matches = list(prompts.matches().each)
    seconds = _since(started)
    leaked = sum(match.crosses and match.earlier.part == "train" for match in matches)
    plain = exactly([words(folded(prompt_text(record))) for _, _, record in records])
    print(
        f"{folder.name}: {len(records):,} records in {seconds:.2f} s: {len(matches)} repeat an earlier one, {leaked} "
        f"of them one of the training file; by triples alone it would be {len(plain):,}"
    )


def print_survey(size: int, kind: str) -> None:
    """Time and memory of the whole survey, in a process of its own."""
    child = [sys.executable, "-m", "benchmarks.duplicates", "--survey", str(size), kind]
    seen = json.loads(subprocess.run(child, check=True, capture_output=True, text=True).stdout)  # noqa: S603
    print(
        f"survey of {size:,} records ({kind}, {seen['bytes']:.0f} bytes): {seen['seconds']:.2f} s, "
        f"{seen['megabytes']:.0f} MB more memory, {seen['perRecord']:.0f} bytes a record"
    )


def measured(size: int, kind: str) -> dict[str, float]:
    """Seconds and memory that a survey takes, the making of its records aside."""
    survey = Survey({"train": "train.jsonl"})
    rng = random.Random(size)  # noqa: S311
    vocabulary = _vocabulary(rng)
    survey.observe("train", 0, record_of(0, kind, vocabulary, rng))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    seconds, length = 0.0, 0
    for line in range(1, size + 1):
        record = record_of(line, kind, vocabulary, rng)
        if line % 1_000 == 0:
            length += len(json.dumps(record))
        started = time.process_time()
        survey.observe("train", line, record)
        seconds += time.process_time() - started
    started = time.process_time()
    survey.content()
    seconds += time.process_time() - started
    used = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / _MEBIBYTE
    return {
        "seconds": seconds,
        "megabytes": used,
        "perRecord": used * _MEBIBYTE * _MEBIBYTE / size,
        "bytes": length / (size // 1_000),
    }


def record_of(number: int, kind: str, vocabulary: Sequence[str], rng: random.Random) -> dict[str, Any]:
    """A record of about 600 bytes: ``sums`` has numbers in its prompt; ``prose`` has none, and one of five answers."""
    count = rng.randint(45, 65)
    said = rng.choices(vocabulary, k=count)
    if kind == "sums":
        for place in range(0, count, 12):
            said[place] = str(rng.randint(2, 90))
    answer: Any = rng.choice(["yes", "no", "maybe", "both", "neither"])
    if kind == "sums":
        solution = "\n".join(f"{rng.randint(2, 90)} + {rng.randint(2, 90)} = {rng.randint(2, 90)}" for _ in range(4))
        answer = {"final_answer": str(rng.randint(1, 9_999)), "solution": solution}
    content = f"{' '.join(said).capitalize()}? Put the final answer after ####."
    return {
        "id": f"train-{number:07}",
        "messages": [{"role": "user", "content": content}],
        "reference_answer": answer,
        "topic": rng.choice(["one", "two", "three"]),
    }


def corpus(count: int, words_: range, rng: random.Random) -> list[tuple[list[bytes], int]]:
    vocabulary = [word.encode() for word in _vocabulary(rng)]
    texts: list[tuple[list[bytes], int]] = []
    for number in range(count):
        if texts and rng.random() < 0.2:  # noqa: PLR2004
            original, group = rng.choice(texts)
            text = list(original)
            for _ in range(rng.randint(0, len(text) // 10)):
                text[rng.randrange(len(text))] = rng.choice(vocabulary)
            texts.append((text, group))
        else:
            texts.append((rng.choices(vocabulary, k=rng.choice(words_)), number))
    return texts


def exactly(texts: Sequence[list[bytes]]) -> set[int]:
    """The truth: every pair with a triple in common is compared."""
    sets = [set(_triples(text)) for text in texts]
    holders = defaultdict[bytes, list[int]](list)
    alike = set[int]()
    for number, mine in enumerate(sets):
        common = defaultdict[int, int](int)
        for triple in mine:
            for earlier in holders[triple]:
                common[earlier] += 1
            holders[triple].append(number)
        if any(shared >= NEAR * (len(mine) + len(sets[earlier]) - shared) for earlier, shared in common.items()):
            alike.add(number)
    return alike


def here(texts: Texts) -> set[int]:
    prompts = Prompts()
    for number, (text, group) in enumerate(texts):
        prompts.observe(Spot("train", number), b" ".join(text), answer=group, rest=0)
    return {match.record.line for match in prompts.matches().each}


def datasketch(texts: Texts) -> set[int]:
    library: Any = import_module("datasketch")
    index = library.MinHashLSH(threshold=NEAR, num_perm=PERMUTATIONS)
    sketches: list[Any] = []
    alike = set[int]()
    for number, (text, _) in enumerate(texts):
        sketch = library.MinHash(num_perm=PERMUTATIONS)
        sketch.update_batch(_triples(text))
        if any(sketch.jaccard(sketches[earlier]) >= NEAR for earlier in index.query(sketch)):
            alike.add(number)
        index.insert(number, sketch)
        sketches.append(sketch)
    return alike


def rensa(texts: Texts) -> set[int]:
    library: Any = import_module("rensa")
    index = library.RMinHashLSH(threshold=NEAR, num_perm=PERMUTATIONS, num_bands=32)
    sketches: list[Any] = []
    alike = set[int]()
    for number, (text, _) in enumerate(texts):
        sketch = library.RMinHash(num_perm=PERMUTATIONS, seed=1)
        sketch.update([triple.decode() for triple in _triples(text)])
        if any(sketch.jaccard(sketches[earlier]) >= NEAR for earlier in index.query(sketch)):
            alike.add(number)
        index.insert(number, sketch)
        sketches.append(sketch)
    return alike


def _triples(text: list[bytes]) -> list[bytes]:
    return [b" ".join(three) for three in zip(text, text[1:], text[2:], strict=False)] or [b" ".join(text)]


def _vocabulary(rng: random.Random) -> list[str]:
    return ["".join(rng.choices("abcdefghijklmnopqrstuvwxyz", k=rng.randint(2, 10))) for _ in range(3_000)]


def _records(file: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    with file.open(encoding="utf-8") as lines:
        for line, text in enumerate(lines, start=1):
            yield line, json.loads(text)


def _timed(finder: Finder, texts: Texts) -> tuple[set[int], float]:
    """What it finds, and the least of its times."""
    best, found = float("inf"), set[int]()
    for _ in range(TRIES):
        started = time.process_time()
        found = finder(texts)
        best = min(best, time.process_time() - started)
    return found, best


def _since(started: float) -> float:
    return time.perf_counter() - started


if __name__ == "__main__":
    main(sys.argv[1:])
