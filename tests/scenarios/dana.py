"""Dana, who works in Berlin, and whose calendars stand on a server of her own behind a road that can break."""

import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any
from zoneinfo import ZoneInfo

from bot.playground.believable import WORKDAYS, Weeks
from bot.playground.client import CalDavClient
from bot.playground.people import Resident
from bot.playground.road import Road
from bot.playground.servers import CalendarServer
from bot.playground.sheet import Entry, Sheet
from bot.playground.stage import Stage
from bot.playground.stands.slack.people import SlackUser
from bot.playground.world import PERSONAL, WORK, Account

DANA = Resident(handle="dana", name="Dana Fuchs", zone="Europe/Berlin", slack_id="U0DEMODANA", server="dana")
BUSY = "09:00-12:00"
"""Every working day."""


@contextmanager
def living(stage: Stage, road: Road, who: Resident = DANA, *, is_admin: bool = False) -> Iterator[Account]:
    """She, or somebody else, works here while the block lasts; their calendars are not connected yet."""
    password = secrets.token_urlsafe(18)
    server = CalendarServer(who.server, {who.email: password})
    server.launch()
    try:
        server.wait()
        road.leads_to = server.host
        account = _account(who, server, road, password)
        for sheet in _sheets(stage, who):
            account.client.replace_all(sheet.name.lower(), sheet.ical())
        stage.world.accounts[who.handle] = account
        stage.slack.people.add(
            SlackUser(
                id=who.slack_id, handle=who.handle, name=who.name, tz=who.zone, email=who.email, is_admin=is_admin
            )
        )
        yield account
    finally:
        server.remove()
        if gone := stage.world.accounts.pop(who.handle, None):
            gone.client.close()


def rows(stage: Stage, words: str, *values: object) -> list[tuple[Any, ...]]:
    """What the bot's own database answers."""
    path = stage.bot.environment["OVERLAP_DATABASE_URL"].removeprefix("sqlite:///")
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=30)) as database:
        return database.execute(words, values).fetchall()


def _account(who: Resident, server: CalendarServer, road: Road, password: str) -> Account:
    home = f"{server.url}{who.email}/"
    calendars = {WORK: f"{home}{WORK}/", PERSONAL: f"{home}{PERSONAL}/"}
    client = CalDavClient(base=server.url, user=who.email, password=password, zone=who.zone, calendars=calendars)
    return Account(
        who=who,
        server=who.server,
        url=road.url,
        user=who.email,
        password=password,
        calendars=calendars,
        client=client,
    )


def _sheets(stage: Stage, who: Resident) -> Iterator[Sheet]:
    day = Weeks(stage.world.today).day
    focus = Entry(slug="focus", title="Focus", day=day("Mon", -2), at=BUSY, rule=WORKDAYS)
    dinner = Entry(slug="dinner", title="Dinner", day=day("Tue"), at="19:00-21:00")
    for name, entry in (("Work", focus), ("Personal", dinner)):
        yield Sheet(name=name, owner=who.email, zone=who.zone, entries=(entry,))


def is_focus(start: Any) -> bool:
    """Whether that instant lies in her mornings."""
    return int(start.astimezone(ZoneInfo(DANA.zone)).hour) in range(9, 12)
