"""When what an account's owner allowed ends by itself, and which services refuse Overlap's own registration."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column("connection", sa.Column("ends_at", sa.BigInteger(), nullable=True))
    op.add_column("connection", sa.Column("is_end_told", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "fault",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("met_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "provider"),
    )


def downgrade() -> None:
    op.drop_table("fault")
    for name in ("is_end_told", "ends_at"):
        op.drop_column("connection", name)
