"""Whether anything changed in a calendar at Google: sync tokens, as a detector only.

https://developers.google.com/workspace/calendar/api/guides/sync. The token is taken over masters and exceptions, not
over instances: one touched weekly series would otherwise answer with hundreds of them, decades ahead.
"""

from datetime import datetime
from typing import Any

import msgspec

from bot.core.errors import CursorExpired, NotACalendar
from bot.providers.base import Cursor, Remote
from bot.providers.google.api import Api
from bot.providers.google.refusals import Gone, Unfit

FIELDS = "items(id),nextPageToken,nextSyncToken"
MOST_PAGES = 500


class Item(msgspec.Struct, frozen=True):
    """Something that changed; what it is does not matter."""

    id: str = ""


class Changes(msgspec.Struct, frozen=True, rename="camel"):
    """One page of what changed."""

    items: list[Item] = []
    next_page_token: str | None = None
    next_sync_token: str | None = None


CHANGES = msgspec.json.Decoder(Changes)


def primed(api: Api, remote: Remote, since: datetime) -> Cursor | None:
    """A token from now on, for what is not over at `since`; every page must be turned until one comes."""
    token: str | None = None
    for _ in range(MOST_PAGES):
        page = api.ask(_list(api, remote, timeMin=since.isoformat(), pageToken=token), CHANGES)
        token = page.next_page_token
        if token is None:
            return None if page.next_sync_token is None else Cursor(page.next_sync_token)
    raise NotACalendar("Google does not come to an end with this calendar.")


def changed(api: Api, remote: Remote, since: Cursor) -> bool:
    """Whether the token brings anything at all."""
    if not since:
        raise CursorExpired("There is no sync token yet.")
    token: str | None = None
    try:
        for _ in range(MOST_PAGES):
            page = api.ask(_list(api, remote, syncToken=since, pageToken=token), CHANGES)
            token = page.next_page_token
            if page.items or token is None:
                return bool(page.items)
    except (Gone, Unfit) as error:
        raise CursorExpired("Google forgot where we were.") from error
    return True


def _list(api: Api, remote: Remote, **varying: Any) -> Any:
    """The same question every time but for these: a token is only good for the question it was given to."""
    told = {name: value for name, value in varying.items() if value is not None}
    return api.events.list(
        calendarId=remote, singleEvents=False, showDeleted=True, maxResults=2500, fields=FIELDS, **told
    )
