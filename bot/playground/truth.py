"""What the calendar servers say, worked out without the bot: the judge of what it offers."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import icalendar
import recurring_ical_events

from bot.playground.world import Account

OFFICE = (time(9), time(17))


def slot(words: str, zone: str, now: datetime) -> tuple[datetime, datetime]:
    """`Tue 1 Dec 16:00–16:30` on the clocks of that zone, as two instants; in the year that makes it come next."""
    begins, _, ends = words.partition("–")
    for year in (now.year, now.year + 1):
        start = datetime.strptime(f"{begins} {year}", "%a %d %b %H:%M %Y").replace(tzinfo=ZoneInfo(zone))
        if start > now - timedelta(days=1):
            end = datetime.combine(start.date(), time.fromisoformat(ends), start.tzinfo)
            return start.astimezone(UTC), end.astimezone(UTC)
    raise ValueError(f"“{words}” does not come")


def taken(account: Account, start: datetime, end: datetime) -> list[str]:
    """What stands in the way in any of their calendars, by title, as a person would see it in a calendar app."""
    titles: list[str] = []
    for name in account.calendars:
        whole = icalendar.Calendar.from_ical(account.app(name).export(name))
        around = recurring_ical_events.of(whole).between(start - timedelta(days=1), end + timedelta(days=1))
        blocking = (one for one in around if _blocks(one, account) and _overlaps(one, start, end, account.zone))
        titles += [str(event.get("SUMMARY")) for event in blocking]
    return titles


def is_in_office_hours(account: Account, start: datetime, end: datetime) -> bool:
    """Monday to Friday, nine to five, on their own clocks."""
    here, there = (one.astimezone(ZoneInfo(account.zone)) for one in (start, end))
    return here.weekday() < 5 and here.date() == there.date() and OFFICE[0] <= here.time() and there.time() <= OFFICE[1]


def _blocks(event: icalendar.Event, account: Account) -> bool:
    if event.get("TRANSP") == "TRANSPARENT" or event.get("STATUS") == "CANCELLED":
        return False
    invited = event.get("ATTENDEE", [])
    for attendee in invited if isinstance(invited, list) else [invited]:
        if str(attendee).lower() == f"mailto:{account.email}" and attendee.params.get("PARTSTAT") == "DECLINED":
            return False
    return True


def _overlaps(event: icalendar.Event, start: datetime, end: datetime, zone: str) -> bool:
    first, last = (_instant(event.decoded(name), zone) for name in ("DTSTART", "DTEND"))
    return first < end and start < last


def _instant(at: object, zone: str) -> datetime:
    if isinstance(at, datetime):
        return at if at.tzinfo else at.replace(tzinfo=ZoneInfo(zone))
    return datetime.combine(at, time(0), ZoneInfo(zone))  # type: ignore[arg-type]
