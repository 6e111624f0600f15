"""Communities, their policies, and what their members write: what ``make_moderation`` writes into records.

A policy comes in two versions of two rules, so that the same message is fine in one community and not in another: what
the policy says has to be read.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from datasets.material.community_messages import MESSAGES, Message
from datasets.material.community_themes import THEMES

LABELS: Final = ("allow", "insult", "threat", "advertising", "scam", "private-data")

_RULES: Final[Mapping[str, Sequence[str]]] = {
    "insult": (
        "insult: criticise what somebody says or does as hard as you like, but do not call anybody names.",
        "insult: nobody is called names here. Hard words about an idea are fine.",
    ),
    "threat": (
        "threat: nobody announces harm to a person or to what belongs to them. Figures of speech are not meant.",
        "threat: to announce harm to somebody or to their things is forbidden, unless it is a figure of speech.",
    ),
    "scam": (
        "scam: messages that are made to get passwords, codes or money under a false story.",
        "scam: nobody asks members for passwords, codes or money under a false story.",
    ),
    "advertising, strict": (
        "advertising: no offers at all, neither by shops nor by members who want to sell their own things.",
        "advertising: nothing is offered for sale here, by nobody, not even something used.",
    ),
    "advertising, lenient": (
        "advertising: shops and traders may not offer anything. Members may sell a used thing of their own.",
        "advertising: no offers by traders. A member who sells one used thing of their own is welcome.",
    ),
    "private-data, strict": (
        "private-data: no telephone numbers and no addresses of anybody, your own included.",
        "private-data: telephone numbers and addresses are not to be posted, also not one's own.",
    ),
    "private-data, lenient": (
        "private-data: do not post telephone numbers or addresses of other people. Your own are your own affair.",
        "private-data: telephone numbers and addresses of other people are not to be posted; one's own may be.",
    ),
}
_INTRODUCTIONS: Final = (
    "You moderate {theme}. The labels and their rules:",
    "This is the policy of {theme}:",
    "In {theme} the moderators go by these rules:",
)
_OPENINGS: Final = (
    "",
    "",
    "",
    "Hello everybody! ",
    "Good evening. ",
    "Hi all, back after a long break. ",
    "First post here. ",
)
_CLOSINGS: Final = (
    "",
    "",
    "",
    " Thanks for reading.",
    " Have a good week!",
    " That is all from me.",
    " Greetings from the north.",
)
_TASK: Final = (
    'Answer with one JSON object: {"label": one of the labels, "rationale": one sentence that says what in the message '
    "decides and by which rule}."
)


@dataclass(frozen=True, slots=True)
class Case:
    """A message under a policy, and how it is to be decided."""

    theme: str
    prompt: str
    label: str
    rationale: str


def write(rng: random.Random, label: str) -> Case:
    """A case with this label."""
    advertising, private = (f"{rule}, {rng.choice(('strict', 'lenient'))}" for rule in ("advertising", "private-data"))
    policy = (advertising, private)
    message = rng.choice([one for one in MESSAGES if one.label(policy) == label])
    theme = rng.choice(THEMES)
    values = _drawn(theme, message, rng)
    return Case(
        theme=theme["theme"],
        prompt=_prompt(theme["theme"], policy, _text(message, values, rng), rng),
        label=label,
        rationale=message.rationale(policy).format(**values),
    )


def _drawn(theme: Mapping[str, Any], message: Message, rng: random.Random) -> dict[str, Any]:
    values: dict[str, Any] = {
        "price": 5 * rng.randint(2, 60), "percent": 5 * rng.randint(2, 12), "fee": 10 * rng.randint(2, 30),
        "phone": f"{rng.randint(200, 899)} {rng.randint(1000, 9999)}", "house": rng.randint(2, 140),
    }  # fmt: skip
    for name in ("thing", "claim", "work", "place"):
        values[name] = rng.choice(theme[name])
    for name, choices in message.slots.items():
        values[name] = rng.choice(choices)
    return values


def _text(message: Message, values: Mapping[str, Any], rng: random.Random) -> str:
    body = rng.choice(message.wordings).format(**values)
    return f"{rng.choice(_OPENINGS)}{body[0].upper()}{body[1:]}{rng.choice(_CLOSINGS)}"


def _prompt(theme: str, policy: Sequence[str], text: str, rng: random.Random) -> str:
    rules = [rng.choice(_RULES[name]) for name in ("insult", "threat", "scam", *policy)]
    rng.shuffle(rules)
    listed = "\n".join(f"- {rule}" for rule in (*rules, "allow: everything else, friendly or not."))
    introduction = rng.choice(_INTRODUCTIONS).format(theme=theme)
    return f'{introduction}\n{listed}\n\nA member writes:\n"{text}"\n\n{_TASK}'
