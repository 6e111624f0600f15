"""A dataset of chat records, checked line by line and looked at as a whole.

``check`` reads one file and says what Bedrock or the grader could not use. ``examine`` reads all of a project's files
once and adds what no single record shows: lengths, duplicates, leakage, skew, prompts that do not say what the grader
wants. Free of AWS and of libraries: the command line, the synth and the preflight Lambda run the same code.
"""

from .changes import Action, Change
from .check import check
from .distribution import Distribution
from .examine import PARTS, Source, examine
from .finding import Finding, Findings, Severity
from .limits import MAX_RECORDS, MIN_RECORDS, RESERVED_ID, SAMPLE, WARN_RECORDS
from .record import DatasetError, Record
from .repair import repair
from .report import DatasetReport, FileReport

__all__ = [
    "MAX_RECORDS",
    "MIN_RECORDS",
    "PARTS",
    "RESERVED_ID",
    "SAMPLE",
    "WARN_RECORDS",
    "Action",
    "Change",
    "DatasetError",
    "DatasetReport",
    "Distribution",
    "FileReport",
    "Finding",
    "Findings",
    "Record",
    "Severity",
    "Source",
    "check",
    "examine",
    "repair",
]
