"""What an administrator fills in about a room: understood, and shown again as it was typed."""

from collections.abc import Mapping
from datetime import time

from bot.people.room_book import Kept
from bot.people.rooms import Details, Unfit
from bot.web.forms import Form, Mistake, zone_called

LONGEST = 80
MOST_SEATS = 10_000
MOST_FEATURES = 20
FIELDS = ("name", "capacity", "building", "floor", "features", "zone", "open", "close", "keeper", "second", "address")

WORDS = {
    Unfit.NO_ACCOUNT: ("keeper", "Choose one of your own connected accounts."),
    Unfit.SIGN_IN: ("keeper", "That account must be signed in to again first."),
    Unfit.CONSENT: ("keeper", "That account may not list its organisation’s rooms."),
    Unfit.NO_DIRECTORY: ("keeper", "That account’s service keeps no list of rooms."),
    Unfit.NOT_SEEN: ("keeper", "That account cannot see this room. Check the address, or choose another account."),
    Unfit.SECOND_NOT_SEEN: ("second", "The second account cannot see this room. Choose another one, or none."),
    Unfit.SAME: ("second", "The second account must be another one than the first."),
    Unfit.TAKEN: ("calendar", "That calendar is a room’s already."),
    Unfit.UNREACHABLE: (
        "keeper",
        "The calendar service does not answer now. Nothing was changed; try again in a minute.",
    ),
}


def wrong(why: Unfit, *, on: str = "second") -> Mistake:
    """Where on the page it is said, and what to do; `on` is the field of a page that has no other."""
    field, words = WORDS[why]
    return Mistake(field if field == "second" else on, words)


def details(form: Form) -> Details | list[Mistake]:
    """What was said of the room, or everything that is wrong with it."""
    mistakes: list[Mistake] = []
    name = " ".join(form.one("name").split())
    if not name or len(name) > LONGEST or not name.isprintable():
        mistakes.append(Mistake("name", f"Give the room a name of at most {LONGEST} characters."))
    seats = form.one("capacity").strip()
    if seats and not (seats.isdecimal() and 1 <= int(seats) <= MOST_SEATS):
        mistakes.append(Mistake("capacity", "Seats are a number, or nothing."))
    zone = zone_called(form.one("zone"))
    if zone is None:
        mistakes.append(Mistake("zone", "That is no time zone. Pick one from the list, for example Europe/Berlin."))
    hours = _hours(form)
    if hours is None:
        mistakes.append(Mistake("open", "It must close after it opens. Leave both empty for all day."))
    if mistakes or zone is None or hours is None:
        return mistakes
    return Details(
        name=name,
        capacity=int(seats) if seats else None,
        building=_line(form.one("building")),
        floor=_line(form.one("floor")),
        features=tuple(filter(None, map(_line, form.one("features").split(","))))[:MOST_FEATURES],
        is_equipment=bool(form.one("equipment")),
        zone=zone,
        open_from=hours[0],
        open_to=hours[1],
    )


def typed(form: Form | None, zone: str) -> Mapping[str, str]:
    """The fields as they were filled in; empty ones before that."""
    if form is None:
        return {**dict.fromkeys((*FIELDS, "equipment", "calendar"), ""), "zone": zone}
    return {name: form.one(name) for name in (*FIELDS, "equipment", "calendar")}


def of_room(kept: Kept) -> Mapping[str, str]:
    """The fields of a room as it is."""
    room, hours = kept.room, next(iter(kept.person.hours.on(0)), None)
    is_all_day = hours is None or hours.start == hours.end == time(0)
    return {
        "name": room.name,
        "capacity": "" if room.capacity is None else str(room.capacity),
        "building": room.building,
        "floor": room.floor,
        "features": ", ".join(room.features),
        "zone": kept.person.zone,
        "open": "" if hours is None or is_all_day else f"{hours.start:%H:%M}",
        "close": "" if hours is None or is_all_day else f"{hours.end:%H:%M}",
        "keeper": room.keeper or "",
        "second": room.second or "",
        "address": room.address,
        "equipment": "1" if room.is_equipment else "",
        "calendar": "",
    }


def _hours(form: Form) -> tuple[time, time] | None:
    opens, closes = form.one("open"), form.one("close")
    if not opens and not closes:
        return time(0), time(0)
    try:
        start, end = time.fromisoformat(opens or "00:00"), time.fromisoformat(closes or "00:00")
    except ValueError:
        return None
    is_on_the_wall = start.tzinfo is None and end.tzinfo is None
    return (start, end) if is_on_the_wall and (end == time(0) or start < end) else None


def _line(words: str) -> str:
    return " ".join(words.split())[:LONGEST]
