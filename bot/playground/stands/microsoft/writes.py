"""What Graph takes: new events, changes, answers, and the end of them.

https://learn.microsoft.com/graph/api/calendar-post-events and /event-update
"""

import re

from starlette.responses import JSONResponse, Response

from bot.playground.stands.microsoft import strict
from bot.playground.stands.microsoft.events import Held, Json
from bot.playground.stands.microsoft.mailboxes import Shelf, utc
from bot.playground.stands.microsoft.office import WRITES, Asked, Office
from bot.playground.stands.microsoft.reads import shelf as shelf_of
from bot.playground.stands.microsoft.strict import Refused


def create(office: Office, asked: Asked) -> Response:
    office.needs(asked, WRITES)
    strict.NEW_EVENT(asked.body, "event")
    shelf = _writable(office, asked)
    transaction = asked.body.get("transactionId")
    with office.mailboxes.lock:
        key = (asked.user.oid, transaction or "")
        before = office.mailboxes.transactions.get(key) if transaction else None
        if before is not None:
            if office.duplicates == "conflict":
                raise Refused(409, "ErrorDuplicateTransactionId", str(transaction), is_mistake=False)
            return JSONResponse(office.told(before), 201)
        new = Held(
            calendar=shelf.id,
            start=strict.instant(asked.body["start"]),
            end=strict.instant(asked.body["end"]),
            organizer=asked.user.email,
            response="organizer",
            transaction=transaction,
            created=utc(office.mailboxes.now()),
        )
        made = office.mailboxes.make(_filled(new, asked.body, shelf))
        if transaction:
            office.mailboxes.transactions[key] = made
    return JSONResponse(office.told(made), 201)


def _writable(office: Office, asked: Asked) -> Shelf:
    shelf = shelf_of(office, asked)
    if not shelf.can_edit:
        raise Refused(403, "ErrorAccessDenied", "This calendar can only be read.", is_mistake=False)
    return shelf


_PLAIN = {"subject": "subject", "showAs": "show_as", "sensitivity": "sensitivity", "attendees": "attendees"}


def _filled(event: Held, body: Json, shelf: Shelf) -> Held:
    fields: Json = {own: body[name] for name, own in _PLAIN.items() if name in body}
    if "body" in body:
        fields["body"] = re.sub(r"</?(?:html|head|body)>", "", body["body"]["content"])
    if "location" in body:
        fields["location"] = body["location"]["displayName"]
    if "locations" in body:
        fields["locations"] = body["locations"]
        fields["location"] = "; ".join(one["displayName"] for one in body["locations"])
    if "start" in body or "end" in body:
        start = strict.instant(body["start"]) if "start" in body else event.start
        end = strict.instant(body["end"]) if "end" in body else event.end
        if end < start:
            raise Refused(400, "ErrorPropertyValidationFailure", "an event ends after it starts")
        fields |= {"start": start, "end": end}
    if body.get("isAllDay") is False:
        fields["days"] = None
    if body.get("isAllDay"):
        raise Refused(400, "ErrorInvalidRequest", "whole days are not written here")
    if "isOnlineMeeting" in body:
        if event.is_online and not body["isOnlineMeeting"]:
            raise Refused(400, "ErrorInvalidRequest", "an online meeting stays one")
        is_allowed = shelf.has_teams and body.get("onlineMeetingProvider") == "teamsForBusiness"
        if body["isOnlineMeeting"] and not is_allowed:
            raise Refused(400, "ErrorInvalidRequest", "this provider is not allowed in this calendar")
        fields["is_online"] = body["isOnlineMeeting"]
    properties = {one["id"]: one["value"] for one in body.get("singleValueExtendedProperties", ())}
    return event.changed(**fields, properties={**event.properties, **properties})


def change(office: Office, asked: Asked) -> Json:
    office.needs(asked, WRITES)
    strict.CHANGED_EVENT(asked.body, "event")
    with office.mailboxes.lock:
        before = office.mailboxes.event(asked.user.oid, asked.named[0])
        wanted = asked.headers.get("if-match")
        if wanted not in (None, "*", before.etag):
            raise Refused(412, "ErrorIrresolvableConflict", "The change key is an older one.", is_mistake=False)
        shelf = office.mailboxes.shelves[before.calendar]
        if not shelf.can_edit:
            raise Refused(403, "ErrorAccessDenied", "This calendar can only be read.", is_mistake=False)
        after = _filled(before, asked.body, shelf)
        is_moved = (before.start, before.end) != (after.start, after.end)
        if before.is_organizer:
            after = office.mailboxes.change(before, after, is_moved=is_moved)
        else:
            office.mailboxes.put(after)
    return office.told(after)


def delete(office: Office, asked: Asked) -> Response:
    office.needs(asked, WRITES)
    event = office.mailboxes.event(asked.user.oid, asked.named[0])
    if event.is_organizer:
        office.mailboxes.cancel(event)
    else:
        office.mailboxes.drop(event)
    return Response(status_code=204)


def cancel(office: Office, asked: Asked) -> Response:
    office.needs(asked, WRITES)
    strict.CANCELLED(asked.body, "cancel")
    event = office.mailboxes.event(asked.user.oid, asked.named[0])
    if not event.is_organizer or not event.attendees:
        raise Refused(400, "ErrorInvalidRequest", "Only an organizer cancels a meeting.")
    office.mailboxes.cancel(event)
    return Response(status_code=202)


_ANSWERS = {"accept": "accepted", "decline": "declined", "tentativelyAccept": "tentativelyAccepted"}


def respond(office: Office, asked: Asked) -> Response:
    office.needs(asked, WRITES)
    strict.ANSWERED(asked.body, "answer")
    event = office.mailboxes.event(asked.user.oid, asked.named[0])
    if event.is_organizer or event.response in ("none", "organizer"):
        raise Refused(400, "ErrorInvalidRequest", "You have not been invited to it.", is_mistake=False)
    office.mailboxes.answer(event, _ANSWERS[asked.named[1]])
    return Response(status_code=202)
