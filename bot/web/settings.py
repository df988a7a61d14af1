"""The page on which somebody says how they want to be scheduled, with the week that results."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.core.calendars import Calendar
from bot.core.preferences import AllDay
from bot.core.zones import local
from bot.people.preferences import Mine, Preferring, Wanted
from bot.storage.links import Session
from bot.web import forms, settings_words
from bot.web.doors import Doors, form_key
from bot.web.forms import Form, Mistake
from bot.web.pages import typed_days
from bot.web.settings_form import STEPS, filled, wanted
from bot.web.settings_week import picture

HOME = "/connect/settings"
LISTS = {"date": ("date", "date-from", "date-to"), "away": ("away-first", "away-last", "away-zone")}
"""Each list of rows on the page, by the fields of a row."""


class Choosable(NamedTuple):
    """One calendar whose whole days are chosen."""

    id: str
    name: str
    days: dict[str, int]
    """On how many days each choice blocks."""
    chosen: str


@dataclass(frozen=True)
class SettingsPages:
    """Everything that somebody chooses about their own time, on one page."""

    doors: Doors
    preferring: Preferring

    def routes(self) -> Sequence[BaseRoute]:
        return (
            Route(HOME, self.doors.page(self.page)),
            Route(HOME, self.doors.posted(self.sent, back=HOME), methods=["POST"]),
        )

    def page(self, request: Request, session: Session) -> Response:
        """What holds now, and the week that it makes."""
        mine = self.preferring.mine(session)
        asked = request.query_params
        saved = "Saved. It counts from now on, also for what is on offer." if "saved" in asked else ""
        form = filled(mine.wanted, self._today(mine))
        return self._draw(request, session, mine, form, news=saved, week=asked.get("week", ""))

    def sent(self, request: Request, session: Session, form: Form) -> Response:
        """Saves what was filled in, or only shows the week that it would make; of mistakes nothing is lost."""
        mine, does = self.preferring.mine(session), form.one("do")
        week = form.one("shown")
        name, _, which = does.partition(":")
        if name in ("add", "drop"):
            changed = _with_row(form, which) if name == "add" else _without_row(form, which)
            group = settings_words.group_of(which)
            return self._draw(request, session, mine, changed, week=week, opened=frozenset({group} if group else ()))
        read = wanted(form, mine.calendars, self._today(mine))
        if not isinstance(read, Wanted):
            return self._draw(request, session, mine, form, read, week=week)
        if name == "week":
            week = which
        if name in ("week", "preview"):
            news = "" if name == "week" else "This is how it would be. Nothing is saved yet."
            return self._draw(request, session, mine, form, week=week, news=news, would=read)
        self.preferring.save(session, read)
        return self.doors.to(f"{HOME}?saved=yes&week={_day(week) or ''}#week")

    def _draw(
        self,
        request: Request,
        session: Session,
        mine: Mine,
        form: Form,
        mistakes: Sequence[Mistake] = (),
        *,
        week: str,
        news: str = "",
        would: Wanted | None = None,
        opened: frozenset[str] = frozenset(),
    ) -> Response:
        said, kept = would or mine.wanted, settings_words.told(mine.wanted, mine.calendars)
        lines = settings_words.told(said, mine.calendars)
        changed = {group for group in lines if lines[group] != kept[group]}
        wrong = {settings_words.group_of(one.field) for one in mistakes}
        return self.doors.pages.draw(
            "settings",
            status=422 if mistakes else 200,
            who=self.doors.who(mine.person),
            form=form,
            days=typed_days(form),
            zones=forms.zones(),
            rows={name: _rows(form, name) for name in LISTS},
            steps=STEPS,
            names=forms.DAYS,
            calendars=[_choosable(mine, one, form) for one in mine.calendars],
            lines=lines,
            opened=opened | changed | wrong,
            news=news,
            mistakes=mistakes,
            is_connected=mine.is_connected,
            picture=picture(self.preferring.week(session, said, _day(week))),
            key=form_key(request),
        )

    def _today(self, mine: Mine) -> date:
        return local(self.preferring.connecting.clock.now(), mine.wanted.preferences.rules.zone).date()


def _choosable(mine: Mine, calendar: Calendar, form: Form) -> Choosable:
    days, typed = mine.whole_days[calendar.id], form.one(f"all-day-{calendar.id}")
    chosen = typed if typed in set(AllDay) else calendar.all_day.value  # it may have been read only since
    return Choosable(calendar.id, calendar.name, {choice.value: days[choice] for choice in AllDay}, chosen)


def _rows(form: Form, name: str) -> list[tuple[str, ...]]:
    """The rows of a list as they were filled in, the last one empty for another."""
    rows = list(zip(*(form.every(field) for field in LISTS[name]), strict=False))
    return rows if rows and not any(rows[-1]) else [*rows, ("",) * len(LISTS[name])]


def _with_row(form: Form, which: str) -> Form:
    """One empty row more."""
    fields = LISTS.get(which, ())
    return Form({**form.fields, **{field: [*form.every(field), ""] for field in fields}})


def _without_row(form: Form, which: str) -> Form:
    """That row is taken out: `date-2` is the third of the dates."""
    name, _, number = which.partition("-")
    gone = int(number) if number.isdecimal() and len(number) < 5 else -1
    kept = {field: [value for at, value in enumerate(form.every(field)) if at != gone] for field in LISTS.get(name, ())}
    return Form({**form.fields, **kept})


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return None
