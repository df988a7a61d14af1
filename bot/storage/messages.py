"""Who sees which subject, where, and what was last drawn for them: a row per person and subject.

Whoever changes a subject calls `show` or `changed` in the same transaction, and the messages become due;
`chat/messages` draws them. What stands here is where a message is and a hash of what it said, never what it says.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Integer,
    LargeBinary,
    Row,
    Table,
    Text,
    UniqueConstraint,
    case,
    select,
    update,
)
from sqlalchemy.dialects.sqlite import insert

from bot.core.ids import PersonId, TenantId, derived
from bot.storage import due
from bot.storage.database import METADATA, Tx, instant, seconds

KIND = "message"
"""The kind of its due rows; their subject is the row's id."""

MESSAGES = Table(
    "messages",
    METADATA,
    Column("tenant", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("person", Text, nullable=False),
    Column("channel", Text),
    Column("message", Text),
    Column("service", Text, nullable=False, default=""),
    Column("older_channel", Text),
    Column("older_message", Text),
    Column("older_service", Text, nullable=False, default=""),
    Column("place", LargeBinary),
    Column("place_name", Text, nullable=False, default=""),
    Column("place_uses", Integer, nullable=False, default=0),
    Column("place_until", BigInteger, nullable=False, default=0),
    Column("rings_wanted", Integer, nullable=False, default=0),
    Column("rings_shown", Integer, nullable=False, default=0),
    Column("digest", Text, nullable=False, default=""),
    Column("is_awaited", Boolean, nullable=False, default=True),
    Column("is_refused", Boolean, nullable=False, default=False),
    UniqueConstraint("tenant", "kind", "subject", "person"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """A message that lasts: where it stands."""

    channel: str
    message: str
    service: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Handle:
    """A short-lived place to answer at, sealed, with what is left of its life."""

    sealed: bytes
    name: str
    """The same for the same place, however often it is sealed, and no secret."""
    uses: int
    until: datetime

    def is_open(self, now: datetime) -> bool:
        return self.uses > 0 and now < self.until


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What one person sees of one subject."""

    id: str
    tenant: TenantId
    kind: str
    subject: str
    person: PersonId
    posted: Posted | None
    older: Posted | None
    """A message that told the same story before and has not shrunk to its line yet."""
    handle: Handle | None
    rings_wanted: int
    rings_shown: int
    digest: str
    """A hash of what was last drawn; empty before the first time."""
    is_awaited: bool
    """Its person still waits for the answer: should the handle close, it comes in the app's DM."""
    is_refused: bool
    """Their chat refused it for good (they do not have the app): it is not tried again until they write to us."""

    @property
    def rings(self) -> bool:
        """The next drawing is a new message."""
        return self.rings_wanted > self.rings_shown


def id_of(kind: str, subject: str, person: PersonId) -> str:
    """The row's id, the same whenever it is made."""
    return derived("message", kind, subject, person)


def sealed_as(row_id: str) -> str:
    """The name under which a row's handle is sealed in the vault."""
    return f"messages:place:{row_id}"


def show(tx: Tx, tenant: TenantId, *, kind: str, subject: str, person: PersonId, now: datetime, ring: bool) -> None:
    """That person is to see that subject; `ring` makes the next drawing a new message, as edits ring nobody."""
    row_id = id_of(kind, subject, person)
    row = insert(MESSAGES).values(
        tenant=tenant, id=row_id, kind=kind, subject=subject, person=person, rings_wanted=int(ring)
    )
    wanted = {"rings_wanted": MESSAGES.c.rings_wanted + int(ring)}
    tx.execute(row.on_conflict_do_update(index_elements=["tenant", "id"], set_=wanted))
    due.mark(tx, tenant, KIND, row_id, now)


def changed(tx: Tx, tenant: TenantId, kind: str, subject: str, now: datetime) -> None:
    """Everybody who sees that subject is to see it as it is now."""
    about = (MESSAGES.c.tenant == tenant, MESSAGES.c.kind == kind, MESSAGES.c.subject == subject)
    for row_id in tx.execute(select(MESSAGES.c.id).where(*about)).scalars().all():
        due.mark(tx, tenant, KIND, row_id, now)


def drop(tx: Tx, tenant: TenantId, kind: str, subject: str, person: PersonId) -> None:
    """That person's message is left as it stands, for good."""
    tx.execute(MESSAGES.delete().where(*_same(tenant, id_of(kind, subject, person))))


def placed(
    tx: Tx, tenant: TenantId, *, kind: str, subject: str, person: PersonId, handle: Handle, now: datetime
) -> None:
    """From now on that person sees that subject through this handle; each press brings a new one.

    The same handle again, of a press whose answer is tried once more, has no more uses left than before.
    """
    row_id = id_of(kind, subject, person)
    place = {"place": handle.sealed, "place_name": handle.name, "place_until": seconds(handle.until)}
    row = insert(MESSAGES).values(
        tenant=tenant, id=row_id, kind=kind, subject=subject, person=person, place_uses=handle.uses, **place
    )
    left = case((MESSAGES.c.place_name == handle.name, MESSAGES.c.place_uses), else_=handle.uses)
    tx.execute(row.on_conflict_do_update(index_elements=["tenant", "id"], set_={**place, "place_uses": left}))
    due.mark(tx, tenant, KIND, row_id, now)


def shown(tx: Tx, tenant: TenantId, row_id: str) -> Shown | None:
    """The row with that id, or None once it was dropped."""
    row = tx.execute(select(MESSAGES).where(*_same(tenant, row_id))).one_or_none()
    return None if row is None else _read(row)


def pressed(tx: Tx, tenant: TenantId, row_id: str, at: Posted, now: datetime) -> None:
    """A message about it was pressed: the one we know, one that a crash lost, or an older one that must shrink."""
    row = shown(tx, tenant, row_id)
    if row is None or row.posted == at:
        return
    where = _columns(at) if row.posted is None else _columns(at, "older_")
    tx.execute(update(MESSAGES).where(*_same(tenant, row_id)).values(**where))
    due.mark(tx, tenant, KIND, row_id, now)


def whispered(tx: Tx, row: Shown, digest: str, *, is_awaited: bool) -> None:
    """It was drawn through the handle: one use less, unless a newer handle has taken its place."""
    assert row.handle is not None
    left = case((MESSAGES.c.place_name == row.handle.name, MESSAGES.c.place_uses - 1), else_=MESSAGES.c.place_uses)
    _draw(tx, row, digest, place_uses=left, is_awaited=is_awaited)


def posted(tx: Tx, row: Shown, at: Posted, digest: str, *, is_awaited: bool) -> None:
    """A new message tells it; the one before is to shrink to its line, and the handle is let go."""
    older = _columns(row.posted, "older_") if row.posted is not None else {}
    _draw(tx, row, digest, place=None, place_uses=0, is_awaited=is_awaited, **_columns(at), **older)


def edited(tx: Tx, row: Shown, digest: str, *, is_awaited: bool) -> None:
    """The message says now what it should."""
    _draw(tx, row, digest, is_awaited=is_awaited)


def shrunk(tx: Tx, row: Shown) -> None:
    """The older message is a line now."""
    nothing = {"older_channel": None, "older_message": None, "older_service": ""}
    assert row.older is not None
    same = (*_same(row.tenant, row.id), MESSAGES.c.older_message == row.older.message)
    tx.execute(update(MESSAGES).where(*same).values(**nothing))


def refused(tx: Tx, row: Shown) -> None:
    """Their chat refused it for good."""
    tx.execute(update(MESSAGES).where(*_same(row.tenant, row.id)).values(is_refused=True))


def was_refused(tx: Tx, tenant: TenantId, person: PersonId) -> bool:
    """Whether anything of theirs was refused for good."""
    return bool(tx.execute(select(MESSAGES.c.id).where(*_refused(tenant, person)).limit(1)).scalar())


def welcome(tx: Tx, tenant: TenantId, person: PersonId, now: datetime) -> None:
    """They wrote to us, so they can be written to: what was refused is tried again."""
    for row_id in tx.execute(select(MESSAGES.c.id).where(*_refused(tenant, person))).scalars().all():
        tx.execute(update(MESSAGES).where(*_same(tenant, row_id)).values(is_refused=False))
        due.mark(tx, tenant, KIND, row_id, now)


def closed(tx: Tx, row: Shown) -> None:
    """The handle no longer works."""
    assert row.handle is not None
    same = (*_same(row.tenant, row.id), MESSAGES.c.place_name == row.handle.name)
    tx.execute(update(MESSAGES).where(*same).values(place=None, place_uses=0))


def lost(tx: Tx, row: Shown) -> None:
    """The message is no more where it stood (its person deleted it)."""
    assert row.posted is not None
    same = (*_same(row.tenant, row.id), MESSAGES.c.message == row.posted.message)
    tx.execute(update(MESSAGES).where(*same).values(channel=None, message=None))


def _draw(tx: Tx, row: Shown, digest: str, **values: object) -> None:
    # Only what the drawing knows is written: a ring or a handle that came meanwhile stays as it came.
    drawn = {"digest": digest, "rings_shown": row.rings_wanted, **values}
    tx.execute(update(MESSAGES).where(*_same(row.tenant, row.id)).values(**drawn))


def _columns(at: Posted, before: str = "") -> dict[str, str]:
    return {f"{before}channel": at.channel, f"{before}message": at.message, f"{before}service": at.service}


def _same(tenant: TenantId, row_id: str) -> tuple[ColumnElement[bool], ...]:
    return (MESSAGES.c.tenant == tenant, MESSAGES.c.id == row_id)


def _refused(tenant: TenantId, person: PersonId) -> tuple[ColumnElement[bool], ...]:
    return (MESSAGES.c.tenant == tenant, MESSAGES.c.person == person, MESSAGES.c.is_refused)


def _posted(channel: str | None, message: str | None, service: str) -> Posted | None:
    if channel is None or message is None:
        return None
    return Posted(channel=channel, message=message, service=service)


def _read(row: Row[tuple[object, ...]]) -> Shown:
    handle = None
    if row.place is not None:
        handle = Handle(sealed=row.place, name=row.place_name, uses=row.place_uses, until=instant(row.place_until))
    return Shown(
        id=row.id,
        tenant=TenantId(row.tenant),
        kind=row.kind,
        subject=row.subject,
        person=PersonId(row.person),
        posted=_posted(row.channel, row.message, row.service),
        older=_posted(row.older_channel, row.older_message, row.older_service),
        handle=handle,
        rings_wanted=row.rings_wanted,
        rings_shown=row.rings_shown,
        digest=row.digest,
        is_awaited=row.is_awaited,
        is_refused=row.is_refused,
    )
