"""What somebody fills in about how they want to be scheduled: understood field by field, and written the same way."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from enum import StrEnum
from string import Formatter
from typing import TypeVar
from urllib.parse import urlsplit

from bot.core.calendars import Calendar
from bot.core.errors import InvalidInput
from bot.core.preferences import LONGEST_TEMPLATE, AllDay, Choices, Counts, Preferences
from bot.core.reasons import WhoseHours
from bot.core.rules import Away, Caps, DaySpan, Lunch, Override, Rules, WorkingHours
from bot.people.preferences import Wanted
from bot.web import forms
from bot.web.forms import Form, Mistake

MOST_DATES, MOST_JOURNEYS = 100, 30
UNITS = {"minutes": 1, "hours": 60, "days": 24 * 60}
STEPS = (5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 240)
CAPS = {
    "meetings-day": ("meetings_a_day", 100, "a day"),
    "minutes-day": ("minutes_a_day", 24 * 60, "a day"),
    "meetings-week": ("meetings_a_week", 500, "a week"),
    "minutes-week": ("minutes_a_week", 7 * 24 * 60, "a week"),
}
"""Each limit by the name of its field: what it is in the rules, and the most that it may be."""
TITLE_PLACES = frozenset({"asker", "people", "title"})

Choice = TypeVar("Choice", bound=StrEnum)


class _Reading:
    """Reads fields, and gathers what is wrong with them."""

    def __init__(self, form: Form) -> None:
        self.form = form
        self.mistakes: list[Mistake] = []

    def wrong(self, field: str, words: str) -> None:
        self.mistakes.append(Mistake(field, words))

    def hours(self) -> WorkingHours | None:
        found = forms.hours(self.form, crosses=True)
        if isinstance(found, WorkingHours):
            return found
        self.mistakes += found
        return None

    def number(self, field: str, most: int, words: str, least: int = 0) -> int | None:
        """A whole number; None where nothing was filled in, or something that is none."""
        typed = self.form.one(field).strip()
        if not typed:
            return None
        if typed.isascii() and typed.isdecimal() and len(typed) <= 6 and least <= int(typed) <= most:
            return int(typed)
        self.wrong(field, f"{words} {least} to {most}.")
        return None

    def choice(self, field: str, kind: type[Choice], otherwise: Choice) -> Choice:
        """One of those offered; what is not among them no page of ours has sent."""
        return kind(self.form.one(field)) if self.form.one(field) in set(kind) else otherwise

    def span(self, name: str, words: str) -> DaySpan | None:
        """A stretch of a day from `name-from` to `name-to`; None where both are empty, or where it is none."""
        start, end = self.form.one(f"{name}-from"), self.form.one(f"{name}-to")
        if not start and not end:
            return None
        try:
            return DaySpan(forms.clock(start), forms.clock(end))
        except (InvalidInput, ValueError):
            self.wrong(f"{name}-from", words)
            return None

    def rows(self, *names: str, most: int) -> list[tuple[int, tuple[str, ...]]]:
        """The rows of a list that are not wholly empty, each with its number on the page."""
        columns = [self.form.every(name) for name in names]
        found = [(number, row) for number, row in enumerate(zip(*columns, strict=False)) if any(map(str.strip, row))]
        if len(found) > most:
            self.wrong(f"{names[0]}-{most}", f"There are more than {most}. Take some of them out.")
        return found[:most]


def wanted(form: Form, calendars: Sequence[Calendar], today: date) -> Wanted | list[Mistake]:
    """All that was filled in, or everything that is wrong with it, in the order of the page."""
    reading = _Reading(form)
    hours = reading.hours()
    overrides = _overrides(reading, today)
    away = _away(reading)
    buffers = {
        name: reading.number(name, 240, "A buffer is a number of minutes from") or 0 for name in ("before", "after")
    }
    notice = _notice(reading)
    lunch = _lunch(reading)
    caps = {of: reading.number(name, most, f"A limit {per} is a number from") for name, (of, most, per) in CAPS.items()}
    outside = _outside(reading)
    title, link = _title(reading), _link(reading)
    quiet = reading.span("quiet", "Fill in both times: quiet hours end after they start.")
    if quiet is not None and quiet.start == quiet.end:
        reading.wrong("quiet-from", "Quiet hours must end: else you would be told of nothing until it is too late.")
    step = reading.number("step", 240, "Minutes between two starts are", least=5)
    if reading.mistakes or hours is None:
        return reading.mistakes
    rules = replace(
        Rules.of(hours),
        overrides=overrides,
        away=away,
        before=timedelta(minutes=buffers["before"]),
        after=timedelta(minutes=buffers["after"]),
        notice=notice,
        caps=Caps(**caps),
        week_start=int(form.one("week-start") or 0) if form.one("week-start") in set("0123456") else 0,
        lunch=lunch,
        outside=outside,
    )
    preferences = Preferences(
        rules=rules,
        choices=Choices(
            unanswered=reading.choice("unanswered", Counts, Counts.SOFT),
            tentative=reading.choice("tentative", Counts, Counts.SOFT),
            elsewhere=reading.choice("elsewhere", Counts, Counts.FREE),
        ),
        step=timedelta(minutes=step if step in STEPS else 15),
        whose_hours=reading.choice("whose", WhoseHours, WhoseHours.OVERLAP),
        title=title,
        link=link,
        quiet=quiet,
    )
    all_day = {one.id: reading.choice(f"all-day-{one.id}", AllDay, one.all_day) for one in calendars}
    return Wanted(preferences=preferences, all_day=all_day)


def filled(chosen: Wanted, today: date) -> Form:
    """The fields as they are before anybody changed them; what is past is not asked about any more."""
    rules, wishes = chosen.preferences.rules, chosen.preferences
    fields: dict[str, list[str]] = {"zone": [rules.zone], **_days(rules)}
    fields |= _dates([one for one in rules.overrides if one.day >= today])
    journeys = [one for one in rules.away if one.last >= today]
    fields["away-first"] = [one.first.isoformat() for one in journeys]
    fields["away-last"] = [one.last.isoformat() for one in journeys]
    fields["away-zone"] = [one.zone for one in journeys]
    count, unit = _in_units(_minutes(rules.notice))
    single = {
        "before": _shown(_minutes(rules.before)),
        "after": _shown(_minutes(rules.after)),
        "notice": _shown(count),
        "notice-unit": unit,
        **{name: "" if (most := getattr(rules.caps, of)) is None else str(most) for name, (of, _, _) in CAPS.items()},
        "week-start": str(rules.week_start),
        "lunch-minutes": "" if rules.lunch is None else str(rules.lunch.minutes),
        "unanswered": wishes.choices.unanswered,
        "tentative": wishes.choices.tentative,
        "elsewhere": wishes.choices.elsewhere,
        "whose": wishes.whose_hours,
        "step": str(_minutes(wishes.step)),
        "outside": "any" if rules.outside is None else "some" if rules.outside else "never",
        "outside-hours": "" if not rules.outside else str(-(-_minutes(rules.outside) // 60)),
        "title": wishes.title,
        "link": wishes.link,
        **_span("lunch", None if rules.lunch is None else rules.lunch.span),
        **_span("quiet", wishes.quiet),
        **{f"all-day-{calendar}": choice.value for calendar, choice in chosen.all_day.items()},
    }
    return Form({**fields, **{name: [value] for name, value in single.items()}})


def _overrides(reading: _Reading, today: date) -> tuple[Override, ...]:
    """Several rows of one date are several stretches of it."""
    found: dict[date, list[DaySpan]] = {}
    for number, (day, start, end) in reading.rows("date", "date-from", "date-to", most=MOST_DATES):
        on = _date(day)
        if on is None or abs(on - today) > timedelta(days=3660):
            reading.wrong(f"date-{number}", "Which date is it? Fill it in, or take the row out.")
            continue
        spans = found.setdefault(on, [])
        try:
            if start or end:
                spans.append(DaySpan(forms.clock(start), forms.clock(end)))
                forms.apart(spans)
        except forms.Overlapping:
            reading.wrong(f"date-{number}", f"The hours of {_said(on)} overlap: one must end before the next starts.")
        except (InvalidInput, ValueError):
            words = "Fill in both times, the end after the start; or neither, for a day off."
            reading.wrong(f"date-{number}", words)
    return tuple(Override(day, forms.apart(spans)) for day, spans in sorted(found.items()) if not reading.mistakes)


def _away(reading: _Reading) -> tuple[Away, ...]:
    found: list[Away] = []
    for number, (first, last, zone) in reading.rows("away-first", "away-last", "away-zone", most=MOST_JOURNEYS):
        begins, ends, there = _date(first), _date(last), forms.zone_called(zone)
        if begins is None or ends is None or ends < begins:
            reading.wrong(
                f"away-first-{number}", "A journey has a first and a last day, which is not before the first."
            )
        elif there is None:
            words = "That is no time zone. Pick one from the list, for example Asia/Tokyo."
            reading.wrong(f"away-zone-{number}", words)
        elif any(begins <= one.last and one.first <= ends for one in found):
            reading.wrong(f"away-first-{number}", "Two journeys overlap: one must end before the next starts.")
        else:
            found.append(Away(begins, ends, there))
    return tuple(sorted(found, key=lambda one: one.first))


def _notice(reading: _Reading) -> timedelta:
    unit = UNITS.get(reading.form.one("notice-unit"), 1)
    count = reading.number("notice", 60 * 24 * 60 // unit, "Notice is a number from")
    return timedelta(minutes=(count or 0) * unit)


def _lunch(reading: _Reading) -> Lunch | None:
    minutes = reading.number("lunch-minutes", 240, "Lunch takes minutes from", least=5)
    span = reading.span("lunch", "Fill in both times: between which lunch may lie.")
    if minutes is None or span is None:
        is_half = bool(reading.form.one("lunch-minutes").strip()) is not any(
            map(reading.form.one, ("lunch-from", "lunch-to"))
        )
        if is_half and not any(one.field.startswith("lunch") for one in reading.mistakes):
            reading.wrong("lunch-minutes", "Lunch needs all three: how long, and between which times. Or none of them.")
        return None
    if minutes > _length(span):
        reading.wrong("lunch-minutes", "Lunch is longer than the time in which it may lie.")
        return None
    return Lunch(span, minutes)


def _outside(reading: _Reading) -> timedelta | None:
    match reading.form.one("outside"):
        case "never":
            return timedelta(0)
        case "some":
            hours = reading.number("outside-hours", 12, "So many hours outside yours are", least=1)
            if hours is None and not any(one.field == "outside-hours" for one in reading.mistakes):
                reading.wrong("outside-hours", "How many hours? Fill in a number from 1 to 12.")
            return timedelta(hours=hours or 0)
    return None


def _title(reading: _Reading) -> str:
    typed = " ".join(reading.form.one("title").split())
    if len(typed) > LONGEST_TEMPLATE or not typed.isprintable():
        reading.wrong("title", f"A title has at most {LONGEST_TEMPLATE} characters, on one line.")
    elif not _places(typed, TITLE_PLACES):
        reading.wrong("title", "Only {asker}, {people} and {title} may stand in braces.")
    return typed


def _link(reading: _Reading) -> str:
    typed = reading.form.one("link").strip()
    if not typed:
        return ""
    if len(typed) > LONGEST_TEMPLATE or not typed.isprintable() or " " in typed or not _is_web(typed):
        reading.wrong("link", "That is no address of a meeting room. It starts with https://.")
    elif not _places(typed, frozenset({"id"})):
        reading.wrong("link", "Only {id} may stand in braces: it becomes a word of each meeting’s own.")
    return typed


def _is_web(typed: str) -> bool:
    try:
        parts = urlsplit(typed)
    except ValueError:
        return False
    return parts.scheme == "https" and bool(parts.hostname) and "@" not in parts.netloc and "{" not in parts.netloc


def _places(typed: str, allowed: frozenset[str]) -> bool:
    """Whether nothing else than these stands in braces."""
    try:
        named = [(name, rest, how) for _, name, rest, how in Formatter().parse(typed) if name is not None]
    except ValueError:
        return False
    return all(name in allowed and not rest and how is None for name, rest, how in named)


def _date(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed.strip())
    except ValueError:
        return None


def _said(day: date) -> str:
    return f"{day.day} {day:%B}"


def _days(rules: Rules) -> dict[str, list[str]]:
    fields: dict[str, list[str]] = {}
    for number, spans in enumerate(rules.days or ()):
        if spans:
            fields[f"on-{number}"] = ["1"]
        fields[f"from-{number}"] = [f"{one.start:%H:%M}" for one in spans] or ["09:00"]
        fields[f"to-{number}"] = [f"{one.end:%H:%M}" for one in spans] or ["17:00"]
    return fields


def _dates(overrides: Sequence[Override]) -> dict[str, list[str]]:
    rows = [
        (one.day.isoformat(), start, end)
        for one in overrides
        for start, end in [(f"{span.start:%H:%M}", f"{span.end:%H:%M}") for span in one.spans] or [("", "")]
    ]
    return {name: [row[at] for row in rows] for at, name in enumerate(("date", "date-from", "date-to"))}


def _span(name: str, span: DaySpan | None) -> Mapping[str, str]:
    start, end = ("", "") if span is None else (f"{span.start:%H:%M}", f"{span.end:%H:%M}")
    return {f"{name}-from": start, f"{name}-to": end}


def _length(span: DaySpan) -> int:
    start, end = (one.hour * 60 + one.minute for one in (span.start, span.end))
    return end - start if start < end else end - start + 24 * 60


def _minutes(lasting: timedelta) -> int:
    return round(lasting.total_seconds() / 60)


def _shown(minutes: int) -> str:
    return str(minutes) if minutes else ""


def _in_units(minutes: int) -> tuple[int, str]:
    """The same in the largest unit in which it is a whole number."""
    unit = next(name for name in reversed(UNITS) if minutes % UNITS[name] == 0) if minutes else "hours"
    return minutes // UNITS[unit], unit
