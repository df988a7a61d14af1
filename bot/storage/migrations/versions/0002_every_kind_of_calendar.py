"""Every kind of calendar: sign-ins, push channels, rooms, guests of a service, doubts, goodbyes.

What is kept stays. Where change detectors stand was kept in clear and is forgotten here, so that every calendar is read
whole once. An account that was connected before has no identity yet: when it is signed in to anew, it stands twice,
until one of the two is disconnected.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

NO, NONE, NOTHING = sa.false(), sa.text("0"), sa.text("''")
"""What the rows that there are say in a column that they did not have."""


def upgrade() -> None:
    _widen()
    _meetings()
    _accounts()
    _sign_ins()
    _channels()


def _widen() -> None:
    """What was known gets to say more."""
    add = op.add_column
    for name in ("is_room", "is_unseen"):
        add("attendance", sa.Column(name, sa.Boolean(), nullable=False, server_default=NO))
    add("attendance", sa.Column("heard", sa.Text(), nullable=False, server_default=sa.text("'needs-action'")))
    add("attendance", sa.Column("why", sa.Text(), nullable=False, server_default=NOTHING))
    for name in ("found", "to_answer"):
        add("attendance", sa.Column(name, sa.Text(), nullable=True))

    add("calendar", sa.Column("is_granted", sa.Boolean(), nullable=False, server_default=sa.true()))
    for name in ("seen_by", "video", "copy_of"):
        add("calendar", sa.Column(name, sa.Text(), nullable=True))
    for name in ("rings_until", "reach", "reach_asked_at"):
        add("calendar", sa.Column(name, sa.BigInteger(), nullable=True))
    for name in ("cursor", "doubted"):
        op.drop_column("calendar", name)
    add("calendar", sa.Column("cursor", sa.LargeBinary(), nullable=True))

    add("connection", sa.Column("access", sa.Text(), nullable=False, server_default=sa.text("'full'")))
    add("connection", sa.Column("sees_colleagues", sa.Boolean(), nullable=False, server_default=NO))
    add("connection", sa.Column("broken_since", sa.BigInteger(), nullable=True))
    for name in ("reminded", "lapses"):
        add("connection", sa.Column(name, sa.Integer(), nullable=False, server_default=NONE))
    add("connection", sa.Column("identity", sa.Text(), nullable=False, server_default=NOTHING))
    add("connection", sa.Column("hours", sa.Text(), nullable=True))
    op.create_index("connection_by_person", "connection", ["tenant", "person"], unique=False)
    op.create_index("ix_connection_identity", "connection", ["identity"], unique=False)

    add("meeting", sa.Column("wants_video", sa.Boolean(), nullable=False, server_default=NO))
    for name in ("awaits_consent_until", "waits_until"):
        add("meeting", sa.Column(name, sa.BigInteger(), nullable=True))

    add("person", sa.Column("is_admin", sa.Boolean(), nullable=False, server_default=NO))
    add("person", sa.Column("gone_at", sa.BigInteger(), nullable=True))
    add("person", sa.Column("looked_for_at", sa.BigInteger(), nullable=False, server_default=NONE))

    for name in ("without", "unseen"):
        add("proposal", sa.Column(name, sa.Text(), nullable=False, server_default=sa.text("'[]'")))
    add("proposal", sa.Column("opened_at", sa.BigInteger(), nullable=True))
    op.execute("UPDATE proposal SET basis = '[]'")  # each says its origin from now on; the next look fills it in

    add("link", sa.Column("consent", sa.Text(), nullable=True))
    add("web_session", sa.Column("purpose", sa.Text(), nullable=False, server_default=sa.text("'connect'")))
    for name in ("consent", "pending_of"):
        add("web_session", sa.Column(name, sa.Text(), nullable=True))
    add("web_session", sa.Column("pending", sa.LargeBinary(), nullable=True))


def _meetings() -> None:
    """How else a meeting is known, who else writes it, and who was asked to connect."""
    op.create_table(
        "alias",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("ical_uid", sa.Text(), nullable=False),
        sa.Column("meeting", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "ical_uid"),
    )
    op.create_index("alias_by_meeting", "alias", ["tenant", "meeting"], unique=False)
    op.create_table(
        "rival",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("meeting", sa.Text(), nullable=False),
        sa.Column("uid", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "meeting"),
    )
    op.create_table(
        "invitation",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=True),
        sa.Column("asked_at", sa.BigInteger(), nullable=True),
        sa.Column("came_at", sa.BigInteger(), nullable=True),
        sa.Column("is_unwanted", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "person"),
    )


def _accounts() -> None:
    """Rooms, who keeps them, and accounts that are taken leave of."""
    op.create_table(
        "room",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.Column("building", sa.Text(), nullable=False),
        sa.Column("floor", sa.Text(), nullable=False),
        sa.Column("features", sa.Text(), nullable=False),
        sa.Column("is_equipment", sa.Boolean(), nullable=False),
        sa.Column("keeper", sa.Text(), nullable=True),
        sa.Column("second", sa.Text(), nullable=True),
        sa.Column("imported_at", sa.BigInteger(), nullable=False),
        sa.Column("lost_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("tenant", "person"),
    )
    op.create_index("room_by_keeper", "room", ["tenant", "keeper"], unique=False)
    op.create_table(
        "farewell",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "id"),
    )


def _sign_ins() -> None:
    """Sign-ins under way, and who waits for an administrator."""
    op.create_table(
        "sign_in",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("session", sa.Text(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("access", sa.Text(), nullable=False),
        sa.Column("connection", sa.Text(), nullable=True),
        sa.Column("flow", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "state"),
    )
    op.create_index("ix_sign_in_expires_at", "sign_in", ["expires_at"], unique=False)
    op.create_table(
        "approval",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "state"),
    )
    op.create_index("approval_state", "approval", ["state"], unique=True)
    op.create_index("ix_approval_expires_at", "approval", ["expires_at"], unique=False)
    op.create_table(
        "awaiting_approval",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "provider", "person"),
    )


def _channels() -> None:
    """By what a calendar rings, and what of its readings is in doubt; both go with the calendar."""
    op.create_table(
        "channel",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("calendar", sa.Text(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("base", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("resource", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("renew_at", sa.BigInteger(), nullable=False),
        sa.Column("rang_at", sa.BigInteger(), nullable=True),
        sa.Column("number", sa.BigInteger(), nullable=True),
        sa.Column("doubted_at", sa.BigInteger(), nullable=True),
        sa.Column("silences", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["tenant", "calendar"], ["calendar.tenant", "calendar.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("tenant", "id"),
    )
    op.create_index("channel_calendar", "channel", ["tenant", "calendar"], unique=False)
    op.create_index("channel_path", "channel", ["path"], unique=True)
    op.create_index("channel_service", "channel", ["provider", "service"], unique=False)
    op.create_table(
        "doubt",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("calendar", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("marks", sa.Text(), nullable=False),
        sa.Column("found", sa.Integer(), nullable=False),
        sa.Column("of", sa.Integer(), nullable=False),
        sa.Column("moved", sa.Integer(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["tenant", "calendar"], ["calendar.tenant", "calendar.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("tenant", "calendar"),
    )
