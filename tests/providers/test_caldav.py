"""The CalDAV adapter before servers that do what no sound server does; the sound ones are in tests/contracts."""

import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.core.errors import (
    AddressRefused,
    CursorExpired,
    NotACalendar,
    NotFound,
    OverlapError,
    Refused,
    Stale,
    TryLater,
)
from bot.core.events import Draft, Invitee
from bot.core.ids import MeetingId
from bot.core.intervals import Interval
from bot.providers.base import Account, Cursor
from bot.providers.caldav import connect
from bot.providers.dav import Dav
from bot.providers.fetch import Door
from tests.providers.scripted import XML, Answer, Scripted, member, multistatus, scripted

EVENT = (Path(__file__).parent.parent / "corpus" / "plain.ics").read_text().replace("\r\n", "&#13;\n")
WINDOW = Interval(datetime(2026, 11, 23, tzinfo=UTC), datetime(2027, 4, 1, tzinfo=UTC))
NINE = Interval(datetime(2026, 12, 1, 8, tzinfo=UTC), datetime(2026, 12, 1, 9, tzinfo=UTC))
DRAFT = Draft(uid="m1", meeting=MeetingId("m1"), title="Ana / Alex", when=NINE, zone="Europe/Berlin", sequence=0)
CALENDAR = "<D:resourcetype><D:collection/><C:calendar/></D:resourcetype>"
CTAG = "<CS:getctag>7</CS:getctag>"
PRINCIPAL = "<D:current-user-principal><D:href>/ana/</D:href></D:current-user-principal>"
HOME = "<C:calendar-home-set><D:href>/ana/</D:href></C:calendar-home-set>"
HTML = Answer(200, "<!DOCTYPE html><html><body>Sign in: Do not look</body></html>", {"Content-Type": "text/html"})
WORK = "/ana/work/"


def etag(of: str) -> str:
    return f"<D:getetag>{of}</D:getetag>"


def data(of: str) -> str:
    return f"<C:calendar-data>{of}</C:calendar-data>"


@pytest.fixture
def server() -> Iterator[Scripted]:
    """A sound server to begin with: one calendar with two objects that hold the same event."""
    with scripted() as server:
        addresses = "<C:calendar-user-address-set><D:href>mailto:Ana@Example.org</D:href></C:calendar-user-address-set>"
        server.says("PROPFIND", "/", multistatus(member("/", PRINCIPAL)))
        server.says("PROPFIND", "/ana/", multistatus(member("/ana/", HOME + addresses)))
        server.says("PROPFIND", WORK, multistatus(member(WORK, CALENDAR + CTAG)))
        listing = multistatus(
            member(WORK, CALENDAR + etag('"c"')),
            member("/ana/work/a.ics", etag('"1"')),
            member("/ana/work/b.ics", etag('"2"')),
        )
        server.says("PROPFIND", WORK, listing, to="getetag")
        objects = multistatus(
            member("/ana/work/a.ics", etag('"1"') + data(EVENT)), member("/ana/work/b.ics", etag('"2"') + data(EVENT))
        )
        server.says("REPORT", WORK, objects, to="calendar-multiget")
        server.says("REPORT", WORK, multistatus(), to="calendar-query")
        yield server


def read(server: Scripted) -> list[Interval]:
    return [one.when for one in server.open().read(server.work, WINDOW, "Europe/Berlin").instances]


def test_the_same_event_in_two_objects_counts_once(server: Scripted) -> None:
    assert read(server) == [NINE]


def broken(href: str = "/ana/work/b.ics") -> dict[str, tuple[str, Answer]]:
    """What may go wrong in a reading: to which request, and what is answered."""
    whole = member("/ana/work/a.ics", etag('"1"') + data(EVENT))
    return {
        "a member failed with 500": ("calendar-multiget", multistatus(whole, member(href, whole=500))),
        "a member's data failed with 500": (
            "calendar-multiget",
            multistatus(whole, member(href, "<C:calendar-data/>", status=500)),
        ),
        "half the members are missing": ("calendar-multiget", multistatus(whole)),
        "the listing was cut": (
            "getetag",
            multistatus(member("/ana/work/a.ics", etag('"1"')), member(WORK, whole=507)),
        ),
        "the server is overloaded": ("getetag", Answer(503, "", {"Retry-After": "120"})),
        "the server failed": ("calendar-multiget", Answer(500)),
    }


@pytest.mark.parametrize("what", broken())
def test_a_part_of_an_answer_is_no_reading_and_passes(server: Scripted, what: str) -> None:
    to, answer = broken()[what]
    server.says("PROPFIND" if to == "getetag" else "REPORT", WORK, answer, to=to)
    with pytest.raises(TryLater):
        read(server)


def garbage() -> dict[str, tuple[str, Answer]]:
    half = EVENT[: len(EVENT) // 2]
    return {
        "a web page": ("calendar-multiget", HTML),
        "a web page as multistatus": ("calendar-multiget", replace(HTML, status=207, headers=XML)),
        "nothing": ("calendar-multiget", Answer(207, "")),
        "cut XML": ("calendar-multiget", Answer(207, "<?xml version='1.0'?><D:multistatus xmlns:D='DAV:'><D:resp")),
        "other XML": ("calendar-multiget", Answer(207, "<feed/>")),
        "an entity bomb": ("calendar-multiget", Answer(207, "<!DOCTYPE x [<!ENTITY a 'aa'>]><x>&a;</x>")),
        "half an event": (
            "calendar-multiget",
            multistatus(
                member("/ana/work/a.ics", etag('"1"') + data(half)),
                member("/ana/work/b.ics", etag('"2"') + data(EVENT)),
            ),
        ),
        "an empty listing": ("getetag", multistatus()),
        "a listing that is a page": ("getetag", HTML),
    }


@pytest.mark.parametrize("what", garbage())
def test_garbage_is_no_calendar(server: Scripted, what: str, caplog: pytest.LogCaptureFixture) -> None:
    to, answer = garbage()[what]
    server.says("PROPFIND" if to == "getetag" else "REPORT", WORK, answer, to=to)
    with caplog.at_level(logging.DEBUG), pytest.raises(NotACalendar):
        read(server)
    assert "Do not look" not in caplog.text


def test_no_title_is_logged_by_a_good_reading(server: Scripted, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        read(server)
    assert "Do not look" not in caplog.text
    assert "secret" not in caplog.text


@pytest.mark.parametrize("status", [404, 410, 418])
def test_an_object_deleted_meanwhile_is_left_out(server: Scripted, status: int) -> None:
    objects = multistatus(member("/ana/work/a.ics", etag('"1"') + data(EVENT)), member("/ana/work/b.ics", whole=status))
    server.says("REPORT", WORK, objects, to="calendar-multiget")
    assert read(server) == [NINE]


def test_an_address_that_is_no_calendar_any_more_is_not_an_empty_one(server: Scripted) -> None:
    folder = multistatus(member(WORK, "<D:resourcetype><D:collection/></D:resourcetype>"))
    server.says("PROPFIND", WORK, folder)
    with pytest.raises(NotFound):
        read(server)


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (Answer(403), Refused),
        (Answer(404), NotFound),
        (Answer(410), NotFound),
        (Answer(405), Refused),
        (Answer(429, "", {"Retry-After": "30"}), TryLater),
        (Answer(502), TryLater),
        (Answer(302, "", {"Location": "http://169.254.169.254/"}), AddressRefused),
    ],
)
def test_every_failure_has_its_name(server: Scripted, answer: Answer, error: type[OverlapError]) -> None:
    server.says("PROPFIND", WORK, answer)
    with pytest.raises(error):
        read(server)


def test_how_long_to_wait_is_passed_on(server: Scripted) -> None:
    server.says("PROPFIND", WORK, Answer(429, "", {"Retry-After": "30"}))
    with pytest.raises(TryLater) as caught:
        read(server)
    assert caught.value.after == timedelta(seconds=30)
    server.says("PROPFIND", WORK, Answer(503, "", {"Retry-After": "Fri, 31 Dec 1999 23:59:59 GMT"}))
    with pytest.raises(TryLater) as caught:
        read(server)
    assert caught.value.after == timedelta(0), "a date that is past"


@pytest.mark.parametrize("home", ["https://evil.example.org/ana/", "http://127.0.0.1:1/ana/", "//evil.example.org/"])
def test_the_password_is_sent_to_no_other_host(server: Scripted, home: str) -> None:
    there = f"<C:calendar-home-set><D:href>{home}</D:href></C:calendar-home-set>"
    server.says("PROPFIND", "/ana/", multistatus(member("/ana/", there)))
    with pytest.raises(AddressRefused):
        server.open().calendars()


@pytest.mark.parametrize(
    ("url", "why"),
    [
        pytest.param("https://p42-caldav.icloud.com/", "private network", id="a partition of the same service"),
        pytest.param("http://p42-caldav.icloud.com/", "https", id="but not in the clear"),
        pytest.param("https://icloud.com.example.org/", "another host", id="nor what only looks like it"),
    ],
)
def test_a_service_of_many_hosts_is_one_service(url: str, why: str) -> None:
    account = Account(provider="caldav", url="https://caldav.icloud.com/", user="ana", password="secret")
    dav = Dav(account, Door(resolve=lambda _host, _port: ["10.0.0.1"]))
    with pytest.raises(AddressRefused, match=why):
        dav.propfind(url, "{DAV:}resourcetype")


def test_a_batch_that_is_too_large_is_asked_for_in_halves(server: Scripted) -> None:
    door = Door(allowed=frozenset({server.url.removeprefix("http://").rstrip("/")}), most_bytes=2000)
    account = Account(provider="caldav", url=server.url, user="ana", password="secret")
    large = data(EVENT.replace("END:VEVENT", f"X-LONG:{'x' * 1000}&#13;\nEND:VEVENT"))
    both = multistatus(member("/ana/work/a.ics", etag('"1"') + large), member("/ana/work/b.ics", etag('"2"') + large))
    server.says("REPORT", WORK, both, to="calendar-multiget")
    for name, tag in (("a", '"1"'), ("b", '"2"')):
        alone = multistatus(member(f"/ana/work/{name}.ics", etag(tag) + large))
        server.says("REPORT", WORK, alone, to=f"</D:prop><D:href>/ana/work/{name}.ics</D:href></C:")
    found = connect(account, door).read(server.work, WINDOW, "Europe/Berlin").instances
    assert [one.when for one in found] == [NINE]
    assert len([one for one in server.seen if one.method == "REPORT"]) == 3


def test_an_object_is_read_again_only_when_its_etag_changed(server: Scripted) -> None:
    provider = server.open()
    provider.read(server.work, WINDOW, "Europe/Berlin")
    server.seen.clear()
    provider.read(server.work, WINDOW, "Europe/Berlin")
    assert [one.when for one in provider.read(server.work, NINE, "Europe/Berlin").instances] == [NINE]
    assert not [one for one in server.seen if one.method == "REPORT"]
    listing = multistatus(
        member(WORK, CALENDAR), member("/ana/work/a.ics", etag('"3"')), member("/ana/work/b.ics", etag('"2"'))
    )
    server.says("PROPFIND", WORK, listing, to="getetag")
    server.says(
        "REPORT", WORK, multistatus(member("/ana/work/a.ics", etag('"3"') + data(EVENT))), to="calendar-multiget"
    )
    provider.read(server.work, WINDOW, "Europe/Berlin")
    (report,) = [one for one in server.seen if one.method == "REPORT"]
    assert "a.ics" in report.body
    assert "b.ics" not in report.body


def test_weak_etags_are_not_trusted(server: Scripted) -> None:
    listing = multistatus(
        member(WORK, CALENDAR), member("/ana/work/a.ics", etag('W/"1"')), member("/ana/work/b.ics", etag('W/"2"'))
    )
    server.says("PROPFIND", WORK, listing, to="getetag")
    provider = server.open()
    for _ in range(2):
        provider.read(server.work, WINDOW, "Europe/Berlin")
    assert len([one for one in server.seen if one.method == "REPORT"]) == 2


def test_the_ctag_tells_of_changes_where_there_is_no_sync(server: Scripted) -> None:
    provider = server.open()
    cursor = provider.read(server.work, WINDOW, "UTC").cursor
    assert cursor == "ctag 7"
    assert not provider.changed(server.work, cursor)
    server.says("PROPFIND", WORK, multistatus(member(WORK, CALENDAR + "<CS:getctag>8</CS:getctag>")), to="getctag")
    assert provider.changed(server.work, cursor)


def test_etags_tell_of_changes_where_there_is_nothing_else(server: Scripted) -> None:
    server.says("PROPFIND", WORK, multistatus(member(WORK, CALENDAR)))
    listing = multistatus(member(WORK, CALENDAR), member("/ana/work/a.ics", etag('"1"')))
    server.says("PROPFIND", WORK, listing, to="getetag")
    server.says(
        "REPORT", WORK, multistatus(member("/ana/work/a.ics", etag('"1"') + data(EVENT))), to="calendar-multiget"
    )
    provider = server.open()
    cursor = provider.read(server.work, WINDOW, "UTC").cursor
    assert cursor is not None
    assert not provider.changed(server.work, cursor)
    changed = multistatus(member(WORK, CALENDAR), member("/ana/work/a.ics", etag('"2"')))
    server.says("PROPFIND", WORK, changed, to="getetag")
    assert provider.changed(server.work, cursor)


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(Answer(403, "<D:error xmlns:D='DAV:'><D:valid-sync-token/></D:error>"), id="as RFC 6578 says"),
        pytest.param(Answer(409, "<D:error xmlns:D='DAV:'><D:valid-sync-token/></D:error>"), id="with 409"),
        pytest.param(Answer(412), id="bare 412"),
        pytest.param(Answer(500), id="bare 500"),
        pytest.param(Answer(501), id="it never knew sync"),
    ],
)
def test_a_forgotten_token_is_expired_however_it_is_said(server: Scripted, answer: Answer) -> None:
    server.says("REPORT", WORK, answer, to="sync-collection")
    with pytest.raises(CursorExpired):
        server.open().changed(server.work, Cursor("token 1"))


@pytest.mark.parametrize(
    ("responses", "is_changed"),
    [
        pytest.param((), False, id="nothing"),
        pytest.param((member(WORK, etag('"c"')),), False, id="the collection itself, as iCloud lists it"),
        pytest.param((member("/ana/work/a.ics", etag('"1"')),), True, id="an object"),
        pytest.param((member("/ana/work/a.ics", whole=404),), True, id="a deleted object"),
        pytest.param((member("/ana/work/a.ics", whole=418),), True, id="a deleted object, as Nextcloud once said it"),
        pytest.param((member(WORK, whole=507),), True, id="an answer that was cut"),
    ],
)
def test_a_sync_report_only_tells_whether_anything_changed(
    server: Scripted, responses: tuple[str, ...], is_changed: bool
) -> None:
    server.says("REPORT", WORK, multistatus(*responses), to="sync-collection")
    assert server.open().changed(server.work, Cursor("token 1")) is is_changed


def test_a_create_whose_answer_was_lost_ends_in_one_event(server: Scripted) -> None:
    provider = server.open()
    server.says("PUT", "/ana/work/m1.ics", Answer(503))
    with pytest.raises(TryLater):
        provider.put(server.work, DRAFT)
    (sent,) = [one for one in server.seen if one.method == "PUT"]
    assert sent.headers["If-None-Match"] == "*"
    server.says("GET", "/ana/work/m1.ics", Answer(200, sent.body, {"Content-Type": "text/calendar", "ETag": '"1"'}))
    assert provider.put(server.work, DRAFT).meeting == DRAFT.meeting
    assert len([one for one in server.seen if one.method == "PUT"]) == 1, "it stands as drafted: nothing is written"


def test_a_uid_that_stands_under_another_name_is_written_there(server: Scripted) -> None:
    provider = server.open()
    server.says("PUT", "/ana/work/m1.ics", Answer(503))
    with pytest.raises(TryLater):
        provider.put(server.work, DRAFT)
    body = server.seen[-1].body
    elsewhere = multistatus(member("/ana/work/elsewhere.ics", etag('"9"') + data(body.replace("\r\n", "&#13;\n"))))
    server.says("REPORT", WORK, elsewhere, to="calendar-query")
    server.says("PUT", "/ana/work/elsewhere.ics", Answer(204, "", {}))
    moved = replace(DRAFT, when=Interval(NINE.end, NINE.end + timedelta(hours=1)), sequence=1)
    provider.put(server.work, moved)
    sent = [one for one in server.seen if one.method == "PUT"][-1]
    assert (sent.path, sent.headers["If-Match"]) == ("/ana/work/elsewhere.ics", '"9"')
    assert "SEQUENCE:1" in sent.body


def test_a_write_that_meets_a_change_is_stale(server: Scripted) -> None:
    provider = server.open()
    server.says("PUT", "/ana/work/m1.ics", Answer(503))
    with pytest.raises(TryLater):
        provider.put(server.work, DRAFT)
    body = server.seen[-1].body
    server.says("GET", "/ana/work/m1.ics", Answer(200, body, {"Content-Type": "text/calendar", "ETag": '"1"'}))
    server.says("PUT", "/ana/work/m1.ics", Answer(412))
    with pytest.raises(Stale):
        provider.put(server.work, replace(DRAFT, sequence=1))


def test_a_calendar_that_refuses_writing_says_so(server: Scripted) -> None:
    server.says("PUT", "/ana/work/m1.ics", Answer(403))
    with pytest.raises(Refused):
        server.open().put(server.work, DRAFT)


def test_the_organiser_is_who_their_server_says_they_are(server: Scripted) -> None:
    server.says("PUT", "/ana/work/m1.ics", Answer(503))
    alex = Invitee(name="Alex", email="alex@example.org", is_invited=True)
    with pytest.raises(TryLater):
        server.open().put(server.work, replace(DRAFT, invitees=(alex, Invitee(name="Sam", email="sam@example.org"))))
    assert "ORGANIZER:mailto:ana@example.org" in server.seen[-1].body
    assert "mailto:alex@example.org" in server.seen[-1].body.replace("\r\n ", "")
    assert "sam@example.org" not in server.seen[-1].body


def test_discovery_tells_calendars_from_everything_else(server: Scripted) -> None:
    tasks = "<C:supported-calendar-component-set><C:comp name='VTODO'/></C:supported-calendar-component-set>"
    reading = "<D:current-user-privilege-set><D:privilege><D:read/></D:privilege></D:current-user-privilege-set>"
    free = "<C:schedule-calendar-transp><C:transparent/></C:schedule-calendar-transp>"
    zone = "<C:calendar-timezone>BEGIN:VCALENDAR\nBEGIN:VTIMEZONE\nTZID:Europe/Berlin\n</C:calendar-timezone>"
    listing = multistatus(
        member("/ana/", "<D:resourcetype><D:collection/></D:resourcetype>"),
        member("/ana/work/", CALENDAR + "<D:displayname>Work</D:displayname>" + zone),
        member("/ana/shared", CALENDAR + reading + free),
        member("/ana/tasks/", CALENDAR + tasks),
        member("/ana/inbox/", "<D:resourcetype><D:collection/><C:schedule-inbox/></D:resourcetype>"),
        member("/ana/broken/", whole=500),
    )
    server.says("PROPFIND", "/ana/", listing, to="displayname")
    server.says("OPTIONS", "/ana/", Answer(200, "", {"DAV": "1, 3, calendar-access, Calendar-Auto-Schedule"}))
    provider = server.open()
    work, shared = provider.calendars()
    assert (work.remote, work.name, work.zone, work.is_writable) == (server.work, "Work", "Europe/Berlin", True)
    assert (shared.name, shared.is_writable, shared.is_transparent) == ("shared", False, True)
    assert provider.abilities.invites
    assert list(provider.addresses) == ["ana@example.org", "a@b.org"]


def test_an_address_without_caldav_is_not_found() -> None:
    with scripted() as server, pytest.raises(NotFound):
        server.open().calendars()


def test_well_known_is_asked_where_the_address_itself_does_not_know(server: Scripted) -> None:
    server.says("PROPFIND", "/", Answer(404))
    server.says("PROPFIND", "/.well-known/caldav", Answer(301, "", {"Location": "/dav/"}))
    server.says("PROPFIND", "/dav/", multistatus(member("/dav/", PRINCIPAL)))
    server.says("PROPFIND", "/ana/", multistatus(member("/ana/work/", CALENDAR)), to="displayname")
    server.says("OPTIONS", "/ana/", Answer(200, "", {}))
    assert [one.remote for one in server.open().calendars()] == [server.work]
