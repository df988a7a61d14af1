"""Push channels at Google: posts to whoever watches a calendar, with everything in the headers and nothing in the body.

https://developers.google.com/workspace/calendar/api/guides/push
"""

import queue
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlsplit

import httpx

from bot.playground.stands.google.calls import Call, Json
from bot.playground.stands.google.office import Calendar
from bot.playground.stands.google.refusals import Refusal, sin

ID = re.compile(r"[A-Za-z0-9\-_+/=]{1,64}")
LONGEST = timedelta(days=7)
LONGEST_TOKEN = 256


@dataclass(slots=True, kw_only=True)
class Watch:
    """One channel: one user, one calendar."""

    id: str
    resource: str
    uri: str
    address: str
    token: str
    until: datetime
    by: str
    calendar: str
    said: int = 0
    is_open: bool = True


@dataclass(slots=True)
class Pushes:
    """Keeps the channels, and posts."""

    now: Callable[[], datetime]
    watches: dict[str, Watch] = field(default_factory=dict)
    """By id, closed ones too: an id is never used again."""
    is_silent: bool = False
    """Whether every notification gets lost."""
    sent: list[tuple[str, dict[str, str], int]] = field(default_factory=list)
    """What was posted: where, with which headers, and how that was answered (0: not at all)."""
    _queue: "queue.Queue[tuple[str, dict[str, str]] | None]" = field(default_factory=queue.Queue)
    _thread: threading.Thread | None = None

    def open(self, call: Call, calendar: Calendar) -> Json:
        """A new channel, which says so first of all."""
        body = call.body
        address = urlsplit(body.get("address") or "")
        if body.get("type") != "web_hook" or not ID.fullmatch(body.get("id") or ""):
            raise sin("type or id of the channel", "required")
        if len(body.get("token") or "") > LONGEST_TOKEN:
            raise sin("the channel's token is too long", "invalid")
        if address.scheme != "https" and address.hostname not in ("127.0.0.1", "localhost"):
            raise Refusal(400, "push.webhookUrlNotHttps", "WebHook callback must be HTTPS")
        if body["id"] in self.watches:
            raise Refusal(400, "channelIdNotUnique", is_sin=True)
        now = self.now()
        until = now + LONGEST
        if body.get("expiration"):
            until = min(until, datetime.fromtimestamp(int(body["expiration"]) / 1000, UTC))
        watch = Watch(
            id=body["id"],
            resource=f"resource-of-{calendar.id}",
            uri=f"https://www.googleapis.com/calendar/v3/calendars/{calendar.id}/events?alt=json",
            address=body["address"],
            token=body.get("token", ""),
            until=until,
            by=call.by,
            calendar=calendar.id,
        )
        self.watches[watch.id] = watch
        self._say(watch, "sync")
        return {
            "kind": "api#channel",
            "id": watch.id,
            "resourceId": watch.resource,
            "resourceUri": watch.uri,
            "token": watch.token,
            "expiration": str(int(until.timestamp() * 1000)),
        }

    def stop(self, call: Call) -> None:
        """No more of it."""
        watch = self.watches.get(call.body.get("id") or "")
        if watch is None or not watch.is_open or watch.resource != call.body.get("resourceId") or watch.by != call.by:
            raise Refusal(404, "notFound")
        watch.is_open = False

    def ring(self, calendar: Calendar) -> None:
        """Something changed there."""
        for watch in self.watches.values():
            if watch.calendar == calendar.id and watch.is_open and self.now() < watch.until:
                self._say(watch, "exists")

    def revoke(self, email: str) -> None:
        """The channels of an account whose grant is gone end, and nobody is told."""
        for watch in self.watches.values():
            watch.is_open = watch.is_open and watch.by != email

    def start(self) -> None:
        self._thread = threading.Thread(target=self._post, daemon=True)
        self._thread.start()

    def finish(self) -> None:
        if self._thread is not None:
            self._queue.put(None)
            self._thread.join(20)
            self._thread = None

    def _say(self, watch: Watch, state: str) -> None:
        watch.said += 1 if state == "sync" else 2
        headers = {
            "X-Goog-Channel-ID": watch.id,
            "X-Goog-Channel-Token": watch.token,
            "X-Goog-Channel-Expiration": format_datetime(watch.until, usegmt=True),
            "X-Goog-Resource-ID": watch.resource,
            "X-Goog-Resource-URI": watch.uri,
            "X-Goog-Resource-State": state,
            "X-Goog-Message-Number": str(watch.said),
        }
        if not self.is_silent:
            self._queue.put((watch.address, headers))

    def _post(self) -> None:
        with httpx.Client(timeout=5, trust_env=False) as client:
            while (told := self._queue.get()) is not None:
                address, headers = told
                self.sent.append((address, headers, _posted(client, address, headers)))


def _posted(client: httpx.Client, address: str, headers: dict[str, Any]) -> int:
    try:
        return client.post(address, headers=headers).status_code
    except httpx.HTTPError:
        return 0
