"""The rooms of a Google Workspace, for those who may list them."""

from collections.abc import Iterator

import pytest

from bot.core.errors import ConsentNeeded
from bot.playground.stands.google.stand import FULL, GoogleStand
from bot.providers.base import Room
from bot.providers.google.adapter import Google
from tests.providers.google import ANA, AT, opening, stand

__all__ = ["stand"]
ADMIN = "ada@acme.example"
ROOMS = f"{AT}admin.directory.resource.calendar.readonly"


@pytest.fixture
def directory(stand: GoogleStand) -> Iterator[Google]:
    stand.add(ADMIN, "Ada", is_admin=True)
    stand.add_room(
        "C_Elbe@resource.calendar.google.com",
        "Elbe",
        capacity=8,
        buildingId="HH-1",
        floorName="2",
        featureInstances=[{"feature": {"name": "Screen"}}, {"feature": {"name": "Phone"}}],
    )
    stand.add_room("c_beamer@resource.calendar.google.com", "Beamer", resourceCategory="OTHER")
    with opening(stand, ADMIN, scopes=(*FULL, ROOMS)) as google:
        yield google


@pytest.mark.parametrize("size", [1, 500])
def test_every_room_is_told_with_what_is_in_it(stand: GoogleStand, directory: Google, size: int) -> None:
    stand.lists.page_size = size
    assert directory.directory.rooms() == [
        Room(
            address="c_elbe@resource.calendar.google.com",
            name="Elbe",
            capacity=8,
            building="HH-1",
            floor="2",
            features=("Screen", "Phone"),
        ),
        Room(address="c_beamer@resource.calendar.google.com", name="Beamer", is_equipment=True),
    ]


@pytest.mark.parametrize(
    ("email", "scopes"),
    [
        pytest.param(ADMIN, FULL, id="an administrator who was not asked for it"),
        pytest.param(ANA, (*FULL, ROOMS), id="no administrator"),
    ],
)
def test_who_may_not_list_them_is_told_what_is_missing(
    stand: GoogleStand, directory: Google, email: str, scopes: tuple[str, ...]
) -> None:
    with opening(stand, email, scopes=scopes) as google, pytest.raises(ConsentNeeded):
        google.directory.rooms()
