"""Short ways to say what a test is about; every time without a date lies on Tuesday 1 December 2026, UTC."""

import re
from datetime import UTC, date, datetime, time, timedelta

from bot.core.calendars import Calendar, Connection, Problem
from bot.core.events import Busy, Instance, Kind, Status
from bot.core.ids import CalendarId, ConnectionId, MeetingId, PersonId, ProposalId, TenantId
from bot.core.intervals import Interval
from bot.core.people import ChatIdentity, Person, Standing
from bot.core.proposals import Proposal, ProposalState
from bot.core.requests import Marked, Named, Request, Source, Window
from bot.core.rules import DaySpan, WorkingHours, office_hours
from bot.core.zones import WallTime

TUESDAY = date(2026, 12, 1)
TENANT = TenantId("memory:test")
NOW = datetime(2026, 12, 1, 8, 0, tzinfo=UTC)

_SPAN = re.compile(r"(?:(?P<day>\d{4}-\d\d-\d\d|\+\d+) )?(?P<start>\d\d:\d\d)-(?P<end>\d\d:\d\d)")


def at(clock: str, *, day: date | str = TUESDAY, zone: str = "UTC") -> datetime:
    """`at("09:00")`: that wall time on the day, as an instant in UTC."""
    on = date.fromisoformat(day) if isinstance(day, str) else day
    return WallTime(on, time.fromisoformat(clock), zone).instant()


def span(words: str, *, day: date | str = TUESDAY, zone: str = "UTC") -> Interval:
    """`span("09:00-10:30")`, `span("2026-12-03 09:00-10:30")`, `span("+1 09:00-10:30")`; 24:00 ends a day."""
    found = _SPAN.fullmatch(words)
    assert found is not None, f"no span: {words}"
    on = date.fromisoformat(day) if isinstance(day, str) else day
    if named := found["day"]:
        on = on + timedelta(days=int(named)) if named.startswith("+") else date.fromisoformat(named)
    end = at("00:00", day=on + timedelta(days=1), zone=zone) if found["end"] == "24:00" else None
    return Interval(at(found["start"], day=on, zone=zone), end or at(found["end"], day=on, zone=zone))


def spans(words: str, *, day: date | str = TUESDAY, zone: str = "UTC") -> list[Interval]:
    """`spans("09:00-10:00 12:00-13:00")`; nothing for an empty string."""
    return [span(found[0], day=day, zone=zone) for found in _SPAN.finditer(words)]


def person(
    name: str = "ana",
    *,
    zone: str = "UTC",
    tenant: TenantId = TENANT,
    standing: Standing = Standing.MEMBER,
    email: str | None = None,
    hours: WorkingHours | None = None,
) -> Person:
    """`person("ana", zone="Europe/Berlin")`: her id is her name, she works office hours there."""
    return Person(
        id=PersonId(name),
        identity=ChatIdentity(tenant, f"U{name.upper()}"),
        name=name.capitalize(),
        zone=zone,
        standing=standing,
        email=email or f"{name}@example.com",
        hours=hours or office_hours(zone),
    )


def works(words: str, *, zone: str = "UTC", days: str = "Mon Tue Wed Thu Fri") -> WorkingHours:
    """`works("09:00-12:00 13:00-17:00", days="Mon Tue")`."""
    day = tuple(
        DaySpan(time.fromisoformat(start), time(0) if end == "24:00" else time.fromisoformat(end))
        for start, end in (one.split("-") for one in words.split())
    )
    names = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
    return WorkingHours(zone, tuple(day if name in days.split() else () for name in names))


def connection(owner: str = "ana", *, tenant: TenantId = TENANT, provider: str = "memory") -> Connection:
    """`connection("ana")`: her one account."""
    return Connection(
        id=ConnectionId(f"{owner}-account"),
        tenant=tenant,
        person=PersonId(owner),
        provider=provider,
        label=f"{owner} at {provider}",
        connected_at=NOW,
    )


def calendar(
    name: str = "ana-work",
    *,
    owner: str | None = None,
    tenant: TenantId = TENANT,
    counts: bool = True,
    receives: bool | None = None,
    is_static: bool = False,
    cadence: timedelta = timedelta(minutes=10),
    read_at: datetime | None = NOW,
    window: Interval | None = None,
    dirty_at: datetime | None = None,
    problem: Problem | None = None,
) -> Calendar:
    """`calendar("ana-work")`: Ana's, read just now for eight weeks; one whose name ends in "work" receives bookings."""
    person_id = owner or name.partition("-")[0]
    return Calendar(
        id=CalendarId(name),
        tenant=tenant,
        connection=ConnectionId(f"{person_id}-account"),
        person=PersonId(person_id),
        remote=f"memory/{name}",
        name=name.partition("-")[2].capitalize() or name,
        zone=None,
        counts=counts,
        receives=name.endswith("work") if receives is None else receives,
        is_writable=not is_static,
        invites=False,
        is_static=is_static,
        cadence=cadence,
        read_at=read_at,
        window=window or Interval(NOW - timedelta(days=1), NOW + timedelta(weeks=8)),
        dirty_at=dirty_at,
        problem=problem,
    )


def instance(
    words: str = "09:00-10:00",
    *,
    uid: str = "event",
    starts: datetime | None = None,
    kind: Kind = Kind.HARD,
    ours: str | None = None,
    status: Status = Status.CONFIRMED,
    sequence: int = 0,
    day: date | str = TUESDAY,
    zone: str = "UTC",
) -> Instance:
    """`instance("09:00-10:00", uid="standup")`; `starts` is where its series had it, if that is elsewhere."""
    when = span(words, day=day, zone=zone)
    return Instance(
        uid=uid,
        starts=starts or when.start,
        when=when,
        kind=kind,
        ours=None if ours is None else MeetingId(ours),
        status=status,
        sequence=sequence,
    )


def busy(words: str = "09:00-10:00", *, calendar: str = "ana-work", **rest: object) -> Busy:
    """`busy("09:00-10:00", calendar="ana-work", uid="standup")`: a row of the mirror."""
    return Busy(calendar=CalendarId(calendar), instance=instance(words, **rest))  # type: ignore[arg-type]


def named(handle: str) -> Named:
    """`named("alex")`: mentioned by the platform's id."""
    return Named(Source.MENTION, f"U{handle.upper()}", f"@{handle}")


def marked(text: str, *people: Named) -> Marked:
    """`marked("￼ 30m", named("alex"))`: a text whose people were taken out already."""
    return Marked(text, people)


def request(
    *people: str,
    length: timedelta = timedelta(minutes=30),
    first: date = TUESDAY,
    last: date | None = None,
    words: str = "next week",
    title: str | None = None,
) -> Request:
    """`request("alex")`: half an hour with Alex, in the seven days from Tuesday."""
    return Request(
        people=tuple(named(name) for name in people or ("alex",)),
        length=length,
        window=Window(first=first, last=last or first + timedelta(days=6)),
        when_words=words,
        title=title,
    )


def asked(asker: str, *others: str, state: ProposalState = ProposalState.OPEN, at: datetime = NOW) -> Proposal:
    """`asked("ana", "alex")`: what Ana asked just now, for half an hour with Alex."""
    return Proposal(
        id=ProposalId(f"{asker} asks {' '.join(others)}"),
        tenant=TENANT,
        asker=PersonId(asker),
        people=tuple(PersonId(one) for one in (asker, *others)),
        request=request(*others),
        state=state,
        created_at=at,
    )
