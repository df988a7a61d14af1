"""Over a meeting's life at Google and Microsoft nothing secret and nothing of others comes into a log or a row."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.playground.road import Road
from bot.playground.stage import Stage
from bot.playground.stands.microsoft.directory import MicrosoftUser
from bot.playground.stands.slack.people import SlackUser
from bot.playground.tour.play import Play, has, link, offers
from bot.playground.tour.telling import until
from tests.providers.publisher import Publisher, publisher
from tests.scenarios.reading import answer
from tests.scenarios.test_privacy import kept

pytestmark = pytest.mark.xdist_group("stage")

CANARY = "canary-4c1e"
TITLE, PLACE, GUEST = f"{CANARY}-title", f"{CANARY}-place", f"{CANARY}-guest@elsewhere.example"
RHEA, MILO = f"{CANARY}-rhea@gmail.example", f"{CANARY}-milo@outlook.example"
ZONE = "Europe/Berlin"
FEED = (
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//EN\r\nBEGIN:VEVENT\r\nUID:{canary}-uid@x\r\n"
    "DTSTART:{start:%Y%m%dT%H%M%SZ}\r\nDTEND:{end:%Y%m%dT%H%M%SZ}\r\nSUMMARY:{canary}-title\r\n"
    "ATTENDEE:mailto:{canary}-guest@elsewhere.example\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)


@pytest.fixture
def feed() -> Iterator[Publisher]:
    with publisher() as server:
        yield server


def moves_in(play: Play, handle: str, email: str) -> None:
    told = SlackUser(id=f"U0DEMO{handle.upper()}", handle=handle, name=f"{handle.title()} Lind", tz=ZONE, email=email)
    play.stage.slack.people.add(told)


def fill(play: Play) -> None:
    """Other people's events stand in both calendars."""
    world = play.stage.world
    world.google.add(RHEA, "Rhea Lind", zone=ZONE)
    world.microsoft.directory.add([MicrosoftUser(name="Milo Lind", email=MILO)])
    lunch = datetime.combine(world.today, datetime.min.time(), ZoneInfo(ZONE)).replace(hour=12)
    for day in range(1, 12):
        start, end = (lunch + timedelta(days=day, hours=one) for one in (0, 1))
        guests = [{"email": GUEST, "responseStatus": "accepted"}]
        world.google.place(RHEA, start=start, end=end, summary=TITLE, location=PLACE, attendees=guests)
        world.microsoft.place(world.microsoft.calendar(MILO), start.astimezone(UTC), end.astimezone(UTC), TITLE)


def connects(play: Play, who: str, service: str, email: str, feed: str = "") -> None:
    """They sign in at the service's own page, and name a feed too."""
    since = play.count(who)
    play.types(who, "/meet connect")
    browser, page = play.opened(link(play.sees(who, link, "a private link", since=since)))
    start = page.url
    page = browser.submit(browser.open(f"{start}/{service}"))
    page = browser.submit(page, email=email, answer="allow", user=email, verdict="accept")
    page = browser.submit(page, answer="yes")
    if feed:
        page = browser.submit(browser.open(f"{start}/feed"), url=feed)
        page = browser.submit(page, answer="yes")
    assert "Your calendars and hours" in page.words, page.words[:400]
    page = browser.submit(page)
    assert "That’s it" in page.words, page.words[:400]
    browser.close()


def secrets_of(stage: Stage) -> set[str]:
    """Everything that opens an account at either service."""
    google, microsoft = stage.world.google, stage.world.microsoft
    theirs = {*google.consent.tokens, *google.consent.grants, *google.consent.codes, google.client_secret}
    ours = {*microsoft.tokens.accesses, *microsoft.tokens.refreshes, *microsoft.tokens.codes}
    return theirs | ours | {*microsoft.deltas.tokens, microsoft.directory.client_secret}


def ours(play: Play) -> list[object]:
    """Our event, at each of the two services."""
    world = play.stage.world
    google = [one["start"] for one in world.google.events(RHEA) if one.get("summary") != TITLE]
    held = world.microsoft.events(world.microsoft.calendar(MILO))
    return [*google, *(one.start for one in held if one.subject != TITLE and not one.is_cancelled)]


def test_nothing_secret_and_nothing_of_others_is_left_in_any_file(play: Play, feed: Publisher, road: Road) -> None:
    fill(play)
    moves_in(play, "rhea", RHEA)
    moves_in(play, "milo", MILO)
    day = datetime.now(UTC).replace(hour=5, minute=0) + timedelta(days=3)
    feed.says(FEED.format(canary=CANARY, start=day, end=day + timedelta(hours=1)).encode())
    road.leads_to = next(iter(feed.allowed))
    secret = f"http://{road.host}/{CANARY}-feed/basic.ics"
    connects(play, "rhea", "google", RHEA, secret)
    connects(play, "milo", "microsoft", MILO)
    since, theirs = play.count("rhea"), play.count("milo")
    times = answer(play, "rhea", "/meet @milo 30m next week", lambda one: bool(offers(one)))
    play.clicks("rhea", times, offers(times)[0])
    play.sees("rhea", has("Booked:"), "booked", since=since, within=20.0)
    invited = play.sees("milo", lambda one: "Accept" in one.labels, "invited", since=theirs, within=20.0)
    until(lambda: len(ours(play)) == 2, "it stands at both services", within=20.0)
    before = ours(play)
    theirs = play.count("milo")
    play.clicks("milo", play.now("milo", invited), "Suggest another time")
    choices = play.sees("milo", lambda one: any(it.startswith("Ask for") for it in one.labels), "times", since=theirs)
    play.clicks("milo", choices, next(it for it in choices.labels if it.startswith("Ask for")))
    asked = play.sees("rhea", has("asks to move"), "asked to move", since=since)
    play.clicks("rhea", asked, next(it for it in asked.labels if it.startswith("Move")))
    until(lambda: len(ours(play)) == 2 and not set(map(str, before)) & set(map(str, ours(play))), "moved", within=20.0)
    moved = play.sees("rhea", lambda one: "Undo" in one.labels, "it can be undone", since=since, within=20.0)
    play.clicks("rhea", moved, "Undo")
    until(lambda: ours(play) == [], "it is off both calendars", within=20.0)
    answer(play, "rhea", "/meet status")
    assert feed.seen
    opening = secrets_of(play.stage) | {secret, f"{CANARY}-feed"}
    assert len(opening) > 10
    files = kept(play)
    for name, content in files.items():
        assert [one for one in (TITLE, PLACE, GUEST, *opening) if one.encode() in content] == [], name
    logs = [content for name, content in files.items() if name.endswith(".log")]
    assert logs
    assert [re.findall(rb".{0,80}" + CANARY.encode() + rb".{0,40}", one) for one in logs] == [[]] * len(logs)
