"""What each answer to a request rested on, for a week."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "recording",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("proposal", sa.Text(), nullable=False),
        sa.Column("taken_at", sa.BigInteger(), nullable=False),
        sa.Column("kept", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "proposal"),
    )
    op.create_index("ix_recording_taken_at", "recording", ["taken_at"])


def downgrade() -> None:
    op.drop_table("recording")
