"""Samples the base model before it is trained: can it do the task at all, and not already?

Reinforcement needs a model that sometimes succeeds. Responses to some of the records are sampled as a training step
would, graded by the project's own grader, and judged: too hard, no signal, good, or too easy. Model and grader are
passed in, so that one probe serves the command line, the deploy and the local models.
"""

from .course import probe
from .estimates import Interval
from .failures import ProbeError
from .prompts import Prompt, choose
from .result import Probe, PromptResult
from .settings import Settings
from .verdict import Capability, Verdict

__all__ = [
    "Capability",
    "Interval",
    "Probe",
    "ProbeError",
    "Prompt",
    "PromptResult",
    "Settings",
    "Verdict",
    "choose",
    "probe",
]
