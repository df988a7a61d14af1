"""What each kind of due row asks for: the calls it means, in their order."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot.core.clock import Clock
from bot.core.ids import AskId, CalendarId, ConnectionId, MeetingId, PersonId, ProposalId
from bot.jobs.engine import Holds, Kind, Tick
from bot.storage import due, progress
from bot.storage.database import Database
from bot.storage.due import Due

if TYPE_CHECKING:
    from bot.wiring.desk import Desk

TRIES = 5
"""How often an incoming thing is tried before its sender is told that it failed."""
KEPT = timedelta(days=1)
"""How long an answered delivery is remembered, so that a repeated one is recognised."""


@dataclass(frozen=True)
class Tasks:
    """Knows whom at the desk a row asks for; the desk is made by the first row."""

    database: Database
    clock: Clock
    desk: "Callable[[], Desk]"

    def kinds(self) -> tuple[Kind, ...]:
        """Every kind, and how many of it may be worked on at once."""
        return (
            Kind(name="incoming", task=self.incoming, workers=4),
            Kind(name="message", task=self.message, workers=4),
            Kind(name="meeting", task=self.meeting, workers=4, lease=timedelta(seconds=120)),
            Kind(name="proposal", task=self.proposal, workers=2),
            Kind(name="reading", task=self.reading, workers=2),
            Kind(name="ask", task=self.ask),
            Kind(name="connection", task=self.connection),
            Kind(name="gone", task=self.gone),
            Kind(name="listed", task=self.listed, lease=timedelta(seconds=120)),
            Kind(name="calendar", task=self.calendar, workers=8, lease=timedelta(seconds=120)),
            Kind(name="ailing", task=self.ailing, workers=3, lease=timedelta(seconds=120)),
            Kind(name="farewell", task=self.farewell, lease=timedelta(seconds=120)),
            Kind(name="channel", task=self.channel, workers=2, lease=timedelta(seconds=120)),
        )

    def ticks(self) -> tuple[Tick, ...]:
        """What is done by the clock alone."""
        return (
            Tick(name="forget what is over", every=timedelta(hours=1), run=self.forget),
            Tick(name="look after calendars", every=timedelta(minutes=5), run=self.look_after_calendars),
            Tick(name="look who left", every=timedelta(minutes=10), run=self.look_who_left),
            Tick(name="let held times go", every=timedelta(seconds=30), run=self.let_go),
        )

    def incoming(self, row: Due, _holds: Holds) -> None:
        """Answer what came in; after too many failures say that it failed."""
        if row.attempts >= TRIES:
            self.desk().inbox.give_up(row.tenant, row.subject)
        else:
            self.desk().inbox.answer(row.tenant, row.subject)

    def message(self, row: Due, _holds: Holds) -> datetime | None:
        """Draw a message of ours as things stand now; a row that was lent before may have been posted already."""
        return self.desk().messages.draw(row.tenant, row.subject, is_again=row.fence > 1)

    def meeting(self, row: Due, holds: Holds) -> datetime | None:
        """Drive a meeting towards where its rows want it."""
        return self.desk().saga.drive(row.tenant, MeetingId(row.subject), holds)

    def proposal(self, row: Due, _holds: Holds) -> datetime | None:
        """What a proposal waited for is over."""
        return self.desk().proposing.settle(row.tenant, ProposalId(row.subject))

    def ask(self, row: Due, _holds: Holds) -> datetime | None:
        """Nobody answered an ask in time."""
        return self.desk().asking.expire(row.tenant, AskId(row.subject))

    def calendar(self, row: Due, _holds: Holds) -> datetime | None:
        """Read a calendar, if anything in it may have changed; one that failed is tried where it delays no other."""

        with self.database.transaction() as tx:
            if progress.has_failed(tx, row.tenant, CalendarId(row.subject)):
                due.mark(tx, row.tenant, "ailing", row.subject, self.clock.now())
                return None
        return self.desk().sync.read(row.tenant, CalendarId(row.subject))

    def ailing(self, row: Due, _holds: Holds) -> datetime | None:
        """Try a calendar again that could not be read last time; once it can, it goes back to the others."""

        again = self.desk().sync.read(row.tenant, CalendarId(row.subject))
        with self.database.transaction() as tx:
            if again is None or progress.has_failed(tx, row.tenant, CalendarId(row.subject)):
                return again
            due.mark(tx, row.tenant, "calendar", row.subject, again)
        return None

    def channel(self, row: Due, _holds: Holds) -> datetime | None:
        """A calendar's push channel is to be opened, renewed or closed."""
        return self.desk().ringing.tend(row.tenant, CalendarId(row.subject))

    def connection(self, row: Due, _holds: Holds) -> datetime | None:
        """Somebody has not mended their account yet."""
        return self.desk().reminding.remind(row.tenant, ConnectionId(row.subject))

    def listed(self, row: Due, _holds: Holds) -> datetime | None:
        """It is time to ask an account which calendars it holds."""
        return self.desk().listing.look(row.tenant, ConnectionId(row.subject))

    def gone(self, row: Due, _holds: Holds) -> datetime | None:
        """Somebody may have left the workspace, or is to be forgotten because they did."""
        return self.desk().departing.look(row.tenant, PersonId(row.subject))

    def reading(self, row: Due, _holds: Holds) -> datetime | None:
        """Somebody's calendars changed: first our own meetings, then what overlaps them, then what is on offer."""
        desk, person = self.desk(), PersonId(row.subject)
        looks: tuple[Callable[[], datetime | None], ...] = (
            lambda: desk.following.look(row.tenant, person),
            lambda: desk.rivals.look(row.tenant, person),
            lambda: desk.watching.look(row.tenant, person),
            lambda: desk.proposing.look(row.tenant, person),
        )
        return min((again for look in looks if (again := look()) is not None), default=None)

    def farewell(self, row: Due, _holds: Holds) -> None:
        """An account was disconnected: undo what its service still holds of us."""
        self.desk().leaving.undo(row.tenant, row.subject)

    def forget(self) -> None:
        """Drop deliveries that were answered, links, sessions and sign-ins that are over, and what waited in them."""
        from bot.people.connect import KEPT_FOR
        from bot.people.signing_in import APPROVAL_LIFE
        from bot.storage import inbox, links, recordings, signins

        now = self.clock.now()
        self.desk().leaving.let_lapse()
        with self.database.transaction() as tx:
            inbox.forget(tx, now - KEPT)
            links.forget(tx, now - KEPT_FOR)
            recordings.forget(tx, now)
            signins.forget(tx, now, waited_since=now - APPROVAL_LIFE)

    def look_after_calendars(self) -> None:
        """No calendar is left unread, or silent, because its row was lost."""
        from bot.storage import spread

        with self.database.transaction() as tx:
            spread.bring_back(tx, self.clock.now())
        self.desk().ringing.look_after()
        self.desk().listing.look_after()

    def look_who_left(self) -> None:
        """Everybody who has calendars or meetings here is looked for once a day."""
        from bot.people import gone

        with self.database.transaction() as tx:
            gone.sweep(tx, self.clock.now())

    def let_go(self) -> None:
        """Drop held times that nobody decided on."""
        from bot.storage import ledger

        with self.database.transaction() as tx:
            ledger.expire(tx, self.clock.now())
