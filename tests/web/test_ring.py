"""The door at which calendar services ring."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from httpx import ASGITransport, AsyncClient, Response
from starlette.applications import Starlette

from bot.core.calendars import Calendar
from bot.core.clock import SetClock
from bot.core.ids import TenantId
from bot.storage import calendars, channels, due, progress
from bot.storage.channels import Kept
from bot.storage.database import METADATA, Database
from bot.web import ring
from bot.web.ring import AT_ONCE, DEBOUNCE, LARGEST, LARGEST_TOKEN
from tests.builders import NOW, TENANT, calendar, connection

OTHER = TenantId("memory:other")


@dataclass(frozen=True)
class Door:
    """The house's bell, and what lies behind it."""

    database: Database
    clock: SetClock
    app: Starlette

    def post(self, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None) -> Response:
        return self.many(lambda web: web.post(path, content=body or b"", headers=headers or {}))

    def json(self, path: str, told: object) -> Response:
        return self.many(lambda web: web.post(path, json=told))

    def many(self, act: Callable[[AsyncClient], Awaitable[Response]]) -> Response:
        async def visit() -> Response:
            async with AsyncClient(transport=ASGITransport(self.app), base_url="https://overlap.example.com") as web:
                return await act(web)

        return asyncio.run(visit())

    def channel(self, name: str, provider: str, tenant: TenantId = TENANT) -> Kept:
        """A calendar of that name, and its channel: path, secret and ids are made of the name."""
        account = replace(connection(name, provider=provider), tenant=tenant)
        held = replace(calendar(name), tenant=tenant, connection=account.id)
        made = Kept(
            tenant=tenant,
            id=f"{name}-channel",
            calendar=held.id,
            provider=provider,
            base="https://overlap.example.com",
            path=channels.hashed(f"{name}-path"),
            secret=channels.hashed(f"{name}-secret"),
            service=f"{name}-id",
            resource=f"{name}-resource",
            opened_at=NOW,
            expires_at=NOW + timedelta(days=7),
            renew_at=NOW + timedelta(days=4),
        )
        with self.database.transaction() as tx:
            calendars.add_connection(tx, account, b"sealed")
            calendars.add(tx, held)
            channels.keep(tx, made)
            channels.rings(tx, tenant, held.id, made.expires_at)
        return made

    def calendar(self, channel: Kept) -> Calendar:
        with self.database.reading() as tx:
            return calendars.calendar(tx, channel.tenant, channel.calendar)

    def kept(self, channel: Kept) -> Kept | None:
        with self.database.reading() as tx:
            return next(iter(channels.of_calendar(tx, channel.tenant, channel.calendar)), None)

    def marks(self, channel: Kept) -> int:
        with self.database.reading() as tx:
            return progress.of(tx, channel.tenant, channel.calendar).dirty_marks

    def waits(self, kind: str) -> list[str]:
        """The subjects that are due now."""
        with self.database.transaction() as tx:
            rows = due.take(tx, self.clock.now(), kinds=[kind], limit=99, lease=timedelta(minutes=1))
            return sorted(row.subject for row in rows)


@pytest.fixture
def door(tmp_path: Path) -> Iterator[Door]:
    database, clock = Database(f"sqlite:///{tmp_path / 'overlap.db'}"), SetClock(NOW)
    METADATA.create_all(database.engine)
    yield Door(database, clock, Starlette(routes=ring.routes(database, clock)))
    database.close()


def says(name: str = "ana", **others: str) -> dict[str, str]:
    """What Google's headers say for that channel."""
    told = {
        "channel-id": f"{name}-id",
        "channel-token": f"{name}-secret",
        "resource-id": f"{name}-resource",
        "resource-state": "exists",
        "message-number": "2",
        **{key.replace("_", "-"): value for key, value in others.items()},
    }
    return {f"X-Goog-{key}": value for key, value in told.items()}


def item(name: str = "ana", **others: str) -> dict[str, str]:
    return {"subscriptionId": f"{name}-id", "clientState": f"{name}-secret", **others}


def test_google_rings_and_the_calendar_is_read_a_little_later(door: Door) -> None:
    ana = door.channel("ana", "google")
    assert door.post("/ring/google/ana-path", headers=says()).status_code == 202
    assert door.calendar(ana).dirty_at == NOW
    assert door.waits("calendar") == []
    door.clock.move(DEBOUNCE)
    assert door.waits("calendar") == ["ana"]


def test_many_rings_are_one_reading(door: Door) -> None:
    ana = door.channel("ana", "google")
    for number in ("2", "3", "7"):
        door.post("/ring/google/ana-path", headers=says(message_number=number))
    door.clock.move(DEBOUNCE)
    assert door.waits("calendar") == ["ana"]
    assert door.calendar(ana).dirty_at == NOW


def test_the_same_message_once_more_is_no_news(door: Door) -> None:
    ana = door.channel("ana", "google")
    for _ in range(3):
        assert door.post("/ring/google/ana-path", headers=says()).status_code == 202
    assert door.marks(ana) == 1


def test_an_older_message_that_comes_late_still_rings(door: Door) -> None:
    ana = door.channel("ana", "google")
    for number in ("9", "4"):
        door.post("/ring/google/ana-path", headers=says(message_number=number))
    assert door.marks(ana) == 2
    kept = door.kept(ana)
    assert kept is not None
    assert kept.number == 9


def test_that_a_channel_was_opened_is_no_change(door: Door) -> None:
    ana = door.channel("ana", "google")
    assert door.post("/ring/google/ana-path", headers=says(resource_state="sync")).status_code == 202
    assert door.marks(ana) == 0


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        pytest.param("nobody", says(), id="an unknown path"),
        pytest.param("ana-path", says(channel_token="guessed"), id="a wrong token"),
        pytest.param("ana-path", says(channel_token=""), id="no token"),
        pytest.param("ana-path", says(channel_id="another"), id="an unknown channel"),
        pytest.param("ana-path", says(resource_id="another"), id="another resource"),
        pytest.param("ana-path", says("kim"), id="another calendar's proof"),
        pytest.param("ana-path", {}, id="nothing at all"),
    ],
)
def test_google_unproven_changes_nothing_and_sounds_the_same(door: Door, path: str, headers: dict[str, str]) -> None:
    ana, kim = door.channel("ana", "google"), door.channel("kim", "google")
    right = door.post("/ring/google/kim-path", headers=says("kim"))
    before = door.marks(kim)
    wrong = door.post(f"/ring/google/{path}", headers=headers)
    assert (wrong.status_code, wrong.content, wrong.headers) == (right.status_code, right.content, right.headers)
    assert (door.marks(ana), door.marks(kim)) == (0, before)


def test_microsoft_asks_whether_we_are_there(door: Door) -> None:
    answer = door.post("/ring/microsoft/any?validationToken=Validation%3A+Testing+%3Cb%3E")
    assert (answer.status_code, answer.text) == (200, "Validation: Testing <b>")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_validation_token_has_its_limit(door: Door) -> None:
    answer = door.post(f"/ring/microsoft/any?validationToken={'x' * (LARGEST_TOKEN + 1)}")
    assert (answer.status_code, answer.content) == (400, b"")


def test_one_post_may_tell_of_several_workspaces_and_each_item_proves_itself(door: Door) -> None:
    ana, kim = door.channel("ana", "microsoft"), door.channel("kim", "microsoft", OTHER)
    sam = door.channel("sam", "microsoft")
    told = {"value": [item("ana"), item("kim"), item("sam", clientState="guessed"), item("nobody"), item("ana")]}
    assert door.json("/ring/microsoft/ana-path", told).status_code == 202
    assert [door.marks(one) for one in (ana, kim, sam)] == [1, 1, 0]


def test_microsoft_at_an_unknown_path_changes_nothing_and_sounds_the_same(door: Door) -> None:
    ana = door.channel("ana", "microsoft")
    wrong = door.json("/ring/microsoft/nobody", {"value": [item("ana")]})
    assert door.marks(ana) == 0
    right = door.json("/ring/microsoft/ana-path", {"value": [item("ana")]})
    assert (wrong.status_code, wrong.content, wrong.headers) == (right.status_code, right.content, right.headers)


def test_a_channel_of_one_service_does_not_ring_at_the_other(door: Door) -> None:
    ana = door.channel("ana", "google")
    door.json("/ring/microsoft/ana-path", {"value": [item("ana")]})
    assert door.marks(ana) == 0


def test_reauthorization_renews_at_once(door: Door) -> None:
    ana = door.channel("ana", "microsoft")
    door.json("/ring/microsoft/ana-path", {"value": [item(lifecycleEvent="reauthorizationRequired")]})
    kept = door.kept(ana)
    assert kept is not None
    assert kept.renew_at == NOW
    assert door.waits("channel") == ["ana"]
    assert door.marks(ana) == 0


def test_a_removed_subscription_is_opened_again_and_everything_is_read(door: Door) -> None:
    ana = door.channel("ana", "microsoft")
    door.json("/ring/microsoft/ana-path", {"value": [item(lifecycleEvent="subscriptionRemoved")]})
    assert door.kept(ana) is None
    assert door.calendar(ana).rings_until is None
    assert door.waits("channel") == door.waits("calendar") == ["ana"]


def test_what_was_missed_is_read_whole(door: Door) -> None:
    ana = door.channel("ana", "microsoft")
    with door.database.transaction() as tx:
        progress.stands_at(tx, TENANT, ana.calendar, b"here")
    door.json("/ring/microsoft/ana-path", {"value": [item(lifecycleEvent="missed")]})
    assert door.marks(ana) == 1
    with door.database.reading() as tx:
        assert progress.of(tx, TENANT, ana.calendar).cursor is None
    assert door.kept(ana) is not None


@pytest.mark.parametrize("body", [b"{", b"[]", b'{"value": 5}', b"\xff", b"[" * 5000], ids=repr)
def test_what_is_no_message_is_refused(door: Door, body: bytes) -> None:
    door.channel("ana", "microsoft")
    assert door.post("/ring/microsoft/ana-path", body).status_code == 400


@pytest.mark.parametrize("service", ["google", "microsoft"])
def test_a_body_has_its_limit(door: Door, service: str) -> None:
    assert door.post(f"/ring/{service}/ana-path", b"x" * (LARGEST + 1)).status_code == 413


def test_a_flood_at_one_path_is_told_to_come_again_and_another_is_heard(door: Door) -> None:
    ana, kim = door.channel("ana", "google"), door.channel("kim", "google")

    async def flood(web: AsyncClient) -> Response:
        for number in range(2 * int(AT_ONCE)):
            answer = await web.post("/ring/google/ana-path", headers=says(message_number=str(number)))
        return answer

    answer = door.many(flood)
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "5")
    assert door.marks(ana) < 2 * AT_ONCE
    assert door.post("/ring/google/kim-path", headers=says("kim")).status_code == 202
    assert door.marks(kim) == 1


def test_a_ring_ends_the_doubt_in_its_channel(door: Door) -> None:
    ana = door.channel("ana", "google")
    with door.database.transaction() as tx:
        channels.distrust(tx, TENANT, ana.calendar, NOW)
    door.post("/ring/google/ana-path", headers=says())
    kept = door.kept(ana)
    assert kept is not None
    assert kept.doubted_at is None
