"""One linear history of the database's shape, kept by Alembic and brought up to date before anything is served."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, make_url
from sqlalchemy.exc import DatabaseError
from sqlalchemy.pool import NullPool

HERE = Path(__file__).parent


def upgrade(url: str, to: str = "head") -> tuple[str, str]:
    """Bring that database to the newest shape, or the one named; from which revision and to which it went."""
    before = _at(url)
    command.upgrade(_config(url), to)
    return before, _at(url)


def newest() -> str:
    """The revision that this code expects."""
    return ScriptDirectory.from_config(_config("sqlite://")).get_current_head() or "nothing"


def is_newest(url: str) -> bool:
    """Whether there is a database at all, in the shape that this code expects; to look makes none."""
    name = make_url(url).database
    try:
        return name is not None and Path(name).is_file() and _at(url) == newest()
    except DatabaseError:
        return False


def _config(url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(HERE))
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    return config


def _at(url: str) -> str:
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() or "nothing"
