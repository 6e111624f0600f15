"""Personal data and secrets in records: what a model could learn to repeat."""

from .search import private

__all__ = ["private"]
