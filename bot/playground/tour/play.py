"""What the people of the story do, and how it is told and checked on the way."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

from bot.playground.client import Event
from bot.playground.stage import Stage
from bot.playground.stands.slack.delivery import Ack
from bot.playground.stands.slack.messages import Message
from bot.playground.tour import drawing
from bot.playground.tour.browser import Browser, Page
from bot.playground.tour.telling import Teller, must, stopwatch, until
from bot.playground.truth import slot

BOOK = "Book "
SLOT = re.compile(r"\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) \d{1,2} [A-Z][a-z]{2} \d{2}:\d{2}–\d{2}:\d{2}")


class Shown(Protocol):
    """A message on either platform, as its reader has it on the screen."""

    @property
    def words(self) -> str: ...

    @property
    def labels(self) -> tuple[str, ...]: ...


Shows = Callable[[Any], object]
"""Whether a message is the one that is waited for."""


def has(*words: str) -> Shows:
    """A message that reads so: every one of these stands in it."""
    return lambda message: all(word in message.words for word in words)


def reads_otherwise(before: Message) -> Shows:
    """Whatever says something else than this did."""
    return lambda message: message.words != before.words


@dataclass
class Play:
    """One performance of the story."""

    stage: Stage
    tell: Teller

    # In Slack.

    def types(self, who: str, line: str, *, channel: str = "#general") -> Ack:
        """They type it, and Slack gets its ack."""
        self.tell.types(self.name(who), line)
        ack = self.stage.slack.slash(who, line, channel=channel)
        must(ack.is_good, f"Slack got {ack.status} for “{line}”")
        return ack

    def clicks(self, who: str, message: Message, label: str, *, is_stale: bool = False) -> Ack:
        """They press that button."""
        self.tell.clicks(self.name(who), label)
        ack = self.stage.slack.press(who, message, label, is_stale=is_stale)
        must(ack.is_good, f"Slack got {ack.status} for a press of “{label}”")
        return ack

    def sees(
        self, who: str, shows: Shows, words: str, *, within: float = 5.0, since: int = 0, quiet: bool = False
    ) -> Message:
        """They come to see a message of which `shows` holds; it is told, with the seconds it took."""
        with stopwatch() as seconds:
            found = until(lambda: self._newest(who, shows, since), self._missing(who, words), within=within)
        if not quiet:
            self.tell.shows(self.name(who), drawing.slack(found.body), private=found.is_ephemeral)
            self.tell.holds(words, seconds())
        return found

    def now(self, who: str, message: Message) -> Message:
        """That message as it stands now."""
        return next(one for one in self.stage.slack.messages(who) if one.ts == message.ts)

    def becomes(
        self, who: str, message: Message, shows: Shows, words: str, *, within: float = 5.0, quiet: bool = False
    ) -> Message:
        """That very message comes to read so: an edit."""
        with stopwatch() as seconds:
            found = until(
                lambda: current if shows(current := self.now(who, message)) else None,
                self._missing(who, words),
                within=within,
            )
        if not quiet:
            self.tell.shows(self.name(who), drawing.slack(found.body), private=found.is_ephemeral)
            self.tell.holds(words, seconds())
        return found

    def count(self, who: str) -> int:
        """How many messages they have seen so far."""
        return len(self.stage.slack.messages(who))

    def holds(self, is_so: object, words: str) -> None:
        """It is so, and is told."""
        must(is_so, f"not so: {words}")
        self.tell.holds(words, None)

    def comes_true(self, is_so: Callable[[], object], words: str, *, within: float = 5.0) -> None:
        """It becomes so, and is told with the seconds it took."""
        with stopwatch() as seconds:
            until(lambda: is_so() or None, words, within=within)
        self.tell.holds(words, seconds())

    def name(self, who: str) -> str:
        """What they are called: their first name."""
        return self.stage.slack.people.known(who).name.split()[0]

    # In the calendars.

    def copies(self, who: str) -> list[Event]:
        """Overlap's own events in that person's calendars, as the server reports them."""
        return self.stage.world.our_copies(who)

    def slot(self, who: str, words: str) -> tuple[datetime, datetime]:
        """The instants that a time on offer means to them."""
        return slot(words, self.stage.world.account(who).zone, datetime.now(UTC))

    # On the connect page.

    def connect(self, who: str, *, channel: str = "#general") -> None:
        """They connect their calendars through the link that they get, as a person would."""
        since = self.count(who)
        self.types(who, "/meet connect", channel=channel)
        message = self.sees(who, link, "a private link, for them alone", since=since)
        self.holds(message.is_ephemeral, "only they see it")
        page = self.sign_in(who, link(message))
        must(page.status == 200 and "That’s it" in page.words, f"the page said: {page.words[:200]}")
        self.tell.holds("signed in on the page, calendars and hours chosen", None)

    def sign_in(self, who: str, url: str) -> Page:
        """Open the link, sign in to all that they have, keep what is chosen already, save."""
        account = self.stage.world.account(who)
        browser, page = self.opened(url)
        must("calendar" in page.words and page.status == 200, f"the page said: {page.words[:200]}")
        start = page.url
        page = browser.open(f"{start}/caldav")
        page = browser.submit(page, service="other", url=account.url, user=account.user, password=account.password)
        if page.url.endswith("/confirm"):  # an account that is theirs already needs no second word
            page = browser.submit(page, answer="yes")
        must("Your calendars and hours" in page.words, f"the page said: {page.words[:400]}")
        for service, email in (("google", account.who.google), ("microsoft", account.who.microsoft)):
            if email:
                page = self._sign_in_at(browser, f"{start}/{service}", email)
        page = browser.submit(page)
        browser.close()
        return page

    def opened(self, url: str) -> tuple[Browser, Page]:
        """Open a private link, and go on to what is behind it."""
        browser = Browser()
        page = browser.open(url)
        must(page.status == 200, f"the link's page answered {page.status}")
        return browser, browser.submit(page)

    def _sign_in_at(self, browser: Browser, url: str, email: str) -> Page:
        """On to the service's own page, and back from there."""
        page = browser.submit(browser.open(url))
        must(email in page.words, f"the service's own page said: {page.words[:400]}")
        page = browser.submit(page, email=email, answer="allow", user=email, verdict="accept")
        if page.url.endswith("/confirm"):
            page = browser.submit(page, answer="yes")
        must(email in page.words and "Your calendars and hours" in page.words, f"the page said: {page.words[:400]}")
        return page

    def _newest(self, who: str, shows: Shows, since: int) -> Message | None:
        return next((one for one in reversed(self.stage.slack.messages(who)[since:]) if shows(one)), None)

    def _missing(self, who: str, words: str) -> str:
        last = self.stage.slack.messages(who)[-2:]
        return f"{who} was not shown: {words}. Last shown:\n" + "\n--\n".join(one.words for one in last)


def link(message: Message) -> str:
    """The address of the message's first button that opens a page; empty if it has none."""
    return next((button.url for button in message.buttons if button.url), "")


def offers(message: Shown) -> list[str]:
    """The labels of the times on offer."""
    return [label for label in message.labels if label.startswith(BOOK) and any(map(str.isdigit, label))]


def slots(message: Shown) -> list[str]:
    """The times on offer as they read: `Tue 1 Dec 16:00–16:30`."""
    return [found[0] for line in message.words.splitlines() if (found := SLOT.search(line))]
