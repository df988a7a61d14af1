"""The page on which somebody says what counts as busy, where bookings go and when they work, and the one at the end."""

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.core.calendars import Calendar
from bot.core.errors import InvalidInput
from bot.core.ids import CalendarId
from bot.core.preferences import AllDay
from bot.core.rules import WorkingHours
from bot.people.connect import Choice, Setup
from bot.storage.links import Session
from bot.web import forms
from bot.web.doors import Doors, form_key
from bot.web.forms import Form, Mistake
from bot.web.pages import days, typed_days, week


@dataclass(frozen=True)
class Choosing:
    """What its owner wants of their calendars."""

    doors: Doors

    def routes(self) -> Sequence[BaseRoute]:
        path = "/connect/calendars"
        return (
            Route(path, self.doors.page(self.page)),
            Route(path, self.doors.posted(self.choose, back=path), methods=["POST"]),
            Route("/connect/done", self.doors.page(self.done)),
        )

    def page(self, request: Request, session: Session) -> Response:
        setup = self.doors.connecting.setup(session)
        return self._draw(request, setup) if setup.calendars else self.doors.to("/connect")

    def choose(self, request: Request, session: Session, form: Form) -> Response:
        """Keeps the choice, or says what is wrong with it and keeps what was ticked and typed."""
        setup = self.doors.connecting.setup(session)
        choice = _choice(form, setup)
        if isinstance(choice, list):
            return self._draw(request, setup, form, choice)
        try:
            self.doors.connecting.choose(session, choice)
        except InvalidInput as error:
            return self.doors.pages.notice(400, "The list has changed", str(error), again="/connect/calendars")
        is_awaited = setup.is_awaited or session.resume is not None
        return self.doors.to("/connect/done?resumes=yes" if is_awaited else "/connect/done")

    def done(self, request: Request, session: Session) -> Response:
        setup = self.doors.connecting.setup(session)
        return self.doors.pages.draw(
            "done",
            who=self.doors.who(setup.person),
            setup=setup,
            week=week(setup.person.hours),
            resumes="resumes" in request.query_params,
        )

    def _draw(
        self, request: Request, setup: Setup, form: Form | None = None, mistakes: list[Mistake] | None = None
    ) -> Response:
        counts = form.all("counts") if form else {one.id for one in setup.calendars if one.counts}
        receives = form.one("receives") if form else next((one.id for one in setup.calendars if one.receives), "")
        hours = setup.person.hours if setup.suggested is None else setup.suggested.hours
        return self.doors.pages.draw(
            "calendars",
            status=422 if mistakes else 200,
            who=self.doors.who(setup.person),
            setup=setup,
            counts=counts,
            receives=receives,
            whole_days=[one for one in setup.calendars if _has_whole_days(one, setup)],
            all_day=_all_day(form, setup) if form else {one.id: one.all_day for one in setup.calendars},
            days=typed_days(form) if form else days(hours),
            zone=form.one("zone") if form else hours.zone,
            suggested=None if form else setup.suggested,
            zones=forms.zones(),
            news=_news(request),
            mistakes=mistakes or [],
            key=form_key(request),
        )


def _news(request: Request) -> str:
    """What the step before has done, in one sentence."""
    if "less" in request.query_params:
        return (
            "Not every box was ticked, so Overlap only sees when you are busy in that account. The first meeting that"
            " has to be written there asks you for one more permission."
        )
    if "still" in request.query_params:
        return (
            "Writing was not allowed, so Overlap still only sees when you are busy there. Open the link in your chat"
            " again if you want the meeting that waits to be written there."
        )
    if "again" in request.query_params:
        return "That account is connected again, with everything that you chose for it before."
    return ""


def _choice(form: Form, setup: Setup) -> Choice | list[Mistake]:
    counts = frozenset(CalendarId(one) for one in form.all("counts"))
    receives = CalendarId(form.one("receives")) if form.one("receives") else None
    hours = forms.hours(form, setup.person.hours)
    mistakes = [] if isinstance(hours, WorkingHours) else hours
    if receives is None and any(one.is_writable for one in setup.calendars):
        mistakes = [Mistake("receives", "Choose the calendar that gets your bookings."), *mistakes]
    if not counts:
        words = "Tick at least one calendar: without one nobody can tell when you are free."
        mistakes = [Mistake("counts", words), *mistakes]
    if mistakes or not isinstance(hours, WorkingHours):
        return mistakes
    return Choice(counts=counts, receives=receives, hours=hours, all_day=_all_day(form, setup))


def _has_whole_days(calendar: Calendar, setup: Setup) -> bool:
    """Whether there is anything to choose: all-day events to come, or what was chosen of such before."""
    blocked = setup.whole_days.get(calendar.id)
    return blocked is not None and (any(blocked.values()) or calendar.all_day is not AllDay.AS_MARKED)


def _all_day(form: Form, setup: Setup) -> dict[CalendarId, AllDay]:
    """What was chosen of each calendar of which it was asked; what is no choice changes nothing."""
    told = {one.id: form.one(f"all-day-{one.id}") for one in setup.calendars}
    return {one.id: AllDay(told[one.id]) if told[one.id] in set(AllDay) else one.all_day for one in setup.calendars}
