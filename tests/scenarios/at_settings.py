"""Dana at her settings, through the link from her chat, and the times that somebody is offered because of them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TypeAlias
from zoneinfo import ZoneInfo

from bot.playground.believable import Weeks
from bot.playground.sheet import Entry, Sheet
from bot.playground.tour.browser import Browser, Page
from bot.playground.tour.play import Play, link, reads_otherwise, slots
from bot.playground.world import PERSONAL, Account
from tests.scenarios.dana import DANA
from tests.scenarios.reading import answer

MORE = "More times"
MOST = 25
BERLIN = ZoneInfo(DANA.zone)
ELSEWHERE = b"X-MICROSOFT-CDO-BUSYSTATUS:WORKINGELSEWHERE"

Time: TypeAlias = tuple[datetime, datetime]
Changes: TypeAlias = Mapping[str, str | Sequence[str]]


@dataclass
class Settings:
    """The page as it was first opened; each time that it is set, it is set from there."""

    play: Play
    browser: Browser = field(default_factory=Browser)

    def __post_init__(self) -> None:
        url = link(answer(self.play, "dana", "/meet settings", link))
        self.page = self.browser.submit(self.browser.open(url))
        assert "How you want to be scheduled" in self.page.words
        self._fields = list(self.page.forms[0].fields)

    def set(self, changes: Changes) -> Page:
        """Save these, and everything else as it was at first (a dash in a name is an underscore here)."""
        new = {name.replace("_", "-"): [one] if isinstance(one, str) else one for name, one in changes.items()}
        kept = [pair for pair in self._fields if pair[0] not in new]
        form = self.page.forms[0]
        form.fields[:] = kept
        for name, values in new.items():
            form.fields += [(name, value) for value in values]
        saved = self.browser.submit(self.page)
        assert "Saved." in saved.words, saved.words[:600]
        return saved


def lives(account: Account, today: date) -> None:
    """Dana's private calendar, so that each rule has something to bite on; her mornings stand in the other one."""
    day = Weeks(today).day
    entries = (
        Entry(slug="dinner", title="Dinner", day=day("Tue"), at="19:00-21:00"),
        Entry(slug="run", title="Run", day=day("Sun"), at="10:00-11:00"),
        Entry(slug="maybe", title="Maybe", day=day("Wed"), at="12:00-17:00", status="TENTATIVE"),
        Entry(slug="party", title="Party", day=day("Thu"), at="12:00-17:00", invited="NEEDS-ACTION"),
        Entry(slug="cafe", title="Café", day=day("Fri"), at="12:00-17:00", is_transparent=True),
        Entry(slug="fair", title="Fair", day=day("Mon"), is_transparent=True),
        Entry(slug="retreat", title="Retreat", day=day("Wed", 1)),
    )
    whole = Sheet(name="Personal", owner=account.email, zone=account.zone, entries=entries).ical()
    account.client.replace_all(PERSONAL, _elsewhere(whole))


def _elsewhere(whole: bytes) -> bytes:
    """The café is marked as Outlook marks it."""
    before, found, after = whole.partition("SUMMARY:Café".encode())
    assert found
    return before + ELSEWHERE + b"\r\n" + found + after


def times(play: Play, line: str, *, who: str = "dana") -> list[Time]:
    """All that they are offered, on the clocks of Berlin; none where nothing fits."""
    message = answer(play, who, line, lambda one: "Nothing fits" in one.words or slots(one))
    if "Nothing fits" in message.words or "doesn’t fit" in message.words:
        return []
    found = dict.fromkeys(slots(message))
    while MORE in message.labels and len(found) < MOST:
        before = message
        play.clicks(who, message, MORE)
        message = play.becomes(who, message, reads_otherwise(before), "others", quiet=True)
        if slots(message)[0] in found:
            break
        found |= dict.fromkeys(slots(message))
    return on_the_wall(play, who, found)


def on_the_wall(play: Play, who: str, found: Iterable[str]) -> list[Time]:
    """Those times as the clocks of Berlin show them."""
    return [(start.astimezone(BERLIN), end.astimezone(BERLIN)) for start, end in (play.slot(who, one) for one in found)]


def every_day(*spans: str) -> dict[str, list[str]]:
    """The hours of every working day."""
    starts, ends = zip(*(one.split("-") for one in spans), strict=True)
    return {name: list(it) for day in range(5) for name, it in ((f"from-{day}", starts), (f"to-{day}", ends))}
