"""The road to the calendar servers is bad, by seed: requests are lost, done and lost, refused for now, or late."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from bot.playground.road import Instead, Late, Lost, Mishap, Passage
from bot.playground.tour.play import has, offers
from tests.faults.acts import Press, ask, calm, press, seen
from tests.faults.battlefield import Field, seeded, seeds
from tests.faults.flows import ended, lifetime, race
from tests.faults.invariants import meetings
from tests.faults.strokes import storm

pytestmark = [pytest.mark.faults, pytest.mark.xdist_group("faults")]


@pytest.mark.parametrize("seed", seeds(10))
def test_on_a_bad_road_what_was_clicked_is_done_once(field: Field, seed: int) -> None:
    with seeded("on_a_bad_road", seed) as chance:
        lifetime(field, chance, lambda: storm(field, chance, chance.choice((0.1, 0.3, 0.6))))


@pytest.mark.parametrize("seed", seeds(4))
def test_on_a_bad_road_two_take_the_same_time(field: Field, seed: int) -> None:
    with seeded("road_two_take", seed) as chance:
        race(field, chance, lambda: storm(field, chance, 0.3))


WRITES = {
    "every write is lost": Lost(),
    "every write is done and its answer lost": Lost(is_done=True),
    "every write is done and answered with 500": Instead(status=500, is_done=True),
    "every write is done and answered with 504": Instead(status=504, is_done=True),
    "every write is refused for now": Instead(status=429, headers={"Retry-After": "1"}),
}


@pytest.mark.parametrize("mishap", [pytest.param(mishap, id=name) for name, mishap in WRITES.items()])
def test_while_nothing_can_be_written_nothing_is_told_and_then_it_is_done_once(field: Field, mishap: Mishap) -> None:
    @contextmanager
    def outage() -> Iterator[None]:
        field.weather(lambda passage: mishap if passage.method in ("PUT", "DELETE") else None)
        yield
        field.wait(3.0)

    with seeded("while_nothing_can_be_written", 0) as chance:
        lifetime(field, chance, outage)


def test_a_slow_road_only_takes_longer(field: Field) -> None:
    @contextmanager
    def slowly() -> Iterator[None]:
        field.weather(slow)
        yield
        field.wait(2.0)

    with seeded("slow_road", 0) as chance:
        lifetime(field, chance, slowly)


def slow(_passage: Passage) -> Mishap:
    return Late(1.2)


@pytest.mark.parametrize("status", [pytest.param(401, id="wrong password"), pytest.param(403, id="forbidden")])
def test_a_calendar_that_refuses_for_good_books_nothing_and_tells_nobody_else(field: Field, status: int) -> None:
    since, before = field.begin(), {one.id for one in meetings(field)}
    offer, mine, theirs = ask(field, "ana", "@alex"), field.play.count("ana"), field.play.count("alex")
    field.weather(lambda passage: Instead(status=status) if passage.method == "PUT" else None)
    press(field, [Press("ana", offer, offers(offer)[0])], calm)
    field.play.sees("ana", has("Not booked"), "it says why not", within=12, since=mine)
    ended(field, since, has_died=False)
    (ours,) = [one for one in meetings(field) if one.id not in before]
    assert ours.state == "failed"
    assert field.play.count("alex") == theirs
    assert field.rows("SELECT 1 FROM ledger WHERE subject = ?", ours.id) == []


def test_a_participants_server_that_is_long_away_gets_its_copy_when_it_is_back(field: Field) -> None:
    since, before = field.begin(), {one.id for one in meetings(field)}
    offer = ask(field, "ana", "@kim")
    office, kims = field.roads
    kims.weather = lambda _: Lost()
    press(field, [Press("ana", offer, offers(offer)[0])], calm)
    field.play.sees("ana", has("It is not on Kim's calendar yet: I keep trying"), "it stands without", within=12)
    assert [copy.start for copy in field.play.copies("ana")] == [ours.start for ours in meetings(field) if ours.stands]
    assert not field.play.copies("kim")
    assert not any(trip.mishap for trip in office.travelled)
    ended(field, since, has_died=False)
    (ours,) = [one for one in meetings(field) if one.id not in before]
    assert ours.stands
    press(field, [seen(field, since, "ana", "Undo")], calm)
    ended(field, since, has_died=False)
