"""What Alembic runs: each migration in one transaction of its own connection."""

from alembic import context
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from bot.storage.database import METADATA

engine = create_engine(context.config.get_main_option("sqlalchemy.url") or "", poolclass=NullPool)
with engine.connect() as connection:
    context.configure(connection=connection, target_metadata=METADATA, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
