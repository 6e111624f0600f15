"""What model-written code can import: imported before it runs, because it can open no file afterwards."""

import sys
from contextlib import suppress
from importlib import import_module
from typing import Final

# fmt: off
MODULES: Final = (
    "__future__", "abc", "array", "ast", "base64", "binascii", "bisect", "calendar", "cmath", "collections",
    "collections.abc", "colorsys", "contextlib", "copy", "csv", "dataclasses", "datetime", "decimal", "difflib",
    "enum", "fnmatch", "fractions", "functools", "graphlib", "hashlib", "heapq", "html", "inspect", "io",
    "ipaddress", "itertools", "json", "keyword", "logging", "math", "numbers", "operator", "os", "pathlib",
    "pprint", "queue", "random", "re", "secrets", "shlex", "signal", "statistics", "string", "struct", "sys",
    "textwrap", "threading", "time", "traceback", "types", "typing", "unicodedata", "urllib.parse", "warnings",
    "zlib",
)
# fmt: on
"""The computing part of the standard library, and what is often imported beside it."""

# fmt: off
_IMPORTED_LATE: Final = (
    "_strptime", "encodings.ascii", "encodings.latin_1", "encodings.utf_16", "encodings.utf_32",
    "encodings.unicode_escape", "encodings.cp1252", "linecache", "tokenize",
)
# fmt: on
"""What these modules import only when it is needed."""

_SINCE_3_14: Final = "annotationlib"


def preload() -> frozenset[str]:
    """Import all of it; returns the names of every module that is there then."""
    for name in (*MODULES, *_IMPORTED_LATE):
        import_module(name)
    with suppress(ModuleNotFoundError):
        import_module(_SINCE_3_14)
    return frozenset(sys.modules)


def seal(visible: frozenset[str]) -> None:
    """Let nothing be imported any more that is not in ``visible``, apart from what is built into Python."""
    for name in set(sys.modules) - visible:
        del sys.modules[name]
    sys.path.clear()
    sys.path_hooks.clear()
    sys.path_importer_cache.clear()
