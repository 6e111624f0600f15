"""Reports on things that are run: systems, sites, projects, parcels."""

import random
from typing import Final

from datasets.material.reports import Kind, Values, clock


def _outage(_: Values, rng: random.Random) -> Values:
    start, minutes = rng.randint(6 * 60, 20 * 60), rng.randint(17, 175)
    lost = rng.randint(3, 29)
    loss = rng.choice(("No data was lost.", f"{lost} entries were lost and were typed in again by hand."))
    return {
        "start": clock(start), "end": clock(start + minutes), "minutes": minutes,
        "users": 10 * rng.randint(4, 90), "loss": loss,
    }  # fmt: skip


def _status(_: Values, rng: random.Random) -> Values:
    total = 10 * rng.randint(12, 90)
    return {
        "done": rng.randint(35, 90), "days": rng.randint(3, 24), "total": total,
        "spent": rng.randint(total // 3, total - 5), "week": rng.randint(2, 50),
    }  # fmt: skip


def _inspection(_: Values, rng: random.Random) -> Values:
    checked = rng.randint(22, 60)
    defects = rng.randint(2, 9)
    passed = rng.random() < 0.5  # noqa: PLR2004 - half of them
    verdict = "passed" if passed else "failed"
    stays = "stays open" if passed else "stays closed until the repair"
    return {"checked": checked, "defects": defects, "verdict": verdict, "stays": stays}


def _delivery(_: Values, rng: random.Random) -> Values:
    parcels = 20 * rng.randint(20, 140)
    late = rng.randint(12, 95)
    damaged = rng.randint(2, 11)
    return {"parcels": f"{parcels:,}", "late": late, "damaged": damaged, "refund": 5 * rng.randint(20, 120)}


OUTAGE: Final = Kind(
    name="incident log",
    slots={
        "service": ("booking system", "ticket shop", "payroll portal", "sensor archive", "member database",
                    "map server", "mail gateway", "invoice service", "time clock", "parking app"),
        "cause/remedy/follow": (
            ("an expired certificate", "renewed the certificate", "set up a warning before certificates expire"),
            ("a full disk", "moved old files to another disk", "watch the space on every disk"),
            ("a faulty network switch", "replaced the switch", "keep a spare switch in the server room"),
            ("a mistyped firewall rule", "corrected the rule", "have a second person read firewall rules"),
            ("a failed software update", "returned to the previous version", "try updates on a test machine first"),
            ("a broken cooling fan", "changed the fan", "check all fans twice a year"),
            ("a power cut in the cellar", "switched to the second power line", "test the emergency battery"),
        ),
        "task": ("log in", "open their documents", "save their work", "see their appointments", "place an order"),
    },
    derived=_outage,
    facts=(
        ("On {day} at {start} the {service} went down.", "The {service} went down on {day} at {start}."),
        ("{users} users were affected and could not {task}.", "Affected were {users} users, who could not {task}."),
        ("{person} found the cause: {cause}.", "The cause was {cause}, as {person} found out."),
        ("{person} {remedy}, and at {end} the {service} was back, after {minutes} minutes.",
         "At {end}, after {minutes} minutes, the {service} was back: {person} {remedy}."),
        ("{loss}",),
        ("The team will {follow} by {deadline}.", "By {deadline} the team will {follow}."),
    ),
    details=(
        "The status page was updated {few} times.",
        "A restart in between changed nothing.",
        "The phone line took {some} calls, most of them friendly.",
        "{other} kept the shift book and told the neighbouring offices.",
        "The monitoring had shown nothing unusual in the night before.",
        "The supplier was told and did not have to come.",
        "Somebody suggested a larger meeting room for such cases.",
        "The coffee machine on the second floor was out of order as well, which is another story.",
    ),
    summary=(
        ("The {service} was down for {minutes} minutes on {day}, from {start} to {end}; {users} users were affected.",
         "On {day} the {service} went down at {start} and was back at {end}, after {minutes} minutes; {users} users "
         "were affected."),
        ("The cause was {cause}; {person} {remedy}.",),
        ("{loss}",),
        ("The team will {follow} by {deadline}.",),
    ),
)  # fmt: skip

STATUS: Final = Kind(
    name="status report",
    slots={
        "project": ("footbridge", "archive move", "school kitchen", "ticket machine", "flood wall", "reading room",
                    "tram stop", "town website", "weather station", "bus garage", "sports hall"),
        "stage": ("the planning", "the first of three stages", "the second of three stages", "the choice of a supplier",
                  "the tests with users", "the safety check"),
        "reason": ("a late delivery of steel", "two weeks of rain", "a missing permit", "illness in the team",
                   "a change of supplier", "an error in the drawings"),
        "step": ("order what is missing", "train the staff", "hire a second crew", "sign the last contract",
                 "invite the neighbours", "test the alarm"),
        "risk": ("rising prices", "the frost", "a strike of the drivers", "the short summer break", "high water"),
    },
    derived=_status,
    facts=(
        ("This is the report on the {project} for week {week}, written by {person}.",
         "{person} reports on the {project} for week {week}."),
        ("{done} percent of the work is done, and {stage} is finished.",
         "With {stage} finished, {done} percent of the work is done."),
        ("The {project} is {days} days behind plan because of {reason}.",
         "Because of {reason} the {project} is {days} days behind plan."),
        ("Of the budget of {total} thousand euros, {spent} thousand are spent.",
         "{spent} thousand of the budget of {total} thousand euros are spent."),
        ("The largest risk is {risk}.", "What worries the team most is the risk of {risk}."),
        ("The next step is to {step} by {deadline}.", "By {deadline} the team will {step}; that is the next step."),
    ),
    details=(
        "{other} visited on {day} and took photos for the newsletter.",
        "The site office has a new kettle.",
        "The report was due a day earlier, for which the team is sorry.",
        "{few} guests from a partner town were shown around.",
        "The team has met {few} times since the last report.",
        "Questions should be sent to the usual address.",
        "A bird has built its nest on the crane, and everybody is careful.",
        "The appendix with {some} pages of drawings has not changed.",
    ),
    summary=(
        ("The {project} is {done} percent done, with {stage} finished, and {days} days behind plan because of "
         "{reason}.",
         "{done} percent of the work on the {project} is done and {stage} is finished; it is {days} days behind plan "
         "because of {reason}."),
        ("Of the budget of {total} thousand euros, {spent} thousand are spent.",),
        ("The largest risk is {risk}.",),
        ("The next step is to {step} by {deadline}.",),
    ),
)  # fmt: skip

INSPECTION: Final = Kind(
    name="inspection report",
    slots={
        "site": ("indoor pool", "playground", "cable car", "climbing hall", "bakery kitchen", "school laboratory",
                 "ferry", "theatre stage", "petrol station", "cold store", "youth hostel"),
        "defect/repair": (
            ("a blocked emergency exit", "clear the exit"), ("a worn steel rope", "replace the rope"),
            ("a leaking pipe", "seal the pipe"), ("loose screws on a railing", "tighten the screws"),
            ("a fire extinguisher without pressure", "refill the extinguisher"),
            ("a cracked step", "rebuild the step"), ("an unlabelled switch", "label the switch"),
            ("a refrigerator that is too warm", "repair the refrigerator"),
        ),
        "praise": ("the clean floors", "the well-kept log book", "the trained staff", "the clear signs",
                   "the new lighting", "the tidy store room"),
    },
    derived=_inspection,
    facts=(
        ("{person} inspected the {site} on {day}.", "On {day} {person} inspected the {site}."),
        ("{checked} points were checked and {defects} defects were found.",
         "The inspection checked {checked} points and found {defects} defects."),
        ("The most serious defect is {defect}.", "{defect} is the most serious defect."),
        ("The {site} {verdict} the inspection and {stays}.",
         "With that the {site} {verdict} the inspection; it {stays}."),
        ("The owner must {repair} by {deadline}.", "By {deadline} the owner must {repair}."),
        ("The report praises {praise}.", "Praise goes to {praise}."),
    ),
    details=(
        "The visit began with a short tour.",
        "{other} was there for the owner and answered questions.",
        "Photographs are kept for {few} years.",
        "An umbrella was left behind and fetched an hour later.",
        "The weather was dry and mild.",
        "A form was signed by both sides.",
        "Some of the wording of the form is out of date, which is known.",
        "The previous report had been lost in the post and was sent again.",
    ),
    summary=(
        ("The {site} {verdict} the inspection by {person} and {stays}.",),
        ("Of {checked} points checked, {defects} were defects; the most serious defect is {defect}, and the owner must "
         "{repair} by {deadline}.",
         "{checked} points were checked and {defects} defects found, the most serious {defect}; the owner must "
         "{repair} by {deadline}."),
        ("The report praises {praise}.",),
    ),
)  # fmt: skip

DELIVERY: Final = Kind(
    name="delivery report",
    slots={
        "depot": ("harbour", "north", "airport", "riverside", "hill", "station", "forest", "canal"),
        "reason": ("a closed motorway", "a broken sorting belt", "black ice", "a shortage of drivers", "a flooded road",
                   "a software error in the route planner", "a strike at the customs office"),
        "fault/measure": (
            ("boxes that were stacked too high", "limit the stacks to four boxes"),
            ("a leak in the roof of the hall", "repair the roof"),
            ("careless loading", "train the loading crew"),
            ("worn straps in the vans", "buy new straps"),
            ("thin cardboard", "pack fragile goods twice"),
        ),
    },
    derived=_delivery,
    facts=(
        ("In the week that ended on {deadline}, the {depot} depot delivered {parcels} parcels.",
         "The {depot} depot delivered {parcels} parcels in the week that ended on {deadline}."),
        ("{late} parcels were late, most of them because of {reason}.",
         "Because of {reason}, {late} parcels were late."),
        ("{damaged} parcels were damaged, and the cause was {fault}.",
         "The cause of {damaged} damaged parcels was {fault}."),
        ("Customers were paid {refund} euros in refunds.", "The depot paid customers {refund} euros in refunds."),
        ("{person}, who runs the depot, will {measure}.", "The depot will {measure}; {person} sees to it."),
    ),
    details=(
        "One parcel was addressed to a ship that had left.",
        "The vans were washed on {day}.",
        "{other} drove for the first time and was back on time.",
        "The new jackets have arrived and are warm.",
        "A dog followed one of the vans for {few} streets and went home by itself.",
        "The hall was repainted in light grey.",
        "{some} parcels came back because nobody was at home, which is as usual.",
        "The radio in the break room works again.",
    ),
    summary=(
        ("The {depot} depot delivered {parcels} parcels in the week that ended on {deadline}; {late} were late because "
         "of {reason}.",
         "In the week that ended on {deadline}, the {depot} depot delivered {parcels} parcels, of which {late} were "
         "late because of {reason}."),
        ("{damaged} parcels were damaged; the cause was {fault}, and {person} will {measure}.",),
        ("Refunds came to {refund} euros.",),
    ),
)  # fmt: skip
