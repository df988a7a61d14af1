"""The first shape: every table, and the triggers that refuse two claims of one person's time.

Written out, because a migration tells what was, whatever the code says later.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "ask",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("meeting", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("slots", sa.Text(), nullable=False),
        sa.Column("is_known", sa.Boolean(), nullable=False),
        sa.Column("wanted_starts", sa.BigInteger(), nullable=True),
        sa.Column("wanted_ends", sa.BigInteger(), nullable=True),
        sa.Column("expires_at", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "id"),
    )
    op.create_index("ask_by_meeting", "ask", ["tenant", "meeting"], unique=False)

    op.create_table(
        "attendance",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("meeting", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("road", sa.Text(), nullable=False),
        sa.Column("response", sa.Text(), nullable=False),
        sa.Column("calendar", sa.Text(), nullable=True),
        sa.Column("written", sa.Integer(), nullable=True),
        sa.Column("written_status", sa.Text(), nullable=True),
        sa.Column("written_at", sa.BigInteger(), nullable=True),
        sa.Column("went_by", sa.BigInteger(), nullable=True),
        sa.Column("is_reachable", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "meeting", "person"),
    )
    op.create_index("attendance_by_person", "attendance", ["tenant", "person"], unique=False)

    op.create_table(
        "calendar",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("connection", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("remote", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=True),
        sa.Column("counts", sa.Boolean(), nullable=False),
        sa.Column("receives", sa.Boolean(), nullable=False),
        sa.Column("is_writable", sa.Boolean(), nullable=False),
        sa.Column("invites", sa.Boolean(), nullable=False),
        sa.Column("is_static", sa.Boolean(), nullable=False),
        sa.Column("cadence", sa.Integer(), nullable=False),
        sa.Column("read_at", sa.BigInteger(), nullable=True),
        sa.Column("window_start", sa.BigInteger(), nullable=True),
        sa.Column("window_end", sa.BigInteger(), nullable=True),
        sa.Column("dirty_at", sa.BigInteger(), nullable=True),
        sa.Column("dirty_marks", sa.Integer(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("cursor", sa.Text(), nullable=True),
        sa.Column("rows_at", sa.BigInteger(), nullable=True),
        sa.Column("doubted", sa.Integer(), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "id"),
    )
    op.create_index("ix_calendar_person", "calendar", ["person"], unique=False)

    op.create_table(
        "conflict",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("meeting", sa.Text(), nullable=False),
        sa.Column("calendar", sa.Text(), nullable=False),
        sa.Column("uid", sa.Text(), nullable=False),
        sa.Column("starts", sa.BigInteger(), nullable=False),
        sa.Column("begins", sa.BigInteger(), nullable=False),
        sa.Column("ends", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("slots", sa.Text(), nullable=False),
        sa.Column("is_known", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "id"),
    )
    op.create_index("conflict_by_person", "conflict", ["tenant", "person", "state"], unique=False)
    op.create_index("conflict_once", "conflict", ["tenant", "meeting", "person", "uid", "starts"], unique=True)

    op.create_table(
        "connection",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("connected_at", sa.BigInteger(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("account", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "id"),
    )
    op.create_table(
        "due",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("next_at", sa.BigInteger(), nullable=False),
        sa.Column("marks", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("lease_until", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "kind", "subject"),
    )
    op.create_index("ix_due_next_at", "due", ["next_at"], unique=False)

    op.create_table(
        "incoming",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("delivery", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("answered_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("tenant", "id"),
    )
    op.create_index("incoming_delivery", "incoming", ["tenant", "delivery"], unique=True)
    op.create_index("ix_incoming_received_at", "incoming", ["received_at"], unique=False)

    op.create_table(
        "ledger",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("starts", sa.BigInteger(), nullable=False),
        sa.Column("ends", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("claimed_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("state IN ('held', 'booked', 'invited')", name="ledger_state"),
        sa.CheckConstraint("starts < ends", name="ledger_order"),
        sa.PrimaryKeyConstraint("tenant", "subject", "cause", "person", "starts", "ends"),
    )
    op.create_index("ledger_by_person", "ledger", ["tenant", "person", "starts"], unique=False)

    op.create_table(
        "link",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("resume", sa.Text(), nullable=True),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        sa.Column("renewed_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("tenant", "hash"),
    )
    op.create_index("ix_link_expires_at", "link", ["expires_at"], unique=False)
    op.create_index("link_hash", "link", ["hash"], unique=True)

    op.create_table(
        "meeting",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("uid", sa.Text(), nullable=False),
        sa.Column("organiser", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("starts", sa.BigInteger(), nullable=False),
        sa.Column("ends", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("link", sa.Text(), nullable=True),
        sa.Column("proposal", sa.Text(), nullable=True),
        sa.Column("moving_starts", sa.BigInteger(), nullable=True),
        sa.Column("moving_ends", sa.BigInteger(), nullable=True),
        sa.Column("was_starts", sa.BigInteger(), nullable=True),
        sa.Column("was_ends", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("booked_at", sa.BigInteger(), nullable=True),
        sa.Column("hindered_since", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "id"),
    )
    op.create_index(
        "meeting_by_proposal", "meeting", ["tenant", "proposal"], unique=True, sqlite_where=sa.text("state <> 'failed'")
    )
    op.create_index("meeting_by_uid", "meeting", ["tenant", "uid"], unique=True)

    op.create_table(
        "messages",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=True),
        sa.Column("message", sa.Text(), nullable=True),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("older_channel", sa.Text(), nullable=True),
        sa.Column("older_message", sa.Text(), nullable=True),
        sa.Column("older_service", sa.Text(), nullable=False),
        sa.Column("place", sa.LargeBinary(), nullable=True),
        sa.Column("place_name", sa.Text(), nullable=False),
        sa.Column("place_uses", sa.Integer(), nullable=False),
        sa.Column("place_until", sa.BigInteger(), nullable=False),
        sa.Column("rings_wanted", sa.Integer(), nullable=False),
        sa.Column("rings_shown", sa.Integer(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("is_awaited", sa.Boolean(), nullable=False),
        sa.Column("is_refused", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "id"),
        sa.UniqueConstraint("tenant", "kind", "subject", "person"),
    )
    op.create_table(
        "person",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("user", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("handle", sa.Text(), nullable=True),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("standing", sa.Text(), nullable=False),
        sa.Column("hours", sa.Text(), nullable=True),
        sa.Column("home", sa.Text(), nullable=True),
        sa.Column("looked_up_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "id"),
    )
    op.create_index("person_email", "person", ["tenant", "email"], unique=False)
    op.create_index("person_user", "person", ["tenant", "user"], unique=True)

    op.create_table(
        "proposal",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("asker", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("request", sa.Text(), nullable=False),
        sa.Column("slots", sa.Text(), nullable=False),
        sa.Column("page", sa.Integer(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("waiting_for", sa.Text(), nullable=False),
        sa.Column("reading_until", sa.BigInteger(), nullable=True),
        sa.Column("meeting", sa.Text(), nullable=True),
        sa.Column("failed", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "id"),
    )
    op.create_table(
        "proposal_person",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("proposal", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "proposal", "person"),
    )
    op.create_index("proposal_person_by_person", "proposal_person", ["tenant", "person"], unique=False)

    op.create_table(
        "tenant_key",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("ring_key", sa.Text(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("tenant"),
    )
    op.create_table(
        "web_session",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("link", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("resume", sa.Text(), nullable=True),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "hash"),
    )
    op.create_index("ix_web_session_expires_at", "web_session", ["expires_at"], unique=False)
    op.create_index("web_session_hash", "web_session", ["hash"], unique=True)

    op.create_table(
        "mirror",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("calendar", sa.Text(), nullable=False),
        sa.Column("uid", sa.Text(), nullable=False),
        sa.Column("starts", sa.BigInteger(), nullable=False),
        sa.Column("begins", sa.BigInteger(), nullable=False),
        sa.Column("ends", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("all_day", sa.Boolean(), nullable=False),
        sa.Column("ours", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("blocks", sa.Boolean(), nullable=False),
        sa.Column("is_declined", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["tenant", "calendar"], ["calendar.tenant", "calendar.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("tenant", "calendar", "uid", "starts"),
    )
    op.create_index("mirror_by_time", "mirror", ["tenant", "calendar", "begins"], unique=False)

    op.execute("""CREATE TRIGGER ledger_one_claim BEFORE INSERT ON ledger
WHEN NEW.state IN ('held', 'booked')
BEGIN
    SELECT RAISE(ABORT, 'overlap: the time is taken') WHERE EXISTS (
        SELECT 1 FROM ledger AS other
        WHERE other.tenant = NEW.tenant AND other.person = NEW.person AND other.subject <> NEW.subject
            AND other.starts < NEW.ends AND NEW.starts < other.ends
            AND (other.state = 'booked' OR (other.state = 'held'
                AND (other.expires_at IS NULL OR other.expires_at > NEW.claimed_at)))
    );
END""")
    op.execute("""CREATE TRIGGER ledger_one_claim_still BEFORE UPDATE ON ledger
WHEN NEW.state IN ('held', 'booked')
BEGIN
    SELECT RAISE(ABORT, 'overlap: the time is taken') WHERE EXISTS (
        SELECT 1 FROM ledger AS other
        WHERE other.tenant = NEW.tenant AND other.person = NEW.person AND other.subject <> NEW.subject
            AND other.starts < NEW.ends AND NEW.starts < other.ends
            AND (other.state = 'booked' OR (other.state = 'held'
                AND (other.expires_at IS NULL OR other.expires_at > NEW.claimed_at)))
    );
END""")


def downgrade() -> None:
    """There is nothing before the first shape."""
