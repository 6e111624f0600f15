"""Prompts that say the same or nearly the same."""

from .matches import Match, Matches, Spot
from .prompts import NEAR, NEAR_WHATEVER_THE_ANSWER, Prompts
from .wording import folded

__all__ = ["NEAR", "NEAR_WHATEVER_THE_ANSWER", "Match", "Matches", "Prompts", "Spot", "folded"]
