"""The weeks of the people of the demo: what stands in whose calendar, told from today.

Next week always leaves room: Ana and Alex share the last two hours of her day, Ana and Kim her morning. The regular
life of each is the same every day it is looked at; what fills the gaps of other weeks varies with the day and the seed.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.playground.people import Resident
from bot.playground.sheet import Entry, Sheet

Day = Callable[..., date]
"""As `Weeks.day`."""
WORKDAYS = "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"
WEEKLY = "FREQ=WEEKLY"
FORTNIGHTLY = "FREQ=WEEKLY;INTERVAL=2"
WEEKS_BEFORE, WEEKS_AFTER = 2, 5
FILLERS = ("Budget check", "Design review", "Roadmap", "Customer call", "Interview", "Retrospective", "Hand-over")
HOURS = ("10:00-11:00", "11:00-11:30", "13:00-14:30", "14:00-14:45", "15:30-16:30")


@dataclass(frozen=True, slots=True)
class Weeks:
    """Days by name: `weeks.day("Tue")` is next week's, `weeks.day("Tue", 1)` a week later."""

    today: date

    def day(self, name: str, later: int = 0) -> date:
        number = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun").index(name)
        return self.today + timedelta(days=7 * (later + 1) + number - self.today.weekday())


def sheets(who: Resident, today: date, seed: int) -> tuple[Sheet, Sheet]:
    """Their work and their personal calendar."""
    weeks = Weeks(today)
    work, personal = LIVES[who.handle](weeks)
    filled = (*work, *_over_the_change(who, weeks), *_fillers(who, weeks, seed))
    return (
        Sheet(name="Work", owner=who.email, zone=who.zone, entries=filled),
        Sheet(name="Personal", owner=who.email, zone=who.zone, entries=tuple(personal)),
    )


def elsewhere(who: Resident, today: date) -> tuple[Entry, ...]:
    """What stands in the calendar that they have at Google or Microsoft, if they have one."""
    return ELSEWHERE[who.handle](Weeks(today).day) if who.handle in ELSEWHERE else ()


def _ana_at_google(day: Day) -> tuple[Entry, ...]:
    return (
        Entry(slug="landlord", title="Call the landlord", day=day("Tue"), at="15:00-15:30"),
        Entry(slug="pottery", title="Pottery class", day=day("Wed", -2), at="19:00-21:00", rule=WEEKLY),
        Entry(slug="parents", title="Parents’ evening", day=day("Mon"), at="17:30-19:00", status="TENTATIVE"),
        Entry(slug="oma", title="Visiting Oma", day=day("Sat"), days=2),
        Entry(slug="bins", title="Paper bins", day=day("Thu"), is_transparent=True),
    )


def _alex_at_microsoft(day: Day) -> tuple[Entry, ...]:
    return (
        Entry(slug="tax", title="Tax adviser", day=day("Wed"), at="10:00-10:30"),
        Entry(slug="mentoring", title="Mentoring", day=day("Fri", -2), at="13:00-14:00", rule=WEEKLY),
        Entry(slug="concert", title="Concert, perhaps", day=day("Thu"), at="19:30-22:00", status="TENTATIVE"),
        Entry(slug="parcel", title="Parcel day", day=day("Mon"), is_transparent=True),
    )


ELSEWHERE = {"ana": _ana_at_google, "alex": _alex_at_microsoft}


def _ana(weeks: Weeks) -> tuple[list[Entry], list[Entry]]:
    day = weeks.day
    work = [
        Entry(
            slug="standup", title="Team stand-up", day=day("Mon", -3), at="09:30-09:45", rule=WORKDAYS,
            skipped=(day("Wed"),),
            moved={day("Thu"): (day("Thu"), "11:00-11:15"), day("Tue", 1): (day("Wed", 1), "09:00-09:15")},
        ),
        Entry(slug="priya", title="Priya 1:1", day=day("Mon", -2), at="13:30-14:00", rule=FORTNIGHTLY),
        Entry(slug="hiring", title="Hiring panel", day=day("Tue"), at="13:00-14:00", place="Room Spree"),
        Entry(slug="pitch", title="Vendor pitch", day=day("Tue"), at="15:30-16:30", invited="DECLINED"),
        Entry(slug="numbers", title="Quarterly numbers", day=day("Wed"), at="11:00-12:00", status="TENTATIVE"),
        Entry(slug="freeze", title="Release freeze", day=day("Wed"), at="15:30-17:00", is_transparent=True),
        Entry(slug="offsite", title="Planning offsite", day=day("Mon"), at="10:00-12:00", status="CANCELLED"),
        Entry(slug="talks", title="Partner talks", day=day("Thu"), at="13:00-14:00", invited="ACCEPTED"),
        Entry(slug="office", title="In the Berlin office", day=day("Mon"), days=3, is_transparent=True),
        Entry(slug="holiday", title="Long weekend", day=day("Fri", 2), days=3),
    ]  # fmt: skip
    personal = [
        Entry(slug="dentist", title="Dentist", day=day("Tue"), at="09:00-09:45"),
        Entry(slug="school", title="School pick-up", day=day("Fri", -2), at="15:00-15:45", rule=WEEKLY),
        Entry(slug="yoga", title="Yoga", day=day("Thu", -2), at="18:00-19:00", rule=WEEKLY),
        Entry(slug="birthday", title="Mum's birthday", day=day("Thu"), rule="FREQ=YEARLY", is_transparent=True),
    ]
    return work, personal


def _alex(weeks: Weeks) -> tuple[list[Entry], list[Entry]]:
    day = weeks.day
    work = [
        Entry(
            slug="standup", title="Platform stand-up", day=day("Mon", -3), at="10:30-10:45", rule=WORKDAYS,
            skipped=(day("Tue"),), moved={day("Wed"): (day("Wed"), "11:30-11:45")},
        ),
        Entry(slug="sprint", title="Sprint planning", day=day("Mon", -2), at="09:00-10:00", rule=FORTNIGHTLY),
        Entry(slug="review", title="Architecture review", day=day("Tue"), at="13:00-14:30"),
        Entry(slug="demo", title="Vendor demo", day=day("Wed"), at="09:00-11:00", invited="DECLINED"),
        Entry(slug="call", title="Customer call", day=day("Thu"), at="09:00-09:30", status="TENTATIVE"),
        Entry(slug="home", title="Working from home", day=day("Tue"), days=2, is_transparent=True),
        Entry(slug="conference", title="PyData conference", day=day("Thu", 2), days=2),
    ]  # fmt: skip
    personal = [
        Entry(slug="gym", title="Gym", day=day("Mon", -2), at="07:00-08:00", rule="FREQ=WEEKLY;BYDAY=MO,WE"),
        Entry(slug="vet", title="Vet", day=day("Thu"), at="16:00-17:00"),
        Entry(slug="trip", title="Train to Boston", day=day("Fri", 1), at="14:00-18:00"),
    ]
    return work, personal


def _sam(weeks: Weeks) -> tuple[list[Entry], list[Entry]]:
    day = weeks.day
    work = [
        Entry(slug="kickoff", title="Week kick-off", day=day("Mon", -3), at="09:00-09:30", rule=WEEKLY,
              moved={day("Mon"): (day("Tue"), "09:00-09:30")}),
        Entry(slug="support", title="Support rota", day=day("Wed", -2), at="13:00-17:00", rule=FORTNIGHTLY,
              skipped=(day("Wed", 2),)),
        Entry(slug="board", title="Board paper", day=day("Thu"), at="10:00-12:00", status="TENTATIVE"),
        Entry(slug="training", title="Fire safety", day=day("Tue"), at="14:00-15:00", invited="DECLINED"),
        Entry(slug="desk", title="Hot desk 14", day=day("Thu"), is_transparent=True),
    ]  # fmt: skip
    personal = [
        Entry(slug="choir", title="Choir", day=day("Tue", -2), at="19:00-21:00", rule=WEEKLY),
        Entry(slug="leave", title="Leave", day=day("Fri", 1), days=4),
    ]
    return work, personal


def _kim(weeks: Weeks) -> tuple[list[Entry], list[Entry]]:
    day = weeks.day
    work = [
        Entry(slug="standup", title="Delivery stand-up", day=day("Mon", -3), at="10:30-10:45", rule=WORKDAYS,
              skipped=(day("Fri"),), moved={day("Tue"): (day("Tue"), "13:30-13:45")}),
        Entry(slug="client", title="Client sync", day=day("Tue", -2), at="14:30-15:30", rule=WEEKLY),
        Entry(slug="audit", title="Audit", day=day("Wed"), at="15:00-16:00", status="TENTATIVE"),
        Entry(slug="webinar", title="Webinar", day=day("Thu"), at="14:00-16:00", invited="DECLINED"),
        Entry(slug="town", title="Town hall stream", day=day("Thu"), at="16:00-17:00", is_transparent=True),
    ]  # fmt: skip
    personal = [
        Entry(slug="music", title="Music lesson", day=day("Wed", -2), at="18:30-19:30", rule=WEEKLY),
        Entry(slug="wedding", title="Wedding in Pune", day=day("Thu", 2), days=3),
    ]
    return work, personal


LIVES = {"ana": _ana, "alex": _alex, "sam": _sam, "kim": _kim}


def _over_the_change(who: Resident, weeks: Weeks) -> Iterator[Entry]:
    """A weekly series that goes on for two weeks after the clocks of that zone have changed next, if they ever do."""
    change = _next_change(weeks.today, who.zone)
    if change is not None:
        until = datetime.combine(change + timedelta(weeks=2), time(23), ZoneInfo(who.zone)).astimezone(ZoneInfo("UTC"))
        rule = f"{WEEKLY};UNTIL={until:%Y%m%dT%H%M%SZ}"
        yield Entry(slug="guild", title="Guild meeting", day=weeks.day("Wed", -1), at="12:00-13:00", rule=rule)


def _next_change(today: date, zone: str) -> date | None:
    """The first day on which the clocks there change."""

    def offset(day: date) -> timedelta | None:
        return datetime.combine(day, time(12), ZoneInfo(zone)).utcoffset()

    days = (today + timedelta(days=count) for count in range(1, 370))
    return next((day for day in days if offset(day) != offset(day - timedelta(days=1))), None)


def _fillers(who: Resident, weeks: Weeks, seed: int) -> Iterator[Entry]:
    """Single meetings in the weeks before and after, never in the next one."""
    dice = random.Random(f"{seed} {who.handle} {weeks.today}")
    for later in range(-WEEKS_BEFORE, WEEKS_AFTER):
        if later == 0:
            continue
        for name in dice.sample(("Mon", "Tue", "Wed", "Thu", "Fri"), 3):
            yield Entry(
                slug=f"single-{later}-{name.lower()}",
                title=dice.choice(FILLERS),
                day=weeks.day(name, later),
                at=dice.choice(HOURS),
            )
