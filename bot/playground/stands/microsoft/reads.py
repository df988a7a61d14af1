"""What Graph tells of calendars and events.

https://learn.microsoft.com/graph/api/resources/calendar and /resources/event
"""

import re
from typing import Any
from urllib.parse import urlencode

from bot.playground.stands.microsoft import strict
from bot.playground.stands.microsoft.directory import MicrosoftUser
from bot.playground.stands.microsoft.events import Held, Json, selected
from bot.playground.stands.microsoft.mailboxes import Shelf
from bot.playground.stands.microsoft.office import PAGED, READS, READS_ALL, Asked, Office
from bot.playground.stands.microsoft.strict import Refused

_PAGE = re.compile(r"odata\.maxpagesize=(\d+)")
WINDOW = frozenset({"startDateTime", "endDateTime"})


def calendars(office: Office, asked: Asked) -> Json:
    office.needs(asked, READS)
    query = strict.query(asked.query, known=strict.CALENDAR, allowed=PAGED)
    office.mailboxes.default(asked.user)
    own = [one for one in office.mailboxes.shelves.values() if one.owner == asked.user.oid]
    return office.paged(asked, [_shown(asked.user, one, query) for one in own], query)


def calendar(office: Office, asked: Asked) -> Json:
    office.needs(asked, READS)
    query = strict.query(asked.query, known=strict.CALENDAR, allowed=frozenset({"$select"}))
    return _shown(asked.user, shelf(office, asked), query)


def shelf(office: Office, asked: Asked) -> Shelf:
    if not asked.named:
        return office.mailboxes.default(asked.user)
    return office.mailboxes.shelf(asked.user.oid, asked.named[0])


def _shown(user: MicrosoftUser, shelf: Shelf, query: strict.Query) -> Json:
    video = ["teamsForBusiness"] if shelf.has_teams else []
    whole = {
        "@odata.etag": "",
        "id": shelf.id,
        "name": shelf.name,
        "canEdit": shelf.can_edit,
        "canShare": True,
        "canViewPrivateItems": True,
        "owner": {"name": user.name, "address": user.email},
        "isDefaultCalendar": shelf.is_default,
        "color": "auto",
        "hexColor": "",
        "isRemovable": not shelf.is_default,
        "allowedOnlineMeetingProviders": video,
        "defaultOnlineMeetingProvider": video[0] if video else "unknown",
        "changeKey": "",
    }
    return selected(whole, query.select)


def view(office: Office, asked: Asked) -> Json:
    query = strict.query(asked.query, known=strict.EVENT, allowed=PAGED | WINDOW | {"$expand"})
    _check_reads(office, asked, query)
    own, (start, end) = shelf(office, asked), _window(query)
    found = [one for one in office.mailboxes.of(own.id) if one.type != "seriesMaster" and one.overlaps(start, end)]
    return office.paged(asked, [_event_shown(office, one, query) for one in sorted(found, key=_order)], query)


def _window(query: strict.Query) -> Any:
    if query.start is None or query.end is None or not query.start < query.end:
        raise Refused(400, "ErrorInvalidParameter", "startDateTime and endDateTime are wanted")
    if (query.end - query.start).days > 1825:
        raise Refused(400, "ErrorInvalidRequest", "at most 1825 days")
    return query.start, query.end


def _order(one: Held) -> Any:
    return one.start, one.id


def _check_reads(office: Office, asked: Asked, query: strict.Query) -> None:
    office.needs(asked, READS)
    if strict.NOT_BASIC & set(query.select) or query.expand or any(one[0] == "property" for one in query.filters):
        office.needs(asked, READS_ALL)


def _event_shown(office: Office, event: Held, query: strict.Query) -> Json:
    shown_ = selected(office.told(event), query.select)
    kept = [{"id": name, "value": event.properties[name]} for name in query.expand if name in event.properties]
    return {**shown_, "singleValueExtendedProperties": kept} if kept else shown_


def events(office: Office, asked: Asked) -> Json:
    """Single events and masters, and never an instance."""
    query = strict.query(asked.query, known=strict.EVENT, allowed=PAGED | {"$expand", "$filter"})
    _check_reads(office, asked, query)
    found = [
        one
        for one in office.mailboxes.of(shelf(office, asked).id)
        if one.type in ("singleInstance", "seriesMaster") and all(_holds(one, term) for term in query.filters)
    ]
    return office.paged(asked, [_event_shown(office, one, query) for one in sorted(found, key=_order)], query)


def _holds(event: Held, term: tuple[str, ...]) -> bool:
    match term:
        case ("property", name, value):
            return event.properties.get(name) == value
        case ("iCalUId", *uids):
            return event.ical_uid in uids
        case ("time", side, relation, at):
            own = f"{event.start if side == 'start' else event.end:%Y-%m-%dT%H:%M:%S}"
            return own >= at if relation == "ge" else own < at
    raise AssertionError(term)


def instances(office: Office, asked: Asked) -> Json:
    query = strict.query(asked.query, known=strict.EVENT, allowed=PAGED | WINDOW)
    _check_reads(office, asked, query)
    master, (start, end) = office.mailboxes.event(asked.user.oid, asked.named[0]), _window(query)
    own = [one for one in office.mailboxes.of(master.calendar) if one.series == master.id and one.overlaps(start, end)]
    return office.paged(asked, [_event_shown(office, one, query) for one in sorted(own, key=_order)], query)


def event(office: Office, asked: Asked) -> Json:
    query = strict.query(asked.query, known=strict.EVENT, allowed=frozenset({"$select", "$expand"}))
    _check_reads(office, asked, query)
    return _event_shown(office, office.mailboxes.event(asked.user.oid, asked.named[0]), query)


def delta(office: Office, asked: Asked) -> Json:
    office.needs(asked, READS)
    own = shelf(office, asked)
    sized = _PAGE.search(asked.headers.get("prefer", ""))
    size = min(int(sized[1]) if sized else 10, office.page_limit)
    word = asked.query.get("$deltatoken") or asked.query.get("$skiptoken")
    if word is not None:
        if len(asked.query) != 1:
            raise Refused(400, "ErrorInvalidUrlQuery", "a link is followed as it was given")
        token = office.deltas.known(word, own.id)
    else:
        query = strict.query(asked.query, known=strict.EVENT, allowed=WINDOW)
        token = office.deltas.begin(own.id, *_window(query))
    items, after, is_over = office.deltas.page(token, size)
    name, parameter = ("@odata.deltaLink", "$deltatoken") if is_over else ("@odata.nextLink", "$skiptoken")
    return {"value": items, name: f"{office.url}/v1.0{asked.path}?{urlencode({parameter: after})}"}
