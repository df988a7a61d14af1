"""The rooms of a Google Workspace, for an administrator who allowed it.

https://developers.google.com/admin-sdk/directory/reference/rest/v1/resources.calendars/list
"""

from collections.abc import Sequence
from typing import Any

import msgspec

from bot.core.errors import ConsentNeeded, NotACalendar, NotFound, Refused
from bot.providers.base import Room
from bot.providers.google.api import Api

MOST_PAGES = 200


class Resource(msgspec.Struct, frozen=True, rename="camel"):
    """One room, or one thing."""

    resource_email: str = ""
    resource_name: str = ""
    capacity: int | None = None
    building_id: str = ""
    floor_name: str = ""
    resource_category: str = ""
    feature_instances: Any = None


class Listed(msgspec.Struct, frozen=True, rename="camel"):
    """One page of them."""

    items: list[Resource] = []
    next_page_token: str | None = None


LISTED = msgspec.json.Decoder(Listed)


class GoogleDirectory:
    """Asks the Admin SDK."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def rooms(self) -> Sequence[Room]:
        """Every room and every piece of equipment."""
        found: list[Room] = []
        token: str | None = None
        for _ in range(MOST_PAGES):
            page = self._page(token)
            found.extend(_room(one) for one in page.items if one.resource_email)
            token = page.next_page_token
            if token is None:
                return found
        raise NotACalendar("Google does not come to an end with these rooms.")

    def _page(self, token: str | None) -> Listed:
        told = {} if token is None else {"pageToken": token}
        asked = self._api.rooms.list(customer="my_customer", maxResults=500, **told)
        try:
            return self._api.ask(asked, LISTED)
        except (Refused, NotFound) as error:
            raise ConsentNeeded(
                "This account may not list its organisation's rooms: an administrator's may."
            ) from error


def _room(one: Resource) -> Room:
    return Room(
        address=one.resource_email.lower(),
        name=one.resource_name or one.resource_email,
        capacity=one.capacity,
        building=one.building_id,
        floor=one.floor_name,
        features=_features(one.feature_instances),
        is_equipment=one.resource_category == "OTHER",
    )


def _features(told: Any) -> tuple[str, ...]:
    """Their names; the directory leaves open what stands here."""
    listed = told if isinstance(told, list) else []
    named = (one.get("feature") for one in listed if isinstance(one, dict))
    return tuple(str(one["name"]) for one in named if isinstance(one, dict) and one.get("name"))
