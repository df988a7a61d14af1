"""Every rule that people live by, and their taken time as weeks of bits, which a search reads instead of rows.

The bits of what was read before are made here: a calendar without them would look free.
"""

from collections import defaultdict

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

MONDAY, WEEK, BIT, BYTES, REACH = 345_600, 604_800, 300, 252, 60


def upgrade() -> None:
    op.create_table(
        "busy_week",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("calendar", sa.Text(), nullable=False),
        sa.Column("week", sa.Integer(), nullable=False),
        sa.Column("hard", sa.LargeBinary(), nullable=False),
        sa.Column("soft", sa.LargeBinary(), nullable=False),
        sa.Column("is_exact", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["tenant", "calendar"], ["calendar.tenant", "calendar.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("tenant", "calendar", "week"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "rule",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("kept", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["tenant", "person"], ["person.tenant", "person.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("tenant", "person"),
    )
    op.add_column("proposal", sa.Column("ways", sa.Text(), nullable=False, server_default=sa.text("'[]'")))
    op.add_column("proposal", sa.Column("is_beside", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("proposal", sa.Column("confirming", sa.Text(), nullable=True))
    op.add_column("attendance", sa.Column("overlooks", sa.Text(), nullable=False, server_default=sa.text("''")))
    op.add_column("mirror", sa.Column("cause", sa.Text(), nullable=False, server_default=sa.text("'plain'")))
    op.add_column("calendar", sa.Column("all_day", sa.Text(), nullable=False, server_default=sa.text("'as_marked'")))
    _make_weeks()


def _make_weeks() -> None:
    connection = op.get_bind()
    of_each = "SELECT tenant, id, window_start FROM calendar WHERE window_start IS NOT NULL"
    for tenant, calendar, since in connection.exec_driver_sql(of_each).all():
        first = (since - MONDAY) // WEEK
        its = sa.text(
            "SELECT begins, ends, kind FROM mirror WHERE tenant = :tenant AND calendar = :calendar AND blocks"
        )
        bits: dict[int, list[int]] = defaultdict(lambda: [0, 0])
        widened: set[int] = set()
        for begins, ends, kind in connection.execute(its, {"tenant": tenant, "calendar": calendar}):
            widened |= {(edge - MONDAY) // WEEK for edge in (begins, ends) if edge % BIT}
            low, high = (begins - MONDAY) // WEEK, (ends - 1 - MONDAY) // WEEK
            for week in range(max(low, first), min(high + 1, first + REACH)):
                start = MONDAY + week * WEEK
                at, after = max(begins - start, 0) // BIT, -(-min(ends - start, WEEK) // BIT)
                bits[week][kind == "soft"] |= ((1 << (after - at)) - 1) << at
        for week, sides in bits.items():
            hard, soft = (one.to_bytes(BYTES, "little") if one else b"" for one in sides)
            connection.execute(
                sa.text(
                    "INSERT INTO busy_week (tenant, calendar, week, hard, soft, is_exact)"
                    " VALUES (:tenant, :calendar, :week, :hard, :soft, :is_exact)"
                ),
                {"tenant": tenant, "calendar": calendar, "week": week, "hard": hard, "soft": soft}
                | {"is_exact": week not in widened},
            )


def downgrade() -> None:
    op.drop_column("attendance", "overlooks")
    for name in ("confirming", "is_beside", "ways"):
        op.drop_column("proposal", name)
    op.drop_table("rule")
    op.drop_table("busy_week")
