"""Reports on people: what they decided, said, tried and visited."""

import random
from typing import Final

from datasets.material.reports import Kind, Values, date


def _meeting(values: Values, rng: random.Random) -> Values:
    present = rng.randint(15, 48)
    yes = rng.randint(4, present - 3)
    no = rng.randint(1, present - yes)
    no += yes == no
    cost = 50 * rng.randint(6, 70)
    approved = f"The {cost} euros for it will come from {values['fund']}."
    rejected = f"The {cost} euros that it would have cost stay in {values['fund']}."
    return {
        "present": present, "yes": yes, "no": no, "next": date(rng),
        "outcome": "approved" if yes > no else "rejected",
        "money": approved if yes > no else rejected,
    }  # fmt: skip


def _survey(_: Values, rng: random.Random) -> Values:
    sent = 10 * rng.randint(30, 140)
    share = rng.randint(24, 71)
    satisfied = rng.randint(38, 86)
    before = satisfied + rng.choice([-1, 1]) * rng.randint(3, 12)
    return {
        "sent": sent, "answered": sent * share // 100, "satisfied": satisfied, "before": before,
        "trend": "more" if satisfied > before else "fewer", "wish": rng.randint(31, 67),
    }  # fmt: skip


def _trial(_: Values, rng: random.Random) -> Values:
    before = rng.randint(24, 70)
    change = rng.randint(5, 18)
    rose = rng.random() < 0.5  # noqa: PLR2004 - half of them
    return {
        "people": rng.randint(24, 96), "weeks": rng.randint(4, 16), "before": before,
        "after": before + change if rose else before - change,
        "moved": "rose" if rose else "fell", "problems": rng.randint(2, 9),
    }  # fmt: skip


def _event(_: Values, rng: random.Random) -> Values:
    visitors = 10 * rng.randint(18, 140)
    last = visitors + rng.choice([-1, 1]) * 10 * rng.randint(3, 15)
    return {
        "visitors": visitors, "last": last, "trend": "more" if visitors > last else "fewer",
        "income": 20 * rng.randint(30, 260), "helpers": rng.randint(9, 40), "next": date(rng),
    }  # fmt: skip


MEETING: Final = Kind(
    name="record of a meeting",
    slots={
        "group": ("chess club", "allotment association", "parents' council", "cycling club", "village hall committee",
                  "choir", "library society", "rowing club", "neighbourhood council", "repair workshop"),
        "proposal": ("a new roof for the shed", "solar panels on the hall", "a second set of keys for the cellar",
                     "a website in two languages", "a summer party with live music", "lamps along the footpath",
                     "a weekly course for beginners", "a piano for the small room", "bicycle stands at the entrance"),
        "fund": ("the repair fund", "the general account", "the lottery money", "last year's surplus"),
        "duty": ("speak with the town hall", "write to all members", "draw up a calendar", "count the tools",
                 "invite the neighbouring club", "look for a sponsor", "bring the statutes up to date"),
        "postponed": ("the membership fee", "the parking spaces", "the new opening hours", "the noise after ten",
                      "the cleaning rota", "the lost keys"),
    },
    derived=_meeting,
    facts=(
        ("The {group} met on {day}; {present} members were present.",
         "On {day} the {group} met with {present} members present."),
        ("The main item was {proposal}.", "Most of the evening went to {proposal}."),
        ("It was {outcome}: {yes} members voted for it and {no} against.",
         "With {yes} votes for and {no} against, it was {outcome}."),
        ("{money}",),
        ("{person} will {duty} by {deadline}.", "By {deadline} {person} will {duty}."),
        ("The item on {postponed} was put off to the next meeting on {next}.",
         "Put off to the next meeting, which is on {next}, was the item on {postponed}."),
    ),
    details=(
        "{other} took the minutes.",
        "The treasurer read out the balance, which nobody questioned.",
        "A new member introduced herself and was welcomed.",
        "Somebody had brought apple cake, which was gone in {few} minutes.",
        "The window at the back does not close, as several people noticed.",
        "A letter from the insurance was passed around.",
        "It was asked whether the chairs could be more comfortable.",
        "The group photo from spring is on the wall in a new frame.",
    ),
    summary=(
        ("The {group} {outcome} {proposal} with {yes} votes for and {no} against.",
         "With {yes} votes for and {no} against, the {group} {outcome} {proposal}."),
        ("{money}",),
        ("{person} will {duty} by {deadline}.",),
        ("The item on {postponed} was put off to the next meeting on {next}.",),
    ),
)  # fmt: skip

SURVEY: Final = Kind(
    name="survey report",
    slots={
        "subject": ("the canteen", "the bus timetable", "the new library", "the town swimming pool",
                    "the weekly market", "the evening courses", "the company bicycles", "the recycling centre",
                    "the staff newsletter"),
        "change": ("longer opening hours", "lower prices", "a quieter corner", "more seats", "a better website",
                   "clearer signs", "more choice", "shorter queues"),
        "complaint": ("the noise", "the long wait", "the price", "the lack of parking", "the old furniture",
                      "the poor lighting", "the small print"),
        "decision": ("try it for three months", "ask for offers", "discuss it with the council", "hire one more person",
                     "publish a plan", "start with one weekday"),
    },
    derived=_survey,
    facts=(
        ("A survey on {subject} was sent to {sent} people, and {answered} answered.",
         "{answered} of {sent} people answered a survey on {subject}."),
        ("{satisfied} percent are satisfied, {trend} than the {before} percent of the last survey.",
         "Satisfied are {satisfied} percent; that is {trend} than in the last survey, when it was {before} percent."),
        ("The wish named most often, by {wish} percent, is {change}.",
         "{wish} percent wish for {change}, which was named most often."),
        ("The most frequent complaint is {complaint}.", "Complaints are mostly about {complaint}."),
        ("Because of the wish, the managers will {decision} from {deadline} on.",
         "The managers will therefore {decision}, from {deadline} on."),
    ),
    details=(
        "The form had {some} questions and took a few minutes.",
        "{other} designed the form and {person} counted the answers.",
        "A prize was drawn among those who took part.",
        "Some people drew small pictures in the margin.",
        "Answers on paper were typed in by two trainees.",
        "The results hang in the corridor until the end of the month.",
        "One answer came in verse.",
        "The next form will be shorter, if possible.",
    ),
    summary=(
        ("Of {sent} people asked about {subject} in the survey, {answered} answered: {satisfied} percent are "
         "satisfied, {trend} than the {before} percent of the last survey.",
         "In the survey on {subject}, which {answered} of {sent} people answered, {satisfied} percent are satisfied, "
         "{trend} than the {before} percent of the last survey."),
        ("{wish} percent wish for {change}; the most frequent complaint is {complaint}.",),
        ("The managers will {decision} from {deadline} on.",),
    ),
)  # fmt: skip

TRIAL: Final = Kind(
    name="trial report",
    slots={
        "product/measure": (
            ("standing desks", "the number of calls per shift"),
            ("standing desks", "the score in a concentration test"),
            ("noise-damping curtains", "the share of good nights"),
            ("a sleep diary", "the share of good nights"),
            ("a bread with less salt", "the number of slices eaten per day"),
            ("electric cargo bikes", "the number of trips by car"),
            ("a reminder app", "the share of people on time"),
            ("soft shoe soles", "the number of daily steps"),
            ("a water meter with a display", "the daily use of water in litres"),
            ("short breaks every hour", "the score for well-being"),
            ("a timetable with later lessons", "the score in a concentration test"),
            ("quiet carriages", "the score for well-being"),
        ),
        "problem": ("a sore back", "an empty battery", "confusing instructions", "a strange smell", "missing parts",
                    "too many messages"),
        "advice": ("repeat it with a control group", "offer it to everybody", "change the design first",
                   "stop here and save the money", "ask older people, too", "run it through a winter"),
    },
    derived=_trial,
    facts=(
        ("{person} tried {product} with {people} people for {weeks} weeks.",
         "For {weeks} weeks, {people} people tried {product} under {person}."),
        ("In that time {measure} {moved} from {before} to {after}.",
         "From {before} before the trial, {measure} {moved} to {after}."),
        ("{problems} people left the trial early, mostly because of {problem}.",
         "Because of {problem}, {problems} people left the trial early."),
        ("There was no control group, so the cause of the change is not certain.",
         "The cause of the change is not certain, because there was no control group."),
        ("The report advises to {advice}.", "The advice of the report is to {advice}."),
    ),
    details=(
        "The forms were filled in on {day} mornings.",
        "{other} translated the forms.",
        "Every person got a small lamp as a thank-you.",
        "Two forms were lost and found again behind a cupboard.",
        "The room was on the third floor, with a view of the river.",
        "The budget was small, and {few} firms lent equipment.",
        "A local newspaper wrote a friendly article about it.",
        "The tables with all values fill {some} pages.",
    ),
    summary=(
        ("{people} people tried {product} for {weeks} weeks, and {measure} {moved} from {before} to {after}.",
         "In a trial of {product} with {people} people over {weeks} weeks, {measure} {moved} from {before} to "
         "{after}."),
        ("{problems} people left early, mostly because of {problem}.",),
        ("There was no control group, so the cause is not certain; the report advises to {advice}.",),
    ),
)  # fmt: skip

EVENT: Final = Kind(
    name="report on an event",
    slots={
        "event": ("museum night", "spring fair", "book market", "open farm day", "science day", "lantern walk",
                  "charity run", "harbour festival", "film evening", "seed swap", "model railway show"),
        "favourite": ("the guided tour in the dark", "the pancake stand", "the puppet theatre", "the old fire engine",
                      "the quiz", "the concert of the school band", "the workshop on kites"),
        "trouble/plan": (
            ("the queue at the entrance", "open a second entrance"),
            ("a power cut at the stage", "rent a generator"), ("too few toilets", "order more toilets"),
            ("the mud on the meadow", "lay boards on the ground"),
            ("the lack of change at the till", "take cards at the till"),
            ("visitors who did not find the way", "print a map"), ("loud music late at night", "end the music at ten"),
        ),
        "cause": ("the new playground", "the animal shelter", "the repair of the organ", "books for the school",
                  "the boat house"),
    },
    derived=_event,
    facts=(
        ("The {event} took place on {day} and had {visitors} visitors, {trend} than the {last} of last year.",
         "On {day}, {visitors} visitors came to the {event}; last year there were {last}, so it was {trend} "
         "this time."),
        ("{helpers} helpers took {income} euros, which go to {cause}.",
         "The {income} euros that {helpers} helpers took go to {cause}."),
        ("The favourite of the visitors was {favourite}.",
         "Visitors liked {favourite} best of all; it was the favourite."),
        ("The main problem was {trouble}.", "There was one main problem: {trouble}."),
        ("Next year, {person} will {plan}.", "{person} will {plan} next year."),
        ("The next {event} is planned for {next}.", "Planned for {next} is the next {event}."),
    ),
    details=(
        "The mayor said a few words and had to leave early.",
        "The weather held until the evening.",
        "{other} lent a tent and helped to put it up.",
        "A scarf and {few} single gloves were left behind.",
        "The music began a little late.",
        "Somebody counted {some} different cakes.",
        "The posters were drawn by a pupil of the school.",
        "Cleaning up took until noon of the next day.",
    ),
    summary=(
        ("The {event} had {visitors} visitors, {trend} than the {last} of last year, and took {income} euros, which "
         "go to {cause}.",
         "{visitors} visitors came to the {event}, {trend} than the {last} of last year; the {income} euros taken go "
         "to {cause}."),
        ("The favourite was {favourite}; the main problem was {trouble}, so {person} will {plan} next year.",),
        ("The next {event} is planned for {next}.",),
    ),
)  # fmt: skip
