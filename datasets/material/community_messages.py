"""Messages that members of communities write, and how each is decided."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

_NAMES: Final = (
    "Ravi",
    "Birgit",
    "Moss42",
    "Anouk",
    "Theo",
    "Lumen",
    "Kasia",
    "Bertil",
    "Yara",
    "Otto",
    "Fern",
    "Milo",
)
_STREETS: Final = ("Mill Lane", "Station Road", "Church Street", "Harbour Walk", "Oak Avenue", "Garden Row")


@dataclass(frozen=True, slots=True)
class Message:
    """A message with slots.

    Attributes:
        labels: By the version of the policy that decides, or under ``""`` where every policy decides alike.
        rationales: The same, for the sentence that says why.
    """

    wordings: Sequence[str]
    labels: Mapping[str, str]
    rationales: Mapping[str, str]
    slots: Mapping[str, Sequence[Any]] = field(default_factory=dict)

    def label(self, policy: Sequence[str]) -> str:
        return self.labels[self._version(policy)]

    def rationale(self, policy: Sequence[str]) -> str:
        return self.rationales[self._version(policy)]

    def _version(self, policy: Sequence[str]) -> str:
        return next((version for version in policy if version in self.labels), "")


def _plain(label: str, rationale: str, *wordings: str, **slots: Sequence[Any]) -> Message:
    return Message(wordings, {"": label}, {"": rationale}, slots)


MESSAGES: Final[Sequence[Message]] = (
    # insult
    _plain(
        "insult", "The message calls {name} {word}, which is calling somebody names.",
        "{name}, only {word} would believe that {claim}.",
        "I have read a lot here, but {name} is {word} and should leave the subject to others.",
        "That {claim} can only come from {word} like {name}.",
        name=_NAMES, word=("a clown", "a fool", "a blockhead", "a wet blanket", "an old windbag", "a know-nothing"),
    ),
    _plain(
        "insult", "The message calls everybody who disagrees {word}, which is calling people names.",
        "Whoever does not see that {claim} is {word}, all of you.",
        "{claim}, and all who disagree are {word}. There, I said it.",
        word=("a bunch of sheep", "a pack of idiots", "a herd of donkeys", "a crowd of amateurs without a brain"),
    ),
    # threat
    _plain(
        "threat", 'The message announces harm to what belongs to {name}: "{harm}".',
        "{name}, write that once more and {harm}. I know where {place} is.",
        "I see you at {place} every week, {name}. Do not be surprised when {harm}.",
        name=_NAMES, harm=("your tyres will be flat", "your windows will break", "your car will get a few scratches",
                           "your shed will not stand much longer"),
    ),
    _plain(
        "threat", "The message announces harm to {name}, who is to {harm}.",
        "Come to {place} on Sunday, {name}, and you will {harm}.",
        "{name} had better stay away from {place}. Otherwise you will {harm}, and that is a promise.",
        name=_NAMES, harm=("leave on crutches", "get a beating", "need a dentist", "end up in hospital"),
    ),
    # scam
    _plain(
        "scam", "The message asks for {secret} under the false story that {story}.",
        "Attention: {story}. Send me {secret} today, otherwise it is too late.",
        "The team informs you that {story}. To prevent the worst, answer with {secret}.",
        secret=("your password", "the code from your telephone", "your password and your date of birth"),
        story=("your account will be closed tonight", "somebody has logged in from abroad", "all members must confirm"),
    ),
    _plain(
        "scam", "The message asks for {fee} euros in advance under the false story of {prize}.",
        "Congratulations, you are the winner of {prize}! Transfer {fee} euros for the handling and it is yours.",
        "I am leaving the country and have {prize} to give away. Only {fee} euros for transport, in advance please.",
        prize=("a new kitchen", "a holiday for two", "an inheritance", "a free camera", "a piano"),
    ),
    # advertising
    _plain(
        "advertising", "The message is an offer by a trader, {percent} percent off at {shop}.",
        "This week {percent} percent off everything at {shop}! Come in or order online.",
        "{shop} has the best prices in town, now {percent} percent off for forum members.",
        shop=("Miller's shop", "the Blue Store", "Top Deal Trading", "our new branch", "Hansen and Sons"),
    ),
    _plain(
        "advertising", "The message is an offer by a trader, who wants {price} euros for the {course}.",
        "I teach for a living, and my next {course} starts soon: {price} euros, book through my page.",
        "Tired of {work}? Buy my {course} for {price} euros and be done with it.",
        course=("online course", "video course", "coaching package", "weekend seminar"),
    ),
    Message(
        ("I am selling {thing}, used but in good order, for {price} euros.",
         "Does anybody want {thing}? I do not need it any more. {price} euros.",
         "After years of {work} I am letting {thing} go, {price} euros, pick-up only."),
        {"advertising, strict": "advertising", "advertising, lenient": "allow"},
        {"advertising, strict": "The member offers {thing} for {price} euros, and this policy forbids every offer.",
         "advertising, lenient": "The member sells {thing}, a used thing of their own, which this policy allows."},
    ),
    # private data
    _plain(
        "private-data", "The message posts the address of {name}, who is another person: {house} {street}.",
        "If you want to ask {name}, just ring at {house} {street}, somebody is always in.",
        "{name} does not answer here, but lives at {house} {street}.",
        name=_NAMES, street=_STREETS,
    ),
    _plain(
        "private-data", "The message posts the telephone number of {name}, who is another person: {phone}.",
        "{name} knows all about {work}. The number is {phone}, call in the evening.",
        "For {thing} ask {name}, telephone {phone}.",
        name=_NAMES,
    ),
    Message(
        ("If somebody would like to help with {work}, my number is {phone}.",
         "I could use company for {work}. Call me on {phone}, evenings are best."),
        {"private-data, strict": "private-data", "private-data, lenient": "allow"},
        {"private-data, strict": "The member posts a telephone number, {phone}; this policy forbids also one's own.",
         "private-data, lenient": "The telephone number {phone} is the member's own, which this policy allows."},
    ),
    # allow, though it looks otherwise
    _plain(
        "allow", "The message criticises the claim that {claim} with hard words and calls nobody names.",
        "The claim that {claim} is nonsense, and I can prove it.",
        "Sorry, but {claim}? That is the worst advice I have read this year.",
        "That {claim} is simply wrong, however often it is repeated.",
    ),
    _plain(
        "allow", 'The message reports that somebody was called "{word}" and calls nobody names itself.',
        'Yesterday somebody here was called "{word}". I would like us to stay friendly.',
        'I left for a month after being called "{word}". Shall we keep a better tone?',
        word=("fool", "clown", "blockhead", "windbag"),
    ),
    _plain(
        "allow", 'The words "{harm}" are a figure of speech here and announce no harm to anybody.',
        "If {work} takes another weekend, {harm}.",
        "Next round {harm}, {name}, I have been practising. See you at {place}.",
        name=_NAMES, harm=("I will explode", "I will crush you, fair and square", "my family will kill me",
                           "I will wipe the floor with all of you"),
    ),
    _plain(
        "allow", "The message warns of a scam that asks for {secret} and asks for nothing itself.",
        "Careful: somebody writes to members and wants {secret}. Do not answer.",
        "I got a message that asked for {secret}. It looked official and was not, so take care.",
        secret=("the password", "a code", "money in advance", "the date of birth"),
    ),
    _plain(
        "allow", "The message asks for advice on {work} and breaks no rule.",
        "How long did {work} take you? I have been at it for three days.",
        "Any advice on {work}? I have never done it before.",
        "{work} again today. What do you do against the boredom?",
    ),
    _plain(
        "allow", "The message only talks about {thing} and offers nothing for sale.",
        "I bought {thing} last month and am very happy with it.",
        "My neighbour gave me {thing}. What would you do with it first?",
        "Is {thing} worth the money? I paid {price} euros and am not sure.",
    ),
)  # fmt: skip
