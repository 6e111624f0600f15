"""How a dataset divides: by fields, labels, languages and kinds of prompt, and whether its parts do so alike."""

from .survey import SkewSurvey

__all__ = ["SkewSurvey"]
