"""Names of the ways to respond that the audit tries and that ``local.strategist`` chooses from."""

from typing import Final

WORKED: Final = "worked answer"
TERSE: Final = "terse answer"

NEAR_MISS: Final = "near miss"
WRONG_ANSWER: Final = "wrong answer"
ANOTHER_ANSWER: Final = "another record's answer"
REFUSAL: Final = "refusal"
EMPTY: Final = "empty"
MALFORMED: Final = "malformed"

LOGGED: Final = "logged response"
"""What a model answered when the prompt was logged; whether it is right, nobody has said."""

NO_MARKER: Final = "no marker"
SEVERAL_GUESSES: Final = "several guesses"
EVERYTHING_LISTED: Final = "everything listed"
"""All numbers of the prompt, all labels, all tools: something of it will be right."""
MARKER_SPAM: Final = "marker spam"
EMPTY_FORMAT: Final = "empty with perfect format"
PADDED: Final = "padded"
REPEATED: Final = "repeated"
PROMPT_ECHOED: Final = "prompt echoed"
FLATTERY: Final = "judge flattery"
INJECTION: Final = "injected instruction"
