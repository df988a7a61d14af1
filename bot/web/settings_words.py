"""What somebody chose, group by group, each in one short line: what stands on a fold that is closed."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from bot.core.calendars import Calendar
from bot.core.preferences import AllDay, Counts, Preferences
from bot.core.reasons import WhoseHours
from bot.core.rules import Caps, DaySpan, Rules
from bot.people.preferences import Wanted
from bot.web.forms import DAYS
from bot.web.settings_week import place

GROUPS = {
    "around": ("before", "after", "notice"),
    "lunch": ("lunch",),
    "dates": ("date",),
    "journeys": ("away",),
    "limits": ("meetings", "minutes", "week-start"),
    "busy": ("unanswered", "tentative", "elsewhere", "all-day"),
    "outside": ("outside",),
    "asking": ("whose", "step"),
    "carries": ("title", "link"),
    "quiet": ("quiet",),
}
"""How the names of each group's fields begin."""
COUNTS = {Counts.FREE: "free", Counts.SOFT: "perhaps busy", Counts.HARD: "busy"}
WHOSE = {
    WhoseHours.OVERLAP: "inside everybody’s hours",
    WhoseHours.ORGANISER: "inside my own hours",
    WhoseHours.ANY: "at any hour",
}
DAYS_SHOWN = 3


def told(wanted: Wanted, calendars: Sequence[Calendar]) -> Mapping[str, str]:
    """A line for each group."""
    wishes = wanted.preferences
    rules = wishes.rules
    return {
        "around": _around(rules),
        "lunch": "None kept free"
        if rules.lunch is None
        else f"{lasting(timedelta(minutes=rules.lunch.minutes))} between {span(rules.lunch.span, ' and ')}",
        "dates": _few([f"{one.day.day} {one.day:%b} {_spans(one.spans)}" for one in rules.overrides]) or "None",
        "journeys": _few([f"{place(one.zone)} from {one.first.day} {one.first:%b}" for one in rules.away]) or "None",
        "limits": _limits(rules.caps, rules.week_start),
        "busy": _busy(wanted, calendars),
        "outside": _outside(rules.outside),
        "asking": f"{WHOSE[wishes.whose_hours].capitalize()}, every {lasting(wishes.step)}",
        "carries": _carries(wishes),
        "quiet": "None" if wishes.quiet is None else span(wishes.quiet),
    }


def group_of(field: str) -> str | None:
    """In which group a field stands; None for one that is always in sight."""
    return next((group for group, names in GROUPS.items() if field.startswith(names)), None)


def span(one: DaySpan, between: str = "–") -> str:
    return f"{one.start:%H:%M}{between}{one.end:%H:%M}"


def lasting(length: timedelta) -> str:
    """15 minutes, 2 hours, 1 day; with a rest in minutes."""
    minutes = round(length.total_seconds() / 60)
    for size, name in ((24 * 60, "day"), (60, "hour")):
        if minutes >= size and minutes % size == 0:
            return f"{minutes // size} {name}{'' if minutes == size else 's'}"
    return f"{minutes} minute{'' if minutes == 1 else 's'}"


def _around(rules: Rules) -> str:
    parts = [f"{lasting(one)} {when}" for one, when in ((rules.before, "before"), (rules.after, "after")) if one]
    if rules.notice:
        parts.append(f"{lasting(rules.notice)} notice")
    return ", ".join(parts).capitalize() or "None"


def _limits(caps: Caps, week_start: int) -> str:
    parts = [
        *(
            f"{most} meeting{'' if most == 1 else 's'} {per}"
            for most, per in _per(caps.meetings_a_day, caps.meetings_a_week)
        ),
        *(f"{lasting(timedelta(minutes=most))} {per}" for most, per in _per(caps.minutes_a_day, caps.minutes_a_week)),
    ]
    starts = f"weeks start on {DAYS[week_start]}" if week_start else ""
    return ("At most " + ", ".join(parts) if parts else "None") + (f"; {starts}" if starts else "")


def _per(a_day: int | None, a_week: int | None) -> list[tuple[int, str]]:
    return [(most, per) for most, per in ((a_day, "a day"), (a_week, "a week")) if most is not None]


def _busy(wanted: Wanted, calendars: Sequence[Calendar]) -> str:
    choices = wanted.preferences.choices
    parts = [
        f"Unanswered: {COUNTS[choices.unanswered]}",
        f"tentative: {COUNTS[choices.tentative]}",
        f"working elsewhere: {COUNTS[choices.elsewhere]}",
    ]
    never = [one.name for one in calendars if wanted.all_day.get(one.id) is AllDay.NEVER]
    always = [one.name for one in calendars if wanted.all_day.get(one.id) is AllDay.ALWAYS]
    parts += [f"no whole days of {_few(never)}"] if never else []
    parts += [f"all whole days of {_few(always)}"] if always else []
    return ", ".join(parts)


def _outside(most: timedelta | None) -> str:
    if most is None:
        return "Whatever it takes"
    return f"Up to {lasting(most)}" if most else "Never"


def _carries(wishes: Preferences) -> str:
    parts = [f"“{wishes.title[:40]}”" if wishes.title else "", "your own link" if wishes.link else ""]
    return ", ".join(filter(None, parts)).capitalize() or "As your workspace does it"


def _spans(spans: Sequence[DaySpan]) -> str:
    return ", ".join(map(span, spans)) or "off"


def _few(several: Sequence[str]) -> str:
    more = len(several) - DAYS_SHOWN
    return ", ".join(several[:DAYS_SHOWN]) + (f" and {more} more" if more > 0 else "")
