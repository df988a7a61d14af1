"""The stand-in for Microsoft 365 and Outlook.com: sign-in and Graph over TLS on a port of loopback, and its people.

People are named by address, or by the part before the @. The bot cannot tell that it is not Microsoft.
"""

import re
import ssl
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from datetime import date, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, urljoin, urlsplit

import httpx
from starlette.applications import Starlette

from bot.playground.stands.microsoft.authority import Authority, told
from bot.playground.stands.microsoft.certificates import certificate
from bot.playground.stands.microsoft.deltas import Deltas
from bot.playground.stands.microsoft.directory import BASIC, Directory, MicrosoftRoom, MicrosoftUser
from bot.playground.stands.microsoft.events import Held, midnight
from bot.playground.stands.microsoft.graph import Graph
from bot.playground.stands.microsoft.mailboxes import Mailboxes
from bot.playground.stands.microsoft.office import Office
from bot.playground.stands.microsoft.push import Push
from bot.playground.stands.microsoft.schedules import Schedules
from bot.playground.stands.microsoft.tokens import Tokens
from bot.playground.stands.serving import Serving


class MicrosoftStand:
    """Serves while its `with` block lasts."""

    def __init__(
        self,
        users: Iterable[MicrosoftUser],
        rooms: Iterable[MicrosoftRoom] = (),
        *,
        port: int = 0,
        folder: Path | None = None,
        has_plain_page: bool = False,
        now: Callable[[], float] = time.time,
    ) -> None:
        """`has_plain_page`: people decide on a page without TLS, which any browser shows."""
        self.directory = Directory()
        self.directory.add(users, rooms)
        self.tokens = Tokens(now)
        self.mailboxes = Mailboxes(self.directory, now)
        self.deltas = Deltas(self.mailboxes)
        self.push = Push(self.mailboxes)
        self.schedules = Schedules(self.directory, self.mailboxes)
        self.authority = Authority(self.directory, self.tokens)
        self.office = Office(self.directory, self.mailboxes, self.deltas, self.push, self.schedules)
        self.graph = Graph(self.office, self.tokens)
        self._certificate = certificate(folder)
        app = Starlette(routes=[*self.authority.routes(), *self.graph.routes()])
        self._serving = Serving(app, port, tls=(self._certificate.chain, self._certificate.key))
        self.authority.url = self.office.url = self._serving.url
        self._page = Serving(Starlette(routes=self.authority.pages())) if has_plain_page else None
        self.authority.page_url = self.url if self._page is None else self._page.url

    @property
    def url(self) -> str:
        return self._serving.url

    @property
    def host(self) -> str:
        """As `OVERLAP_ALLOW_PRIVATE_HOSTS` would name it."""
        return urlsplit(self.url).netloc

    @property
    def ca_file(self) -> Path:
        """Whom to trust, as `OVERLAP_CA_FILE` names it."""
        return self._certificate.authority

    @property
    def environment(self) -> dict[str, str]:
        """What a bot needs to be told to talk to this Microsoft."""
        return {
            "OVERLAP_MICROSOFT_CLIENT_ID": self.directory.client_id,
            "OVERLAP_MICROSOFT_CLIENT_SECRET": self.directory.client_secret,
            "OVERLAP_MICROSOFT_AUTHORITY": f"{self.url}/common",
            "OVERLAP_GRAPH_URL": self.url,
            "OVERLAP_CA_FILE": str(self.ca_file),
        }

    @property
    def refusals(self) -> list[str]:
        """Everything that was refused to the bot and was its mistake."""
        return [*self.authority.refusals, *self.graph.refusals]

    # What people do in a browser.

    def decide(self, url: str, user: str, *, accepts: bool = True) -> tuple[str, dict[str, str]]:
        """They open that address, choose themselves and press Accept or Cancel: where they are sent, and with what."""
        with self.browser() as browser:
            page = browser.get(url).raise_for_status().text
            form = told(page) | {"user": user, "verdict": "accept" if accepts else "cancel"}
            action = re.search(r'action="([^"]*)"', page)
            answer = browser.post(urljoin(url, action[1] if action else ""), data=form)
        sent, _, query = answer.headers["location"].partition("?")
        return sent, dict(parse_qsl(query))

    def browser(self) -> httpx.Client:
        """A client that trusts this Microsoft and follows no redirect."""
        verify = ssl.create_default_context(cafile=str(self.ca_file))
        return httpx.Client(verify=verify, trust_env=False, timeout=30)

    def allow(self, user: str, *scopes: str) -> Mapping[str, str]:
        """They allow the app that much without a page; the tokens that it would be given."""
        who = self.directory.user(user)
        self.directory.allowed.setdefault(who.oid, set()).update(set(scopes) - BASIC)
        return {
            "refresh_token": self.tokens.refresh(who.oid),
            "access_token": self.tokens.access(who.oid, frozenset(scopes)),
        }

    def revoke(self, user: str) -> None:
        """They end every session, and take back what they allowed."""
        who = self.directory.user(user)
        self.directory.allowed.pop(who.oid, None)
        self.tokens.revoke(who.oid)

    # What people do in a calendar app.

    def calendar(self, user: str, name: str = "Calendar", *, can_edit: bool = True) -> str:
        """Their calendar of that name, by its id; made when it is not there."""
        who = self.directory.user(user)
        default = self.mailboxes.default(who)
        if name == default.name:
            return default.id
        standing = [one for one in self.mailboxes.shelves.values() if (one.owner, one.name) == (who.oid, name)]
        return (standing[0] if standing else self.mailboxes.add(who, name, can_edit=can_edit)).id

    def place(self, calendar: str, start: datetime, end: datetime, title: str = "Something", **fields: Any) -> Held:
        """An event of their own, put straight in."""
        return self.mailboxes.put(Held(calendar=calendar, start=start, end=end, subject=title, **fields), "created")

    def place_days(self, calendar: str, first: date, after: date, title: str = "Something", **fields: Any) -> Held:
        """Whole days of their own."""
        return self.place(calendar, midnight(first), midnight(after), title, days=(first, after), **fields)

    def events(self, calendar: str) -> list[Held]:
        """What stands there, by its start."""
        return sorted(self.mailboxes.of(calendar), key=lambda one: one.start)

    def find(self, calendar: str, title: str) -> Held:
        """The one event of that title."""
        (found,) = [one for one in self.events(calendar) if one.subject == title]
        return found

    def move(self, event: Held, to: datetime) -> Held:
        """Its owner drags it: their own event tells everybody it invited."""
        now = self.mailboxes.events[event.id]
        moved = now.changed(start=to, end=to + (now.end - now.start))
        if now.is_organizer and now.attendees:
            return self.mailboxes.change(now, moved, is_moved=True)
        return self.mailboxes.put(moved)

    def decline(self, event: Held) -> None:
        """They decline it."""
        self.mailboxes.answer(self.mailboxes.events[event.id], "declined")

    def accept(self, event: Held) -> None:
        """They accept it."""
        self.mailboxes.answer(self.mailboxes.events[event.id], "accepted")

    def delete(self, event: Held) -> None:
        """They delete it: whoever they invited is told; whoever invited them is, too."""
        now = self.mailboxes.events[event.id]
        for one in self.events(now.calendar):
            if one.series == now.id:
                self.mailboxes.drop(one)
        if now.is_organizer:
            self.mailboxes.cancel(now)
        else:
            self.mailboxes.answer(now, "declined")
            self.mailboxes.drop(self.mailboxes.events[event.id])

    def delete_calendar(self, calendar: str) -> None:
        """The whole calendar goes."""
        for one in self.events(calendar):
            self.mailboxes.drop(one)
        del self.mailboxes.shelves[calendar]

    # Its life.

    def down(self) -> AbstractContextManager[None]:
        """Within the block Graph is not there."""
        return self.graph.down()

    def start(self) -> None:
        self._serving.start()
        if self._page is not None:
            self._page.start()

    def stop(self) -> None:
        self._serving.stop()
        if self._page is not None:
            self._page.stop()
        self.push.stop()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
