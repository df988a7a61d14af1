"""Connecting: a link for one person, a request that waited for it, a dead link, and how everything stands."""

from bot.playground.tour.browser import Browser
from bot.playground.tour.play import Play, has, link, offers
from bot.playground.tour.telling import must


def help_and_links(play: Play) -> None:
    """Help helps; a request waits for a calendar and resumes by itself."""
    for line in ("/meet", "/meet help"):
        since = play.count("sam")
        play.types("sam", line)
        play.sees("sam", has("30m next week"), "it helps, with examples", since=since)
    asked = play.count("sam")
    play.types("sam", "/meet @alex 30m next week")
    waiting = play.sees(
        "sam", has("Connect a calendar first"), "Sam is asked to connect first; the request is kept", since=asked
    )
    since = play.count("sam")
    play.clicks("sam", waiting, "Connect my calendar")
    message = play.sees("sam", link, "a private link", since=since)
    looked_at_by_scanners(play, link(message))
    page = play.sign_in("sam", link(message))
    must("That’s it" in page.words, f"the page said: {page.words[:200]}")
    play.tell.holds("signed in on the page, calendars and hours chosen", None)
    play.sees("sam", offers, "the request that waited resumes by itself", since=asked, within=8.0)
    dead_link(play, link(message))


def looked_at_by_scanners(play: Play, url: str) -> None:
    """Looking consumes nothing."""
    scanner = Browser()
    must(all(scanner.open(url).status == 200 for _ in range(3)), "the page is there for whoever looks")
    scanner.close()
    play.tell.holds("a mail scanner opened it three times: nothing was consumed", None)


def dead_link(play: Play, url: str) -> None:
    """A used link's page has one button, which answers in chat."""
    since = play.count("sam")
    browser = Browser()
    page = browser.open(url)
    play.holds(page.status == 410 and len(page.forms) == 1, "the used link's page has one button: Send me a new link")
    browser.submit(page)
    browser.close()
    message = play.sees("sam", lambda one: "Get my link" in one.labels, "answered in Sam's own chat", since=since)
    play.holds(not link(message), "a lasting message carries a button, never a link")


def status(play: Play) -> None:
    """How every calendar stands."""
    since = play.count("ana")
    play.types("ana", "/meet status")
    message = play.sees("ana", has("Work", "Personal"), "each calendar and its age", since=since)
    play.holds(message.is_ephemeral, "only Ana sees it")
