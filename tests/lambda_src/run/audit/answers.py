"""Graded responses, made by hand."""

from lambda_src.run.audit.trials import Graded, Trial
from lambda_src.run.audit.worth import Record
from lambda_src.run.candidates import Candidate, Worth

WORTHS = {"right": Worth.RIGHT, "variant": Worth.VARIANT, "open": Worth.OPEN, "wrong": Worth.WRONG}


def graded(
    worth: Worth, reward: float, response: str = "", *, strategy: str = "", dresses_right: bool = False
) -> Graded:
    candidate = Candidate(strategy or str(worth), worth, response or f"a {worth} one", dresses_right)
    return Graded(Trial("r1", candidate, {"id": "preflight/0/0"}), reward)


def record(*answers: Graded, right: float = 1.0, wrong: float = 0.0) -> Record:
    """A record with one right and one wrong answer, and these."""
    return Record((graded(Worth.RIGHT, right, "#### 42"), graded(Worth.WRONG, wrong, "#### 41"), *answers))
