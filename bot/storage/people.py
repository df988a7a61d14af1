"""The people we know, one row for each identity in a workspace."""

import json
from datetime import datetime, time
from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, Index, Row, Table, Text, and_, exists, func, or_, select, update
from sqlalchemy.dialects.sqlite import insert

from bot.core.errors import NotFound
from bot.core.ids import PersonId, TenantId, new_id
from bot.core.people import ChatIdentity, Person, Profile, Standing
from bot.core.rooms import MARK
from bot.core.rules import DaySpan, WorkingHours, office_hours
from bot.storage import calendars, meetings
from bot.storage.database import METADATA, Tx, instant, seconds

PEOPLE = Table(
    "person",
    METADATA,
    Column("tenant", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("user", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("handle", Text),
    Column("email", Text),
    Column("zone", Text, nullable=False),
    Column("standing", Text, nullable=False),
    Column("is_admin", Boolean, nullable=False, default=False),
    Column("hours", Text),
    Column("home", Text),
    Column("looked_up_at", BigInteger, nullable=False),
    Column("gone_at", BigInteger),
    Column("looked_for_at", BigInteger, nullable=False, default=0),
    Index("person_user", "tenant", "user", unique=True),
    Index("person_email", "tenant", "email"),
)


def keep(tx: Tx, profile: Profile, now: datetime) -> Person:
    """The person of that profile: made when new, brought up to date when known. Hours of their own stay."""
    looked_up = {"looked_up_at": seconds(now)}
    return _keep(tx, profile, new=looked_up, known=looked_up)


def believe(tx: Tx, profile: Profile) -> Person:
    """The same for what nobody looked up, but their own payload told: who they are is still to be asked when it was."""
    return _keep(tx, profile, new={"looked_up_at": 0}, known={})


def _keep(tx: Tx, profile: Profile, *, new: dict[str, int], known: dict[str, int]) -> Person:
    tenant, user = profile.identity.tenant, profile.identity.user
    told = {
        "name": profile.name,
        "handle": profile.handle,
        "email": profile.email.lower() if profile.email else None,
        "zone": profile.zone,
        "standing": profile.standing.value,
        "is_admin": profile.is_admin,
    }
    row = insert(PEOPLE).values(
        tenant=tenant, id=new_id(), user=user, **told | {"is_admin": bool(profile.is_admin)}, **new
    )
    changed = {name: value for name, value in told.items() if value is not None}
    tx.execute(row.on_conflict_do_update(index_elements=["tenant", "user"], set_=changed | known))
    person = by_identity(tx, profile.identity)
    if person is None:
        raise NotFound("This person was removed just now.")
    return person


def person(tx: Tx, tenant: TenantId, person_id: PersonId) -> Person:
    """That person of that workspace."""
    return _person(_row(tx, tenant, person_id))


def known(tx: Tx, tenant: TenantId, person_id: PersonId) -> Person | None:
    """The same, or None: of a room's calendar nobody is the owner."""
    try:
        return person(tx, tenant, person_id)
    except NotFound:
        return None


def by_identity(tx: Tx, identity: ChatIdentity) -> Person | None:
    """Whom a chat identity belongs to, if we met."""
    where = (PEOPLE.c.tenant == identity.tenant, PEOPLE.c.user == identity.user)
    row = tx.execute(select(PEOPLE).where(*where)).one_or_none()
    return None if row is None else _person(row)


def by_email(tx: Tx, tenant: TenantId, email: str) -> Person | None:
    """The person of this workspace with that address who has talked to us; case does not matter."""
    where = (PEOPLE.c.tenant == tenant, PEOPLE.c.email == email.lower(), PEOPLE.c.standing != Standing.ADDRESS)
    row = tx.execute(select(PEOPLE).where(*where).limit(1)).one_or_none()
    return None if row is None else _person(row)


def by_handle(tx: Tx, tenant: TenantId, word: str) -> list[Person]:
    """Everyone known in this workspace whose handle, name or first name is `word`; case does not matter."""
    folded = word.removeprefix("@").casefold()
    name = func.lower(PEOPLE.c.name)
    matches = or_(func.lower(PEOPLE.c.handle) == folded, name == folded, name.startswith(f"{folded} ", autoescape=True))
    where = (PEOPLE.c.tenant == tenant, matches)
    return [_person(row) for row in tx.execute(select(PEOPLE).where(*where).order_by(PEOPLE.c.name, PEOPLE.c.id))]


def handle(tx: Tx, tenant: TenantId, person_id: PersonId) -> str | None:
    """What they go by behind an @."""
    found: str | None = _row(tx, tenant, person_id).handle
    return found


def looked_up_at(tx: Tx, tenant: TenantId, person_id: PersonId) -> datetime:
    """When the platform last told who they are."""
    return instant(_row(tx, tenant, person_id).looked_up_at)


def leave(tx: Tx, tenant: TenantId, person_id: PersonId, now: datetime) -> None:
    """They are no longer of the workspace."""
    _set(tx, tenant, person_id, standing=Standing.DEACTIVATED.value, gone_at=seconds(now))


def is_back(tx: Tx, tenant: TenantId, person_id: PersonId, standing: Standing) -> None:
    """They are of the workspace again."""
    _set(tx, tenant, person_id, standing=standing.value, gone_at=None)


def gone_since(tx: Tx, tenant: TenantId, person_id: PersonId) -> datetime | None:
    """Since when they are known to have left; None while they have not."""
    at = _row(tx, tenant, person_id).gone_at
    return None if at is None else instant(at)


def was_looked_for(tx: Tx, tenant: TenantId, person_id: PersonId, now: datetime) -> None:
    """The platform just said whether they are still there."""
    _set(tx, tenant, person_id, looked_for_at=seconds(now))


def to_look_for(tx: Tx, before: datetime, gone_before: datetime, limit: int) -> list[tuple[TenantId, PersonId]]:
    """Those who matter here and were not looked for since, the longest ago first; whoever left, since `gone_before`."""
    own = and_(calendars.CONNECTIONS.c.tenant == PEOPLE.c.tenant, calendars.CONNECTIONS.c.person == PEOPLE.c.id)
    theirs = exists().where(own)
    attends = and_(meetings.ATTENDANCES.c.tenant == PEOPLE.c.tenant, meetings.ATTENDANCES.c.person == PEOPLE.c.id)
    is_late = or_(
        PEOPLE.c.looked_for_at <= seconds(before),
        and_(PEOPLE.c.gone_at.is_not(None), PEOPLE.c.looked_for_at <= seconds(gone_before)),
    )
    can_leave = PEOPLE.c.standing.not_in((Standing.ADDRESS.value, Standing.BOT.value, Standing.ROOM.value))
    is_somebody = PEOPLE.c.user.not_like(f"{MARK}%")  # a room that is kept no longer is nobody, too
    found = select(PEOPLE.c.tenant, PEOPLE.c.id).where(
        is_late, can_leave, is_somebody, or_(theirs, exists().where(attends))
    )
    rows = tx.execute(found.order_by(PEOPLE.c.looked_for_at, PEOPLE.c.id).limit(limit))
    return [(TenantId(row.tenant), PersonId(row.id)) for row in rows]


def set_hours(tx: Tx, tenant: TenantId, person_id: PersonId, hours: WorkingHours) -> None:
    """These are their working hours, until they say otherwise."""
    _set(tx, tenant, person_id, hours=json.dumps(hours_kept(hours)))


def set_home(tx: Tx, tenant: TenantId, person_id: PersonId, place: str) -> None:
    """Where our own conversation with them lives, as the chat floor writes it."""
    _set(tx, tenant, person_id, home=place)


def home(tx: Tx, tenant: TenantId, person_id: PersonId) -> str | None:
    """What `set_home` kept."""
    found: str | None = _row(tx, tenant, person_id).home
    return found


def _row(tx: Tx, tenant: TenantId, person_id: PersonId) -> Row[Any]:
    row = tx.execute(select(PEOPLE).where(PEOPLE.c.tenant == tenant, PEOPLE.c.id == person_id)).one_or_none()
    if row is None:
        raise NotFound("I don't know this person any more.")
    return row


def _set(tx: Tx, tenant: TenantId, person_id: PersonId, **values: str | int | None) -> None:
    tx.execute(update(PEOPLE).where(PEOPLE.c.tenant == tenant, PEOPLE.c.id == person_id).values(**values))


def _person(row: Row[Any]) -> Person:
    return Person(
        id=PersonId(row.id),
        identity=ChatIdentity(TenantId(row.tenant), row.user),
        name=row.name,
        zone=row.zone,
        standing=Standing(row.standing),
        email=row.email,
        hours=hours_of(row.zone, row.hours),
        is_admin=row.is_admin,
    )


def hours_of(zone: str, kept: str | None) -> WorkingHours:
    """The weekly hours as a row has them: their own, or until they say otherwise those of an office in their zone."""
    return office_hours(zone) if kept is None else hours_read(json.loads(kept))


def hours_kept(hours: WorkingHours) -> dict[str, Any]:
    """Working hours as JSON has them."""
    days = [[[f"{span.start:%H:%M}", f"{span.end:%H:%M}"] for span in day] for day in hours.days]
    return {"zone": hours.zone, "days": days}


def hours_read(kept: dict[str, Any]) -> WorkingHours:
    """What `hours_kept` made."""
    days = (tuple(DaySpan(time.fromisoformat(a), time.fromisoformat(b)) for a, b in day) for day in kept["days"])
    return WorkingHours(kept["zone"], tuple(days))
