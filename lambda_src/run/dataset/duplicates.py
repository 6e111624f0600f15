"""What is said of prompts that occur more than once, in a file or in several."""

from collections.abc import Mapping
from typing import Final

from .content import Similar
from .finding import Finding, Findings, Place
from .similarity import Match, Matches

_TRAIN: Final = "train"


def similar(matches: Matches, names: Mapping[str, str], findings: Findings) -> Similar:
    """Count the matches, and add what is to be said of them to the findings.

    Args:
        names: What findings call each part's file.
    """
    exact = near = leaked = 0
    said = set()
    for match in matches.ambiguous:
        findings.add(_ambiguous(match, names))
        said.add(match.record)
    for match in matches.each:
        exact += match.exact
        near += not match.exact
        leaked += match.crosses and match.earlier.part == _TRAIN
        if match.crosses:
            findings.add(_leaked(match, names))
        elif match.record not in said:
            findings.add(_repeated(match, names))
    return Similar(exact, near, dict(sorted(matches.groups.items())), leaked)


def _ambiguous(match: Match, names: Mapping[str, str]) -> Finding:
    return _place(match, names).warning(
        "ambiguous-prompt",
        f"is another than in {_earlier(match, names)}, to the same prompt and with the same fields",
        expected="one answer to one prompt, or a prompt that says which: no response can be right in both records",
        field="reference_answer",
    )


def _leaked(match: Match, names: Mapping[str, str]) -> Finding:
    is_trained = match.earlier.part == _TRAIN
    return _place(match, names).warning(
        "leaked-prompt",
        f"are {_those(match)} of {_earlier(match, names)}",
        expected=f"{match.record.part} prompts that "
        + ("training does not see, or their rewards say nothing of new ones" if is_trained else "no other part has"),
        field="messages",
    )


def _repeated(match: Match, names: Mapping[str, str]) -> Finding:
    return _place(match, names).warning(
        "duplicate-prompt" if match.exact else "near-duplicate-prompt",
        f"are {_those(match)} of {_earlier(match, names)}",
        expected="every prompt once: a repeated one has more weight than others, and teaches nothing new",
        field="messages",
    )


def _those(match: Match) -> str:
    if match.exact:
        return "those"
    answer = "" if match.same_answer else ", with another answer,"
    return f"nearly those (likeness {match.likeness:.2f}){answer}"


def _earlier(match: Match, names: Mapping[str, str]) -> str:
    line = f"line {match.earlier.line}"
    return f"{names[match.earlier.part]} {line}" if match.crosses else line


def _place(match: Match, names: Mapping[str, str]) -> Place:
    return Place(names[match.record.part], match.record.line)
