"""Whether prompts ask for what the grader wants of a response's form."""

from .survey import AlignmentSurvey

__all__ = ["AlignmentSurvey"]
