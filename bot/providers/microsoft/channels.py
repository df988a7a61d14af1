"""Push: Graph subscriptions on a calendar's events, with their lifecycle told to the same address.

https://learn.microsoft.com/graph/api/resources/subscription
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

from bot.core.errors import Refused, Stale, TryLater
from bot.providers.base import SHARED, Channel, Remote
from bot.providers.microsoft.api import Graph, Misunderstood
from bot.providers.microsoft.reading import literal, path
from bot.providers.microsoft.shapes import Subscription, instant

LONGEST = (timedelta(minutes=10_080), timedelta(minutes=4_230))
"""How long one may live: at most a week, in some tenants three days."""
SPARE = timedelta(minutes=15)
CHANGES = "created,updated,deleted"


class Subscriptions:
    """An account's subscriptions: the port's channels."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    def open(self, remote: Remote, *, channel: str, secret: str, address: str, now: datetime) -> Channel:
        if remote.startswith(SHARED):
            raise Refused("Somebody's free/busy rings nobody.")
        asked = {
            "changeType": CHANGES,
            "resource": f"{path(remote)}/events",
            "notificationUrl": address,
            "lifecycleNotificationUrl": address,
            "clientState": secret,
        }
        for until in _ends(now):
            try:
                made = self._graph.post("/subscriptions", {**asked, "expirationDateTime": until}, Subscription)
            except Misunderstood:
                continue
            except Stale as error:
                raise TryLater("Microsoft has such a subscription already, until it ends.") from error
            else:
                return _channel(made, now)
        raise TryLater("Microsoft did not reach the address for its notifications.")

    def renew(self, channel: Channel, *, now: datetime) -> Channel:
        for until in _ends(now):
            try:
                made = self._graph.patch(_path(channel), {"expirationDateTime": until}, Subscription)
            except Misunderstood:
                continue
            else:
                return _channel(made, now)
        raise TryLater("Microsoft does not renew the subscription now.")

    def close(self, channel: Channel) -> None:
        self._graph.delete(_path(channel))


def _ends(now: datetime) -> Iterator[str]:
    for life in LONGEST:
        yield literal(now + life - SPARE)


def _path(channel: Channel) -> str:
    return f"/subscriptions/{quote(channel.id, safe='')}"


def _channel(made: Subscription, now: datetime) -> Channel:
    ends = instant(made.expiration_date_time) or now.astimezone(UTC)
    return Channel(id=made.id, resource="", expires_at=ends)
