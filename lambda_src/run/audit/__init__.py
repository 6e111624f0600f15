"""Tries a grader on answers whose worth is known, before any training is paid for.

Each sampled record is answered rightly, in other forms, wrongly and dishonestly (``..candidates``), and what the grader
pays for that is held against the rules. The grader is passed in, so that one audit judges the local code and the
deployed alias alike.
"""

from .cost import Prices
from .course import audit, audit_records
from .grading import Grade
from .job import Job
from .latency import Limits
from .result import Audit, Example, RuleResult, Verdict
from .rules import RULES, UNWAIVABLE
from .terms import Judges, Terms, asks_judge, without_judges

__all__ = [
    "RULES",
    "UNWAIVABLE",
    "Audit",
    "Example",
    "Grade",
    "Job",
    "Judges",
    "Limits",
    "Prices",
    "RuleResult",
    "Terms",
    "Verdict",
    "asks_judge",
    "audit",
    "audit_records",
    "without_judges",
]
