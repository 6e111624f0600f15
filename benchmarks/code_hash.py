"""Results that take long are kept by what made them: the code is part of that."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).parents[1]


def code_hash(patterns: Iterable[str]) -> str:
    """Hash of all files that match, wherever the checkout lies."""
    files = sorted({path for pattern in patterns for path in ROOT.glob(pattern) if path.is_file()})
    return hashlib.sha256(b"".join(hashlib.sha256(path.read_bytes()).digest() for path in files)).hexdigest()
