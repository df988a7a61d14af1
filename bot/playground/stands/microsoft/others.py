"""What Graph knows beside events: settings, other people's free/busy, rooms, subscriptions."""

import re
from urllib.parse import unquote

from starlette.responses import JSONResponse, Response

from bot.playground.stands.microsoft import strict
from bot.playground.stands.microsoft.events import Json, selected
from bot.playground.stands.microsoft.office import PAGED, READS, READS_ALL, Asked, Office
from bot.playground.stands.microsoft.push import Subscription, shown
from bot.playground.stands.microsoft.strict import Refused


def settings(office: Office, asked: Asked) -> Json:
    office.needs(asked, frozenset({"MailboxSettings.Read"}))
    query = strict.query(asked.query, known=strict.SETTINGS, allowed=frozenset({"$select"}))
    user = asked.user
    start, end = (f"{one}:00.0000000" for one in user.works)
    hours = {
        "daysOfWeek": list(user.works_on),
        "startTime": start,
        "endTime": end,
        "timeZone": {"name": user.works_in or user.zone},
    }
    whole = {"@odata.etag": "", "timeZone": user.zone, "workingHours": hours, "language": {}}
    return selected({**whole, "dateFormat": "", "timeFormat": ""}, query.select)


def schedule(office: Office, asked: Asked) -> Json:
    office.needs(asked, READS)
    strict.SCHEDULE(asked.body, "getSchedule")
    return {"value": office.schedules.told(asked.user, asked.body)}


def places(office: Office, asked: Asked) -> Json:
    office.needs(asked, frozenset({"Place.Read.All"}))
    query = strict.query(asked.query, known=strict.PLACE, allowed=PAGED)
    rooms = [
        {
            "@odata.etag": "",
            "id": one.email,
            "displayName": one.name,
            "emailAddress": one.email,
            "capacity": one.capacity,
            "building": one.building,
            "floorNumber": one.floor,
            "floorLabel": None,
            "bookingType": "standard",
            "tags": list(one.tags),
            "audioDeviceName": None,
            "videoDeviceName": None,
            "displayDeviceName": None,
            "isWheelChairAccessible": False,
        }
        for one in office.directory.rooms.values()
        if one.tenant == asked.user.tenant
    ]
    query.top = min(query.top, 100)
    return office.paged(asked, rooms, query)


def subscribe(office: Office, asked: Asked) -> Response:
    office.needs(asked, READS_ALL)
    strict.SUBSCRIPTION(asked.body, "subscription")
    found = re.fullmatch(r"/?me/calendars/([^/]+)/events", asked.body["resource"])
    if found is None:
        raise Refused(400, "ExtensionError", f"no such resource: {asked.body['resource']}")
    shelf = office.mailboxes.shelf(asked.user.oid, unquote(found[1]))
    made = office.push.open(asked.user.oid, asked.user.tenant, shelf.id, asked.body)
    return JSONResponse(_subscription(made), 201)


def _subscription(one: Subscription) -> Json:
    return {"id": one.id, "resource": one.resource, "expirationDateTime": shown(one.ends), "clientState": None}


def renew(office: Office, asked: Asked) -> Json:
    strict.RENEWED(asked.body, "subscription")
    return _subscription(office.push.renew(asked.user.oid, asked.named[0], asked.body))


def unsubscribe(office: Office, asked: Asked) -> Response:
    office.push.close(asked.user.oid, asked.named[0])
    return Response(status_code=204)
