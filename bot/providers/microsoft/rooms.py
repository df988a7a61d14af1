"""An organisation's rooms: Graph places (learn.microsoft.com/graph/api/place-list)."""

from collections.abc import Iterator, Sequence

from bot.core.errors import ConsentNeeded, Refused
from bot.providers.base import Room
from bot.providers.microsoft.api import Graph
from bot.providers.microsoft.grant import PLACES
from bot.providers.microsoft.shapes import Place


class Places:
    """The rooms that an account may see."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    def rooms(self) -> Sequence[Room]:
        try:
            pages = self._graph.pages("/places/microsoft.graph.room", Place, {"$top": "100"}, scopes=[PLACES])
            return [_room(one) for page in pages for one in page.value if one.email_address]
        except ConsentNeeded:
            raise
        except Refused as error:
            raise ConsentNeeded("An administrator must allow reading the organisation's rooms first.") from error


def _room(one: Place) -> Room:
    address = (one.email_address or "").lower()
    floor = one.floor_label or ("" if one.floor_number is None else str(one.floor_number))
    return Room(
        address=address,
        name=one.display_name or address,
        capacity=one.capacity,
        building=one.building or "",
        floor=floor,
        features=tuple(_features(one)),
    )


def _features(one: Place) -> Iterator[str]:
    yield from one.tags or ()
    yield from filter(None, (one.audio_device_name, one.video_device_name, one.display_device_name))
    if one.is_wheel_chair_accessible:
        yield "wheelchair accessible"
