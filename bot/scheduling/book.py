"""Agree on a slot: the time of everyone is claimed and the meeting kept in one transaction; calendars follow.

Whatever happens next (a crash, a server that is down, a slot that turns out to be taken), the rows say what is to be
done, and the saga does it.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlsplit

from bot.core.calendars import Calendar, Connection
from bot.core.clock import Clock
from bot.core.errors import InvalidInput, Stale, Taken
from bot.core.ids import MeetingId, PersonId, ProposalId, TenantId, derived, new_id
from bot.core.intervals import Interval
from bot.core.meetings import Attendance, Meeting, MeetingState
from bot.core.people import Person, Standing
from bot.core.preferences import Preferences
from bot.core.proposals import Proposal, ProposalState, Slot, Way
from bot.core.reasons import Cause, Code
from bot.scheduling.answering import answered
from bot.scheduling.baseline import keep_own_conflicts
from bot.scheduling.propose import asked_by, redraw
from bot.scheduling.roads import Party, plan
from bot.scheduling.saga_plan import CONSENT
from bot.scheduling.sight import sight
from bot.storage import calendars, due, ledger, meetings, messages, people, proposals
from bot.storage.database import Database, Tx
from bot.storage.ledger import ClaimState

LONGEST_TITLE = 200
UNTITLED = "Meeting"
ONE_FOR_ALL = ("google", "microsoft")
"""Services that deliver between any two of their accounts."""

_FIELD = re.compile(r"\{(asker|people|title)\}")
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]+")
"""Controls, line and paragraph separators, and the marks of direction (Unicode TR 9); joiners are parts of words."""

HELD_AGAINST = frozenset({Code.BUSY, Code.SOFT, Code.BUFFER, Code.CAP, Code.LUNCH, Code.HOURS, Code.OVERRIDE})
"""What is looked at once more when a time is pressed; that it comes sooner or is less sure by then is nobody's news."""
GONE = "That time is no longer free. Here are times that are."


@dataclass(frozen=True)
class Booking:
    """Books a slot of a proposal, once, however often it is asked to."""

    database: Database
    clock: Clock
    title_template: str = "{asker} / {people}"
    """May name `{asker}`, `{people}` and `{title}`; whoever books may have one of their own, and a link, too."""
    meeting_url_template: str = ""
    """`{id}` becomes a word of each meeting's own; empty means no link."""

    def book(self, tenant: TenantId, proposal_id: ProposalId, slot_id: str, by: PersonId) -> Meeting:
        """The meeting, claimed and on its way to every calendar; the one that there is, if this was booked before.

        `NotAllowed` for anyone but the asker, `Stale` when nothing is on offer any more, `Taken` when the slot is gone:
        then the proposal has fresh times.
        """
        with self.database.transaction() as tx:
            now = self.clock.now()
            proposal = asked_by(proposals.proposal(tx, tenant, proposal_id), by)
            if proposal.meeting is not None:
                return meetings.meeting(tx, tenant, proposal.meeting)
            if proposal.state is not ProposalState.OPEN:
                raise Stale("Those times are no longer on offer. Please ask again.")
            try:
                return self._booked(tx, proposal, proposal.slot(slot_id) or proposal.way(slot_id), now)
            except Taken as error:
                taken = error
                _offer_anew(tx, proposal, now)
        raise taken

    def _booked(self, tx: Tx, proposal: Proposal, offer: Slot | Way | None, now: datetime) -> Meeting:
        everyone = [people.person(tx, proposal.tenant, one) for one in proposal.people]
        if offer is None or offer.when.start <= now:
            raise Taken(GONE)
        when = offer.when
        known = sight(
            tx, proposal.tenant, everyone, when, when.length, now, asker=proposal.asker, without=proposal.without
        )
        if gone := _gone(known.against(when), offer):
            raise Taken(GONE, gone)
        meeting = self._meeting(tx, proposal, when, everyone, known.asks, now)
        parts = tuple(
            replace(one, is_unseen=one.person in known.unseen, overlooks=_overlooked(offer, one.person))
            for one in meeting.attendances
        )
        meeting = replace(meeting, attendances=parts)
        claim_all(tx, meeting, meeting.people, meeting.when, now)
        meetings.insert(tx, meeting)
        keep_own_conflicts(tx, meeting, meeting.when, _payers(meeting), now)
        proposals.save(tx, replace(proposal, state=ProposalState.BOOKED, meeting=meeting.id, reading_until=None))
        due.mark(tx, meeting.tenant, "meeting", meeting.id, now)
        redraw(tx, proposal, now)
        messages.show(
            tx, meeting.tenant, kind="meeting", subject=meeting.id, person=meeting.organiser, now=now, ring=True
        )
        return meeting

    def _meeting(
        self,
        tx: Tx,
        proposal: Proposal,
        when: Interval,
        everyone: Sequence[Person],
        wishes: Preferences,
        now: datetime,
    ) -> Meeting:
        asker, *others = everyone
        attendances = roads(tx, everyone)
        if attendances[0].calendar is None:
            raise InvalidInput("None of your calendars can receive this meeting. Please connect one that can.")
        home = calendars.calendar(tx, proposal.tenant, attendances[0].calendar)
        meeting_id = MeetingId(new_id())
        link = _link(wishes.link or self.meeting_url_template, proposal.tenant, meeting_id)
        return Meeting(
            id=meeting_id,
            tenant=proposal.tenant,
            uid=f"{derived('meeting', proposal.tenant, meeting_id)}@overlap",
            organiser=asker.id,
            title=title(wishes.title or self.title_template, asker, _people(others), proposal.request.title),
            when=when,
            state=MeetingState.BOOKING,
            attendances=attendances,
            link=link,
            proposal=proposal.id,
            wants_video=link is None and home.video is not None,
            awaits_consent_until=None if home.is_granted else now + CONSENT,
        )


def _gone(causes: Sequence[Cause], offer: Slot | Way) -> tuple[PersonId, ...]:
    """Who has become busy, or more so than was offered, since the time was."""
    now = [one for one in causes if one.person is not None and one.code in HELD_AGAINST]
    return tuple(
        dict.fromkeys(one.person for one in now if one.person and one.code not in _overlooked(offer, one.person))
    )


def _overlooked(offer: Slot | Way, person: PersonId) -> tuple[Code, ...]:
    return offer.costs(person) if isinstance(offer, Way) else ()


def _payers(meeting: Meeting) -> list[PersonId]:
    """Over whose appointments it was knowingly booked."""
    return [one.person for one in meeting.attendances if {Code.BUSY, Code.SOFT, Code.BUFFER} & set(one.overlooks)]


def claim_all(tx: Tx, meeting: Meeting, who: Collection[PersonId], when: Interval, now: datetime) -> None:
    """That time of these people is the meeting's, or `Taken`; whoever's calendar nobody saw is only invited."""
    unclaimed = {one.person for one in meeting.attendances if not one.is_claimed}
    states: tuple[ClaimState, ...] = ("booked", "invited")
    for state in states:
        people_of = [one for one in who if (one in unclaimed) is (state == "invited")]
        ledger.claim(
            tx, meeting.tenant, subject=meeting.id, cause="meeting", people=people_of, when=when, state=state, now=now
        )


def roads(tx: Tx, everyone: Sequence[Person]) -> tuple[Attendance, ...]:
    """How each of these people, the organiser first, would get their copy of a meeting booked now."""
    asker, *others = everyone
    organiser = _party(tx, asker, _writable(calendars.of_person(tx, asker.tenant, asker.id)))
    parties = [
        _room(tx, one) if one.standing is Standing.ROOM else _party(tx, one, _receiving(tx, one)) for one in others
    ]
    return plan(organiser, parties)


def title(template: str, asker: Person, others: Sequence[Person], wanted: str | None) -> str:
    """What the meeting is called: as its asker put it, unless the template has a place for that, or as the template."""
    people_named = ", ".join(one.name for one in others)
    words = {"asker": asker.name, "people": people_named, "title": wanted or people_named}
    if wanted and "{title}" not in template:
        return _clean(wanted) or UNTITLED
    return _clean(_FIELD.sub(lambda field: words[field[1]], template)) or UNTITLED


def _link(template: str, tenant: TenantId, meeting_id: MeetingId) -> str | None:
    return template.replace("{id}", derived("link", tenant, meeting_id)[:20]) if template else None


def _people(others: Sequence[Person]) -> Sequence[Person]:
    """Whom a title names: the people, or where there is none the rooms."""
    return [one for one in others if one.standing is not Standing.ROOM] or others


def _clean(words: str) -> str:
    """One line, without what breaks a calendar's line or turns its direction around."""
    return " ".join(_UNSEEN.sub(" ", words).split())[:LONGEST_TITLE].rstrip()


def _offer_anew(tx: Tx, proposal: Proposal, now: datetime) -> None:
    fresh = answered(tx, proposal, now)
    proposals.save(tx, fresh)
    if fresh.reading_until is not None:
        due.mark(tx, proposal.tenant, "proposal", proposal.id, fresh.reading_until)
    redraw(tx, proposal, now)


def _receiving(tx: Tx, person: Person) -> Calendar | None:
    chosen = calendars.receiving(tx, person.tenant, person.id)
    return chosen if chosen is not None and chosen.is_writable and chosen.is_granted else None


def _writable(theirs: Collection[Calendar]) -> Calendar | None:
    """Where the organiser's event goes: where they want bookings, or else wherever it can stand.

    What they have not allowed us to write to yet is asked for, and where they chose it, preferred to what they have.
    """
    able = sorted((one for one in theirs if one.is_writable), key=lambda one: not one.is_granted)
    return next((one for one in able if one.receives), next((one for one in able if one.counts), None))


def _party(tx: Tx, person: Person, receiving: Calendar | None) -> Party:
    if receiving is None:
        return Party(person=person.id, email=person.email)
    account = calendars.connection(tx, person.tenant, receiving.connection)
    return Party(
        person=person.id,
        receiving=receiving,
        server=_server(account, receiving),
        email=person.email,
        is_account=person.email is not None and person.email.lower() in account.label.lower().split(),
    )


def _room(tx: Tx, room: Person) -> Party:
    """A room: by the account that may see it, and by the calendar of its own, if it has one that can be written."""
    its = calendars.of_person(tx, room.tenant, room.id)
    own = next((one for one in its if one.is_writable and one.is_granted), None)
    seen = own or next(iter(its), None)
    server = None if seen is None else _server(calendars.connection(tx, room.tenant, seen.connection), seen)
    return Party(person=room.id, receiving=own, server=server, email=room.email, is_room=True)


def _server(account: Connection, calendar: Calendar) -> str:
    """The service itself where it is one for everybody; of CalDAV the very server."""
    return account.provider if account.provider in ONE_FOR_ALL else f"{account.provider} {_host(calendar.remote)}"


def _host(remote: str) -> str:
    return urlsplit(remote).netloc
