"""What every adapter to calendars promises: one suite over the twin in memory and over real CalDAV servers."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.core.errors import CursorExpired, NotFound, Refused, SignInNeeded, Stale, TryLater
from bot.core.events import BusyCause, Draft, Instance, Kind, Response, Status
from bot.core.ids import MeetingId
from bot.core.intervals import Interval
from bot.playground.stands.google.stand import GoogleStand
from bot.playground.stands.microsoft.stand import MicrosoftStand
from bot.providers.base import CalendarProvider, Cursor, Reading, Remote
from tests.contracts.calendar_stages import ZONE, InMemory, OnServer, Stage
from tests.contracts.feed_stage import OnFeed
from tests.contracts.google_stage import OnGoogle
from tests.contracts.import_stage import OnImport
from tests.contracts.microsoft_stage import OnMicrosoft
from tests.providers.publisher import Publisher, publisher
from tests.servers import Server, radicale, xandikos

CORPUS = Path(__file__).parent.parent / "corpus"
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
    link="https://meet.example.org/m1",
    description="With Alex.\nMoved or cancelled in chat.",
)


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, Server]]:
    with (
        radicale(tmp_path_factory.mktemp("radicale")) as first,
        xandikos(tmp_path_factory.mktemp("xandikos")) as second,
    ):
        yield {"radicale": first, "xandikos": second}


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


@pytest.fixture(scope="module")
def publishing() -> Iterator[Publisher]:
    with publisher() as server:
        yield server


EVERY = ("memory", "radicale", "xandikos", "google", "microsoft")
reading_too = pytest.mark.parametrize("stage", [*EVERY, "ics"], indirect=True)
"""For promises about reading: those who can only be read make them too."""
even_once = pytest.mark.parametrize("stage", [*EVERY, "ics", "import"], indirect=True)
"""For promises about what a reading says: a file that was handed over once makes them too."""
only_read = pytest.mark.parametrize("stage", ["ics", "import"], indirect=True)


@pytest.fixture(params=EVERY)
def stage(request: pytest.FixtureRequest) -> Stage:
    if request.param == "ics":
        return OnFeed(request.getfixturevalue("publishing"))
    if request.param == "import":
        return OnImport()
    if request.param == "memory":
        return InMemory(WINDOW)
    if request.param == "google":
        return OnGoogle(request.getfixturevalue("google"))
    if request.param == "microsoft":
        return OnMicrosoft(request.getfixturevalue("microsoft"))
    return OnServer(request.getfixturevalue("servers")[request.param])


@pytest.fixture
def work(stage: Stage) -> Remote:
    return stage.new_calendar("Work")


@pytest.fixture
def opened(stage: Stage) -> Iterator[CalendarProvider]:
    provider = stage.open()
    yield provider
    provider.close()


def read(opened: CalendarProvider, remote: Remote) -> Reading:
    return opened.read(remote, WINDOW, ZONE)


def standing(opened: CalendarProvider, remote: Remote) -> list[Instance]:
    return sorted(read(opened, remote).instances, key=lambda one: one.when)


def corpus(name: str) -> bytes:
    return (CORPUS / f"{name}.ics").read_bytes()


def cursor(opened: CalendarProvider, remote: Remote) -> Cursor:
    found = read(opened, remote).cursor
    assert found is not None
    return found


def test_it_lists_the_calendars_of_the_account(stage: Stage, opened: CalendarProvider, work: Remote) -> None:
    listed = {one.remote: one for one in opened.calendars()}
    assert (listed[work].name, listed[work].is_writable, listed[work].is_transparent) == ("Work", True, False)


@even_once
def test_an_empty_calendar_is_a_complete_answer(opened: CalendarProvider, work: Remote) -> None:
    reading = read(opened, work)
    assert (reading.instances, reading.window) == ((), WINDOW)
    assert reading.cursor is not None


@even_once
@pytest.mark.parametrize(
    ("name", "uid", "expected"),
    [
        ("plain", "plain", [("12-01 08:00", "12-01 09:00", Kind.HARD)]),
        ("all-day", "d", [("11-30 23:00", "12-01 23:00", Kind.HARD)]),
        ("transparent", "t", []),
        ("declined", "declined", []),
        ("tentative", "tentative", [("12-01 08:00", "12-01 09:00", Kind.SOFT)]),
        (
            "series-with-exceptions",
            "s",
            [
                ("11-24 08:00", "11-24 09:00", Kind.HARD),
                ("12-02 13:00", "12-02 14:00", Kind.HARD),
                ("12-22 08:00", "12-22 09:00", Kind.HARD),
            ],
        ),
        (
            "weekly-over-dst",
            "n",
            [
                ("03-05 14:00", "03-05 14:30", Kind.HARD),
                ("03-12 14:00", "03-12 14:30", Kind.HARD),
                ("03-19 13:00", "03-19 13:30", Kind.HARD),
            ],
        ),
    ],
)
def test_what_blocks_is_read_expanded(
    stage: Stage, opened: CalendarProvider, work: Remote, name: str, uid: str, expected: list[tuple[str, str, Kind]]
) -> None:
    stage.place(work, uid, corpus(name))
    found = [
        (f"{one.when.start:%m-%d %H:%M}", f"{one.when.end:%m-%d %H:%M}", one.kind) for one in standing(opened, work)
    ]
    assert found == expected


@even_once
@pytest.mark.parametrize(
    ("name", "uid", "cause", "blocks"),
    [
        ("plain", "plain", BusyCause.PLAIN, True),
        ("tentative", "tentative", BusyCause.TENTATIVE, True),
        ("unanswered", "unanswered", BusyCause.UNANSWERED, True),
        ("all-day-free", "off", BusyCause.FREE, False),
    ],
)
def test_what_its_owner_may_choose_is_told_with_its_cause(
    stage: Stage, opened: CalendarProvider, work: Remote, name: str, uid: str, cause: BusyCause, blocks: bool
) -> None:
    stage.place(work, uid, corpus(name))
    assert [(one.cause, one.blocks) for one in standing(opened, work)] == [(cause, blocks)]


@even_once
def test_an_event_that_goes_frees_its_time(stage: Stage, opened: CalendarProvider, work: Remote) -> None:
    stage.place(work, "plain", corpus("plain"))
    assert len(standing(opened, work)) == 1
    stage.drop(work, "plain")
    assert standing(opened, work) == []


@only_read
def test_what_can_only_be_read_says_so_and_refuses_to_be_written(
    stage: Stage, opened: CalendarProvider, work: Remote
) -> None:
    stage.place(work, "unanswered", corpus("unanswered"))
    before = standing(opened, work)
    assert not opened.abilities.can_write
    assert [one.is_writable for one in opened.calendars()] == [False]
    for write in (
        lambda: opened.put(work, DRAFT),
        lambda: opened.remove(work, "unanswered"),
        lambda: opened.answer(work, "unanswered", Response.ACCEPTED),
    ):
        with pytest.raises(Refused):
            write()
    assert standing(opened, work) == before


def test_what_is_put_stands_as_drafted(opened: CalendarProvider, work: Remote) -> None:
    written = opened.put(work, DRAFT)
    assert (written.uid, written.meeting, written.when) == (DRAFT.uid, DRAFT.meeting, NINE)
    assert (written.sequence, written.status) == (0, Status.CONFIRMED)
    assert opened.get(work, DRAFT.uid) == written
    (instance,) = standing(opened, work)
    assert instance == Instance(uid=DRAFT.uid, starts=NINE.start, when=NINE, kind=Kind.HARD, ours=DRAFT.meeting)


def test_putting_twice_is_putting_once(opened: CalendarProvider, work: Remote) -> None:
    first = opened.put(work, DRAFT)
    here = cursor(opened, work)
    assert opened.put(work, DRAFT) == first
    assert not opened.changed(work, here), "nothing was written the second time"
    assert len(standing(opened, work)) == 1


def test_a_move_keeps_the_uid_and_raises_the_sequence(opened: CalendarProvider, work: Remote) -> None:
    opened.put(work, DRAFT)
    moved = opened.put(work, replace(DRAFT, when=TEN, sequence=1))
    assert (moved.when, moved.sequence) == (TEN, 1)
    assert [one.when for one in standing(opened, work)] == [TEN]


def test_the_sequence_is_never_lowered(opened: CalendarProvider, work: Remote) -> None:
    opened.put(work, replace(DRAFT, sequence=3))
    assert opened.put(work, replace(DRAFT, when=TEN, sequence=1)).sequence == 3


def test_status_tells_what_its_owner_answered(stage: Stage, opened: CalendarProvider, work: Remote) -> None:
    assert opened.put(work, replace(DRAFT, status=Status.TENTATIVE)).status is Status.TENTATIVE
    assert standing(opened, work)[0].kind is Kind.SOFT
    opened.put(work, replace(DRAFT, status=Status.CANCELLED, sequence=1))
    cancelled = [(one.ours, one.blocks) for one in standing(opened, work)]
    assert cancelled == ([(DRAFT.meeting, False)] if stage.keeps_cancelled else [])


def test_an_event_of_somebody_else_is_not_written_over(stage: Stage, opened: CalendarProvider, work: Remote) -> None:
    stage.place(work, "plain", corpus("plain"))
    with pytest.raises(Stale):
        opened.put(work, replace(DRAFT, uid="plain", when=TEN))
    opened.remove(work, "plain")
    assert [one.when for one in standing(opened, work)] == [NINE]


def test_removing_twice_is_removing_once(opened: CalendarProvider, work: Remote) -> None:
    opened.put(work, DRAFT)
    opened.remove(work, DRAFT.uid)
    opened.remove(work, DRAFT.uid)
    assert opened.get(work, DRAFT.uid) is None
    assert standing(opened, work) == []


def test_what_was_removed_can_be_put_again(opened: CalendarProvider, work: Remote) -> None:
    opened.put(work, DRAFT)
    opened.remove(work, DRAFT.uid)
    assert opened.put(work, DRAFT).when == NINE


def test_a_copy_moved_by_hand_is_still_ours(stage: Stage, opened: CalendarProvider, work: Remote) -> None:
    opened.put(work, DRAFT)
    stage.shift(work, DRAFT.uid, TEN)
    (moved,) = standing(opened, work)
    assert (moved.ours, moved.when) == (DRAFT.meeting, TEN)
    found = opened.get(work, DRAFT.uid)
    assert found is not None
    assert (found.meeting, found.when) == (DRAFT.meeting, TEN)


def test_a_copy_of_ours_is_read_beyond_the_window_too(stage: Stage, opened: CalendarProvider, work: Remote) -> None:
    opened.put(work, DRAFT)
    later = Interval(datetime(2028, 1, 3, 9, tzinfo=UTC), datetime(2028, 1, 3, 10, tzinfo=UTC))
    stage.shift(work, DRAFT.uid, later)
    assert [one.when for one in standing(opened, work)] == [later]


@reading_too
def test_the_detector_tells_of_every_change(stage: Stage, opened: CalendarProvider, work: Remote) -> None:
    here = cursor(opened, work)
    assert not opened.changed(work, here)
    stage.place(work, "plain", corpus("plain"))
    assert opened.changed(work, here)
    here = cursor(opened, work)
    assert not opened.changed(work, here)
    stage.drop(work, "plain")
    assert opened.changed(work, here)


def test_the_detector_tells_of_what_we_write(opened: CalendarProvider, work: Remote) -> None:
    here = cursor(opened, work)
    opened.put(work, DRAFT)
    assert opened.changed(work, here)


@even_once
def test_a_cursor_that_never_was_is_expired(opened: CalendarProvider, work: Remote) -> None:
    for nonsense in ("", "nonsense", "token nonsense", "token http://radicale.org/ns/sync/" + "0" * 64):
        with pytest.raises(CursorExpired):
            opened.changed(work, Cursor(nonsense))


@pytest.mark.parametrize(
    ("response", "kinds"),
    [(Response.ACCEPTED, [Kind.HARD]), (Response.TENTATIVE, [Kind.SOFT]), (Response.DECLINED, [])],
)
def test_an_invitation_is_answered_in_its_owners_calendar(
    stage: Stage, opened: CalendarProvider, work: Remote, response: Response, kinds: list[Kind]
) -> None:
    stage.place(work, "unanswered", corpus("unanswered"))
    for _ in range(2):
        opened.answer(work, "unanswered", response)
        assert [one.kind for one in standing(opened, work)] == kinds
    assert opened.title(work, "unanswered", NINE.start) == "Do not look", "nothing else of it changed"


def test_an_invitation_that_is_not_there_cannot_be_answered(opened: CalendarProvider, work: Remote) -> None:
    with pytest.raises(NotFound):
        opened.answer(work, "missing", Response.ACCEPTED)


@even_once
def test_a_title_is_read_live(stage: Stage, opened: CalendarProvider, work: Remote) -> None:
    stage.place(work, "plain", corpus("plain"))
    assert opened.title(work, "plain", NINE.start) == "Do not look"
    assert opened.title(work, "missing", NINE.start) is None


def test_a_wrong_password_asks_for_a_new_sign_in(stage: Stage, work: Remote) -> None:
    stranger = stage.open(password="wrong")
    for call in (
        stranger.calendars,
        lambda: read(stranger, work),
        lambda: stranger.put(work, DRAFT),
        lambda: stranger.remove(work, "x"),
    ):
        with pytest.raises(SignInNeeded):
            call()
    stranger.close()


@even_once
def test_a_calendar_that_is_gone_is_not_found(stage: Stage, opened: CalendarProvider, work: Remote) -> None:
    gone = stage.missing(work)
    with pytest.raises(NotFound):
        read(opened, gone)


def test_nothing_is_put_in_a_calendar_that_is_gone(stage: Stage, opened: CalendarProvider, work: Remote) -> None:
    with pytest.raises(NotFound):
        opened.put(stage.missing(work), DRAFT)


@reading_too
def test_a_service_that_is_down_is_read_when_it_is_back(stage: Stage, opened: CalendarProvider, work: Remote) -> None:
    here = cursor(opened, work)
    with stage.down():
        for call in (lambda: opened.changed(work, here), lambda: read(opened, work)):
            with pytest.raises(TryLater):
                call()
    assert not opened.changed(work, here)


def test_a_service_that_is_down_may_be_back_later(stage: Stage, opened: CalendarProvider, work: Remote) -> None:
    opened.put(work, DRAFT)
    here = cursor(opened, work)
    with stage.down():
        for call in (lambda: opened.changed(work, here), lambda: read(opened, work), lambda: opened.put(work, DRAFT)):
            with pytest.raises(TryLater):
                call()
    assert not opened.changed(work, here)
    assert opened.put(work, DRAFT).when == NINE
