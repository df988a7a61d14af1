"""Loading and searching: ten people's weeks of bits out of the database, against their rows as ORM objects and a sweep.

The people and the question are those of `search`; both ways must find the same times first.
"""

import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from statistics import median

from sqlalchemy import select
from sqlalchemy.orm import Session, registry

from bot.availability.finding import starts
from bot.availability.terms import Search
from bot.core.events import Instance, Kind
from bot.core.ids import CalendarId, ConnectionId
from bot.core.intervals import Interval
from bot.core.weeks import Pair, Rows
from bot.storage import busy_weeks, calendars, mirror
from bot.storage.database import METADATA, Database, instant
from tests.benchmarks.rows import Row, median_of_ratios
from tests.benchmarks.search import by_sweep
from tests.benchmarks.search_worlds import COUNT, END, FIRST, START, WEEKS, by_rows, full
from tests.builders import TENANT, calendar, connection

PEOPLE, EACH = 10, 1_000
ROUNDS, TIMES = 11, 30
IDS = [CalendarId(f"k{number}") for number in range(PEOPLE)]


class Standing:
    """A row of the mirror as an ORM has it."""

    calendar: CalendarId
    begins: int
    ends: int
    kind: str


registry(metadata=METADATA).map_imperatively(Standing, mirror.MIRROR)


def rows() -> list[Row]:
    """The medians over rounds in which both take turns."""
    asked = by_rows(tuple(full(number, EACH) for number in range(PEOPLE)))
    may = starts(replace(asked, people=tuple(replace(one, taken=Rows()) for one in asked.people)))
    with filled(asked) as database:

        def ours() -> list[int]:
            return starts(with_weeks(database, asked))

        def theirs() -> list[int]:
            return by_sweep(with_objects(database, asked), may)

        if ours() != theirs() or not ours():
            raise AssertionError("the two do not find the same times")
        took = [(spent(ours, TIMES), spent(theirs, 1)) for _ in range(ROUNDS)]
        loading = median(spent(lambda: with_weeks(database, asked), TIMES) for _ in range(ROUNDS))
    ratio = median_of_ratios([one for one, _ in took], [other for _, other in took])
    what = f"load + search, {PEOPLE} people x {EACH} rows x {WEEKS} weeks on SQLite"
    return [
        Row(name=f"{what}: against ORM rows and a sweep", value=ratio, unit="×", goal=1 / 50),
        Row(name=what, value=median(one for one, _ in took), unit="ms"),
        Row(name=f"{what}: the load alone", value=loading, unit="ms"),
        Row(name=f"{what}: ORM rows and a sweep", value=median(other for _, other in took), unit="ms"),
    ]


def spent(find: Callable[[], object], times: int) -> float:
    """CPU milliseconds of one."""
    began = time.thread_time()
    for _ in range(times):
        find()
    return (time.thread_time() - began) * 1000 / times


def with_weeks(database: Database, asked: Search) -> Search:
    """Everybody's weeks of bits, in one statement."""
    with database.reading() as tx:
        taken = busy_weeks.load(tx, TENANT, IDS, FIRST, COUNT)
    people = zip(asked.people, IDS, strict=True)
    return replace(asked, people=tuple(replace(one, taken=taken[its]) for one, its in people))


def with_objects(database: Database, asked: Search) -> Search:
    """Every row of everybody as an object."""
    there = mirror.MIRROR.c
    found = select(Standing).where(
        there.tenant == TENANT, there.calendar.in_(IDS), there.begins < END, there.ends > START, there.blocks
    )
    hard: dict[CalendarId, list[Pair]] = defaultdict(list)
    with database.reading() as tx, Session(tx) as session:
        for one in session.scalars(found.order_by(there.begins)):
            hard[one.calendar].append((one.begins, one.ends))
    people = zip(asked.people, IDS, strict=True)
    return replace(asked, people=tuple(replace(one, taken=Rows(hard=tuple(hard[its]))) for one, its in people))


@contextmanager
def filled(asked: Search) -> Iterator[Database]:
    """A database with all of their rows, and the weeks that are made with them."""
    window = Interval(instant(START), instant(END))
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder)}/overlap.sqlite3")
        METADATA.create_all(database.engine)
        with database.transaction() as tx:
            for who, its in zip(asked.people, IDS, strict=True):
                account = replace(connection(), id=ConnectionId(f"{its}-account"), person=who.person)
                calendars.add_connection(tx, account, b"sealed")
                calendars.add(tx, replace(calendar(), id=its, person=who.person, connection=account.id))
                assert isinstance(who.taken, Rows)
                told = [_instance(number, pair) for number, pair in enumerate(who.taken.hard)]
                mirror.replace(tx, TENANT, its, told, window, window.start)
        yield database
        database.close()


def _instance(number: int, pair: Pair) -> Instance:
    when = Interval(instant(pair[0]), instant(pair[1]))
    return Instance(uid=f"u{number}", starts=when.start, when=when, kind=Kind.HARD)
