"""Connecting an account again: a link to that very one, what is known of it, and that no other takes its place."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.core.calendars import Connection, Problem
from bot.core.ids import PersonId
from bot.people.again import Again, Before
from bot.people.connect import RECONNECT, Alive, Opened
from bot.people.services import NotConnected, SignIn, Why
from bot.people.texts import Texts, TypedFeed
from bot.providers import memory
from bot.providers.base import Account, CalendarProvider, Keeper
from bot.storage import calendars
from bot.storage.links import Session
from tests.builders import TENANT
from tests.people.desk import Desk, a_desk, token_of

FEED = TypedFeed(url="https://feeds.example/secret.ics", name="Football", addresses="ana@example.com")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with a_desk(tmp_path) as desk:
        yield desk


def broken(desk: Desk, connection: Connection, problem: Problem = Problem.SIGN_IN_NEEDED) -> None:
    with desk.database.transaction() as tx:
        calendars.blame(tx, TENANT, connection.id, problem, since=desk.clock.now())


def before(desk: Desk, session: Session, connection: Connection) -> Before:
    found = Again(desk.connecting).before(session, connection.id)
    assert found is not None
    return found


def connections(desk: Desk) -> list[Connection]:
    with desk.database.reading() as tx:
        return calendars.connections_of(tx, TENANT, desk.ana.id)


def feed(desk: Desk) -> Connection:
    def opened(account: Account, keeper: Keeper | None = None, /) -> CalendarProvider:
        return desk.service.connect(replace(account, password=memory.PASSWORD), keeper)

    desk.connecting = replace(desk.connecting, providers={**desk.connecting.providers, "ics": opened})
    desk.service.calendar("Football", "Matches", is_writable=False)
    session = desk.opened().session
    Texts(desk.connecting).feed(session, FEED)
    made = desk.connecting.confirm(session)
    assert made is not None
    return made


def test_such_a_link_names_its_account_and_opens_a_usual_session(desk: Desk) -> None:
    connection = desk.connect()
    token = token_of(desk.connecting.link(desk.ana, consent=connection.id, purpose=RECONNECT))
    assert desk.connecting.look(token) == Alive(desk.ana, connections(desk)[0], RECONNECT)
    opened = desk.connecting.open_session(token)
    assert isinstance(opened, Opened)
    assert (opened.again, opened.session.purpose, opened.session.consent) == (connection.id, "connect", None)
    assert desk.connecting.reconnects(token) == connection.id


def test_a_dead_one_is_answered_by_the_message_about_that_account(desk: Desk) -> None:
    connection = desk.connect()
    token = token_of(desk.connecting.link(desk.ana, consent=connection.id, purpose=RECONNECT))
    desk.clock.move(timedelta(hours=1))
    assert desk.connecting.send_again(token)
    assert desk.rung("connection", connection.id) == 2


def test_all_but_the_password_is_known(desk: Desk) -> None:
    known = before(desk, desk.opened().session, desk.connect(url="https://caldav.fastmail.com/"))
    assert (known.service, known.url, known.user) == ("fastmail", "https://caldav.fastmail.com/", "ana")


def test_an_account_of_somebody_else_is_not_known(desk: Desk) -> None:
    connection = desk.connect()
    session = replace(desk.opened().session, person=PersonId("somebody"))
    assert Again(desk.connecting).before(session, connection.id) is None


def test_the_same_account_takes_its_place(desk: Desk) -> None:
    connection = desk.connect()
    broken(desk, connection)
    session = desk.opened().session
    typed = SignIn(url="https://dav.example.com/", user="ana", password=memory.PASSWORD)
    made = Again(desk.connecting).sign_in(session, before(desk, session, connection), typed)
    assert isinstance(made, Connection)
    assert [(one.id, one.problem) for one in connections(desk)] == [(connection.id, None)]


def test_another_account_is_told_and_neither_asked_nor_kept(desk: Desk) -> None:
    connection = desk.connect()
    broken(desk, connection)
    session = desk.opened().session
    typed = SignIn(url="https://dav.example.com/", user="ben", password=memory.PASSWORD)
    made = Again(desk.connecting).sign_in(session, before(desk, session, connection), typed)
    assert made == NotConnected((Why.ANOTHER,))
    assert [(one.id, one.problem) for one in connections(desk)] == [(connection.id, Problem.SIGN_IN_NEEDED)]


def test_a_feed_with_a_new_link_keeps_what_was_chosen_for_it(desk: Desk) -> None:
    connection = feed(desk)
    broken(desk, connection, Problem.GONE)
    chosen = desk.calendars()["Matches"]
    again = replace(FEED, url="https://feeds.example/newer.ics")
    made = Texts(desk.connecting).feed(desk.opened().session, again, connection.id)
    assert isinstance(made, Connection)
    assert [(one.id, one.problem) for one in connections(desk)] == [(connection.id, None)]
    assert desk.calendars()["Matches"].id == chosen.id
    session = desk.opened().session
    assert isinstance(Texts(desk.connecting).feed(session, again), Connection)  # it is that feed now


def test_a_link_that_is_another_feed_of_theirs_is_not_taken_for_this_one(desk: Desk) -> None:
    first = feed(desk)
    session = desk.opened().session
    other = replace(FEED, url="https://feeds.example/other.ics")
    Texts(desk.connecting).feed(session, other)
    assert desk.connecting.confirm(session) is not None
    made = Texts(desk.connecting).feed(desk.opened().session, other, first.id)
    assert made == NotConnected((Why.CONNECTED,))


@pytest.mark.parametrize(
    ("url", "kinds", "why"),
    [
        pytest.param("https://dav.example.com/", {"caldav"}, None, id="a kind that is offered"),
        pytest.param("https://dav.example.com/", {"icloud"}, Why.NOT_OFFERED, id="a kind that is not"),
        pytest.param("https://p1.icloud.com/", {"caldav"}, Why.NOT_OFFERED, id="iCloud is a kind of its own"),
        pytest.param("https://p1.icloud.com/", {"icloud"}, None, id="and goes by its own name"),
    ],
)
def test_only_kinds_that_are_offered_can_be_connected(desk: Desk, url: str, kinds: set[str], why: Why | None) -> None:
    desk.connecting = replace(desk.connecting, offered=frozenset(kinds))
    made = desk.sign_in(url=url)
    assert (made.reasons[0] if isinstance(made, NotConnected) else None) == why
