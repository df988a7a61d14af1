"""Push channels at Google (https://developers.google.com/workspace/calendar/api/guides/push).

They last as long as the answer says, whatever was asked for, and cannot be renewed: a new one takes the place of
the old one.
"""

from datetime import UTC, datetime, timedelta

import msgspec

from bot.core.errors import NotACalendar, NotFound, Refused, SignInNeeded, Stale
from bot.providers.base import SHARED, Channel, Remote
from bot.providers.google.api import Api
from bot.providers.google.refusals import Unfit

ASKED_FOR = timedelta(days=30)


class Opened(msgspec.Struct, frozen=True, rename="camel"):
    """What Google says of a new channel."""

    resource_id: str = ""
    expiration: str = ""


OPENED = msgspec.json.Decoder(Opened)


class GoogleChannels:
    """How one account opens them."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def open(self, remote: Remote, *, channel: str, secret: str, address: str, now: datetime) -> Channel:
        """Watches that calendar's events."""
        if remote.startswith(SHARED):
            raise Refused("Nothing rings for what is only seen by free/busy.")
        body = {
            "id": channel,
            "type": "web_hook",
            "address": address,
            "token": secret,
            "expiration": str(int((now + ASKED_FOR).timestamp() * 1000)),
        }
        try:
            told = self._api.ask(self._api.events.watch(calendarId=remote, body=body), OPENED)
        except Unfit as error:
            raise Refused("Google tells nothing of this calendar's changes.") from error
        if not told.expiration.isdecimal():
            raise NotACalendar("Google does not say until when this channel rings.")
        until = datetime.fromtimestamp(int(told.expiration) // 1000, UTC)
        return Channel(id=channel, resource=told.resource_id, expires_at=until)

    def renew(self, _channel: Channel, *, now: datetime) -> None:
        """Google knows no renewal."""

    def close(self, channel: Channel) -> None:
        """Ends it; one that is gone, whose grant is gone, or that is another's is no longer ours to end."""
        try:
            self._api.bytes(self._api.channels.stop(body={"id": channel.id, "resourceId": channel.resource}))
        except (NotFound, Stale, SignInNeeded):
            return
