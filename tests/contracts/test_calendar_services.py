"""What adapters promise of services that know other people: one suite over the twin and every such service."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.core.errors import CursorExpired, NotFound, OverlapError, Refused
from bot.core.events import Draft, Invitee, Response
from bot.core.ids import MeetingId
from bot.core.intervals import Interval
from bot.playground.stands.google.stand import GoogleStand
from bot.playground.stands.microsoft.stand import MicrosoftStand
from bot.providers.base import CalendarProvider, Cursor, Remote, shared
from tests.contracts.calendar_stages import ZONE
from tests.contracts.google_stage import OnGoogle
from tests.contracts.microsoft_stage import OnMicrosoft
from tests.contracts.service_stages import KnowingMemory, ServiceStage

NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)
WINDOW = Interval(datetime(2026, 11, 23, tzinfo=UTC), datetime(2027, 4, 1, tzinfo=UTC))
START = datetime(2026, 12, 1, 8, tzinfo=UTC)
NINE = Interval(START, START + timedelta(hours=1))
TEN = Interval(NINE.end, NINE.end + timedelta(hours=1))
DRAFT = Draft(
    uid="3f2a9c@overlap",
    meeting=MeetingId("m1"),
    title="Ana / Alex",
    when=NINE,
    zone=ZONE,
    sequence=0,
    wants_video=True,
)


@pytest.fixture(scope="module")
def google() -> Iterator[GoogleStand]:
    with GoogleStand() as stand:
        yield stand
        assert stand.sins == []


@pytest.fixture(scope="module")
def microsoft() -> Iterator[MicrosoftStand]:
    with MicrosoftStand([]) as stand:
        yield stand
        assert stand.refusals == []


@pytest.fixture(params=["memory", "google", "microsoft"])
def stage(request: pytest.FixtureRequest) -> ServiceStage:
    if request.param == "google":
        return OnGoogle(request.getfixturevalue("google"))
    if request.param == "microsoft":
        return OnMicrosoft(request.getfixturevalue("microsoft"))
    return KnowingMemory(WINDOW)


@pytest.fixture
def opened(stage: ServiceStage) -> Iterator[CalendarProvider]:
    provider = stage.open()
    yield provider
    provider.close()


@pytest.fixture
def own(stage: ServiceStage) -> Remote:
    return stage.new_calendar("Own")


def guest(address: str, *, is_room: bool = False) -> Invitee:
    return Invitee(name="Somebody", email=address, is_invited=True, is_room=is_room)


def test_its_abilities_say_so(opened: CalendarProvider) -> None:
    told = opened.abilities
    assert (told.invites, told.keeps_uid, told.sees_colleagues) == (True, False, True)
    assert told.video
    assert (told.quiet_cadence is None) == (opened.channels is None)


def test_an_event_says_under_which_uid_others_see_it(opened: CalendarProvider, own: Remote) -> None:
    written = opened.put(own, DRAFT)
    assert written.uid == DRAFT.uid
    assert written.ical_uid not in (None, DRAFT.uid)
    assert opened.put(own, replace(DRAFT, when=TEN, sequence=1)).ical_uid == written.ical_uid, "a move keeps it"


def test_who_is_invited_answers_in_their_own_calendar(
    stage: ServiceStage, opened: CalendarProvider, own: Remote
) -> None:
    alex = stage.colleague("alex")
    draft = replace(DRAFT, invitees=(guest(alex),))
    assert opened.put(own, draft).answers == ((alex, Response.NEEDS_ACTION),)
    stage.answers(alex, DRAFT.uid, Response.ACCEPTED)
    found = opened.get(own, DRAFT.uid)
    assert found is not None
    assert found.answers == ((alex, Response.ACCEPTED),)
    renamed = opened.put(own, replace(draft, title="Ana / Alex / Sam"))
    assert renamed.answers == ((alex, Response.ACCEPTED),), "a change keeps what was answered"


def test_who_is_no_longer_invited_is_let_go(stage: ServiceStage, opened: CalendarProvider, own: Remote) -> None:
    alex, sam = stage.colleague("alex"), stage.colleague("sam")
    opened.put(own, replace(DRAFT, invitees=(guest(alex), guest(sam))))
    assert opened.put(own, replace(DRAFT, invitees=(guest(sam),))).answers == ((sam, Response.NEEDS_ACTION),)


def test_a_room_answers_by_itself(stage: ServiceStage, opened: CalendarProvider, own: Remote) -> None:
    room = stage.room("elbe")
    opened.put(own, replace(DRAFT, invitees=(guest(room, is_room=True),)))
    found = opened.get(own, DRAFT.uid)
    assert found is not None
    assert found.answers == ((room, Response.ACCEPTED),)


def test_a_video_link_may_come_later_and_stays(stage: ServiceStage, opened: CalendarProvider, own: Remote) -> None:
    stage.let_links_wait()
    assert opened.put(own, DRAFT).link is None
    assert opened.put(own, DRAFT).link is None
    stage.let_links_arrive()
    found = opened.get(own, DRAFT.uid)
    assert found is not None
    assert found.link is not None
    assert found.link.startswith("https://")
    assert opened.put(own, replace(DRAFT, when=TEN, sequence=1)).link == found.link, "a move keeps it"


def test_a_colleagues_free_busy_is_read_and_nothing_else(stage: ServiceStage, opened: CalendarProvider) -> None:
    alex = shared(stage.colleague("alex", busy=NINE))
    reading = opened.read(alex, WINDOW, ZONE)
    assert [one.when for one in reading.instances] == [NINE]
    assert [one.ours for one in reading.instances] == [None]
    assert reading.cursor is None
    assert reading == opened.read(alex, WINDOW, ZONE), "the same busy time has the same name every time"
    with pytest.raises(CursorExpired):
        opened.changed(alex, Cursor("any"))
    calls: list[Callable[[], object]] = [
        lambda: opened.put(alex, DRAFT),
        lambda: opened.get(alex, DRAFT.uid),
        lambda: opened.remove(alex, DRAFT.uid),
        lambda: opened.answer(alex, DRAFT.uid, Response.DECLINED),
    ]
    for call in calls:
        with pytest.raises(Refused):
            call()


def test_a_free_colleague_is_a_complete_answer(stage: ServiceStage, opened: CalendarProvider) -> None:
    assert opened.read(shared(stage.colleague("sam")), WINDOW, ZONE).instances == ()


def test_nobody_of_whom_nothing_is_told_is_free(opened: CalendarProvider) -> None:
    with pytest.raises(OverlapError) as told:
        opened.read(shared("stranger@elsewhere.example"), WINDOW, ZONE)
    assert isinstance(told.value, NotFound | Refused)


def test_a_channel_rings_until_it_is_closed(opened: CalendarProvider, own: Remote) -> None:
    channels = opened.channels
    assert channels is not None
    channel = channels.open(own, channel="c-1", secret="s", address="https://overlap.example.org/ring/1", now=NOW)
    assert channel.expires_at > NOW
    renewed = channels.renew(channel, now=NOW)
    assert renewed is None or renewed.expires_at >= channel.expires_at
    channels.close(channel)
    channels.close(channel)


def test_what_is_only_seen_does_not_ring(stage: ServiceStage, opened: CalendarProvider) -> None:
    channels = opened.channels
    assert channels is not None
    alex = shared(stage.colleague("alex"))
    with pytest.raises(Refused):
        channels.open(alex, channel="c-2", secret="s", address="https://overlap.example.org/ring/2", now=NOW)
