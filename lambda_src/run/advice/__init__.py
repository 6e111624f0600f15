"""Hyperparameters from the data: a value for each, why, and where the rule is from.

Where a project says ``hyperParameters: auto`` these values are part of the run's digest, so that a changed rule would
start a run that nobody asked for. Rules are therefore held by a table of facts and values in the tests, and one that
changes takes a new ``ADVICE_VERSION``: the plan says then that it was the advice that changed. Who wants to be free of
that writes the values down; ``rft plan`` prints them to be copied.
"""

from .advice import ADVICE_VERSION, Advice, Advised, advise
from .facts import Facts, facts_of

__all__ = ["ADVICE_VERSION", "Advice", "Advised", "Facts", "advise", "facts_of"]
