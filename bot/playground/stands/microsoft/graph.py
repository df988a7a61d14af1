"""The stand-in for Graph v1.0: what the bot may ask there, checked whole, and how Graph answers.

https://learn.microsoft.com/graph/api/overview?view=graph-rest-1.0
"""

import base64
import json
import re
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.playground.stands.microsoft import strict
from bot.playground.stands.microsoft.deltas import Deltas
from bot.playground.stands.microsoft.directory import Directory, MicrosoftUser
from bot.playground.stands.microsoft.events import Held, Json, selected, told
from bot.playground.stands.microsoft.mailboxes import Mailboxes, Shelf, utc
from bot.playground.stands.microsoft.push import Push, Subscription, shown
from bot.playground.stands.microsoft.schedules import Schedules
from bot.playground.stands.microsoft.strict import Refused
from bot.playground.stands.microsoft.tokens import Access, Tokens

MOST_AT_ONCE = 4
READS = frozenset({"Calendars.ReadBasic", "Calendars.Read", "Calendars.ReadWrite"})
READS_ALL = READS - {"Calendars.ReadBasic"}
WRITES = frozenset({"Calendars.ReadWrite"})
_PAGE = re.compile(r"odata\.maxpagesize=(\d+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request, once it is known whose it is."""

    user: MicrosoftUser
    access: Access
    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: Json
    named: tuple[str, ...]
    """What the path names."""


@dataclass(frozen=True, slots=True)
class Call:
    """A request that came in."""

    method: str
    path: str
    status: int


Answer = Callable[["Graph", Asked], Any]


@dataclass
class Graph:
    """The HTTP side; it remembers every call and every refusal, and what it was told to go wrong."""

    directory: Directory
    tokens: Tokens
    mailboxes: Mailboxes
    deltas: Deltas
    push: Push
    schedules: Schedules
    url: str = ""
    calls: list[Call] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)
    page_limit: int = 1000
    """No page is longer, whatever was asked."""
    blank_pages: bool = False
    """Whether an empty page comes before each."""
    duplicates: str = "conflict"
    """What a transactionId that was used is answered with: `conflict` (409) or `same` (201 with what was made)."""
    challenge: str = ""
    """Claims with which the next request is answered 401."""
    slow_seconds: float = 0.0
    loses_answer: bool = False
    """The next write happens, and its answer does not come."""
    _failing: deque[tuple[str, Refused]] = field(default_factory=deque)
    _down: bool = False
    _busy: dict[str, int] = field(default_factory=dict)
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def routes(self) -> list[Route]:
        methods = ["GET", "POST", "PATCH", "DELETE", "PUT"]
        return [Route("/v1.0/{rest:path}", self._answer, methods=methods)]

    def fail(self, status: int, code: str = "", *, path: str = "", times: int = 1, retry_after: str = "") -> None:
        """The next `times` requests whose path holds `path` are refused so."""
        headers = {"Retry-After": retry_after} if retry_after else {}
        refused = Refused(status, code or "serviceNotAvailable", is_mistake=False, headers=headers)
        with self._lock:
            self._failing.extend([(path, refused)] * times)

    @contextmanager
    def down(self) -> Iterator[None]:
        """Within the block nothing is served."""
        self._down = True
        try:
            yield
        finally:
            self._down = False

    async def _answer(self, request: Request) -> Response:
        body = await request.body()
        return await run_in_threadpool(self._answered, request, body)

    def _answered(self, request: Request, body: bytes) -> Response:
        path = f"/{request.path_params['rest']}"
        raw = request.scope.get("raw_path", b"").decode().removeprefix("/v1.0")
        try:
            response = self._done(request, raw or path, body)
        except Refused as refused:
            if refused.is_mistake:
                self.refusals.append(f"{request.method} {path}: {refused}")
            error = {"code": refused.code, "message": refused.message, "innerError": {"request-id": "r"}}
            response = JSONResponse({"error": error}, refused.status, headers=dict(refused.headers))
        response.headers["request-id"] = "00000000-0000-0000-0000-000000000000"
        self.calls.append(Call(request.method, path, response.status_code))
        return response

    def _done(self, request: Request, path: str, body: bytes) -> Response:
        if self._down:
            raise Refused(503, "serviceNotAvailable", is_mistake=False)
        access = self._opened(request)
        self._maybe_fail(path)
        strict.check_headers(request.headers)
        user = self.directory.by_oid(access.oid)
        if not user.has_mailbox and not path.startswith("/places"):
            raise Refused(404, "MailboxNotEnabledForRESTAPI", "No mailbox.", is_mistake=False)
        with self._one_of_four(user.oid):
            for method, pattern, answer in _ROUTES:
                found = pattern.fullmatch(path)
                if found is not None and method == request.method:
                    asked = Asked(
                        user=user,
                        access=access,
                        method=method,
                        path=path,
                        query=dict(request.query_params),
                        headers=dict(request.headers),
                        body=_body(body, method),
                        named=tuple(map(unquote, found.groups())),
                    )
                    answered = answer(self, asked)
                    if self.loses_answer and method != "GET":
                        self.loses_answer = False
                        raise Refused(504, "gatewayTimeout", is_mistake=False)
                    return answered if isinstance(answered, Response) else JSONResponse(answered)
        raise Refused(404, "BadRequest", f"no such resource: {path}")

    def _opened(self, request: Request) -> Access:
        access = self.tokens.opened(request.headers.get("authorization", ""))
        claims, self.challenge = self.challenge, ""
        if access is None or claims:
            told = base64.urlsafe_b64encode(claims.encode()).decode()
            extra = f', error="insufficient_claims", claims="{told}"' if claims else ""
            raise Refused(
                401,
                "InvalidAuthenticationToken",
                is_mistake=False,
                headers={"WWW-Authenticate": f'Bearer realm="", authorization_uri="{self.url}"{extra}'},
            )
        return access

    def _maybe_fail(self, path: str) -> None:
        with self._lock:
            for index, (part, refused) in enumerate(self._failing):
                if part in path:
                    del self._failing[index]
                    raise refused

    @contextmanager
    def _one_of_four(self, mailbox: str) -> Iterator[None]:
        with self._lock:
            if self._busy.get(mailbox, 0) >= MOST_AT_ONCE:
                raise Refused(429, "ApplicationThrottled", "MailboxConcurrency", headers={"Retry-After": "1"})
            self._busy[mailbox] = self._busy.get(mailbox, 0) + 1
        try:
            if self.slow_seconds:
                time.sleep(self.slow_seconds)
            yield
        finally:
            with self._lock:
                self._busy[mailbox] -= 1

    def told(self, event: Held) -> Json:
        """All of it, as it shows now."""
        return told(event, has_links=not self.mailboxes.links_wait)

    def needs(self, asked: Asked, scopes: frozenset[str]) -> None:
        """One of them must have been granted to the token."""
        if not scopes & asked.access.scopes:
            raise Refused(403, "ErrorAccessDenied", f"one of {sorted(scopes)}", is_mistake=False)

    def paged(self, asked: Asked, items: list[Json], query: strict.Query) -> Json:
        """A page of them, short, empty or whole, with the link to the next."""
        if self.blank_pages and not query.is_blank:
            return {"value": [], "@odata.nextLink": self._link(asked, f"blank-{query.skip}")}
        size = min(query.top, self.page_limit)
        page = {"value": items[query.skip : query.skip + size]}
        if query.skip + size < len(items):
            page["@odata.nextLink"] = self._link(asked, str(query.skip + size))  # type: ignore[assignment]
        return page

    def _link(self, asked: Asked, skip: str) -> str:
        return f"{self.url}/v1.0{asked.path}?{urlencode({**asked.query, '$skiptoken': skip})}"


def _body(body: bytes, method: str) -> Json:
    if method in ("GET", "DELETE"):
        if body:
            raise Refused(400, "BadRequest", "a body where none belongs")
        return {}
    try:
        read = json.loads(body)
    except ValueError as error:
        raise Refused(400, "RequestBodyRead", "no JSON") from error
    if not isinstance(read, dict):
        raise Refused(400, "RequestBodyRead", "an object wanted")
    return read


PAGED = frozenset({"$select", "$top", "$skiptoken"})
WINDOW = frozenset({"startDateTime", "endDateTime"})


def _calendars(graph: Graph, asked: Asked) -> Json:
    graph.needs(asked, READS)
    query = strict.query(asked.query, known=strict.CALENDAR, allowed=PAGED)
    graph.mailboxes.default(asked.user)
    own = [one for one in graph.mailboxes.shelves.values() if one.owner == asked.user.oid]
    return graph.paged(asked, [_shown(asked.user, one, query) for one in own], query)


def _calendar(graph: Graph, asked: Asked) -> Json:
    graph.needs(asked, READS)
    query = strict.query(asked.query, known=strict.CALENDAR, allowed=frozenset({"$select"}))
    return _shown(asked.user, _shelf(graph, asked), query)


def _shelf(graph: Graph, asked: Asked) -> Shelf:
    if not asked.named:
        return graph.mailboxes.default(asked.user)
    return graph.mailboxes.shelf(asked.user.oid, asked.named[0])


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


def _view(graph: Graph, asked: Asked) -> Json:
    query = strict.query(asked.query, known=strict.EVENT, allowed=PAGED | WINDOW | {"$expand"})
    _check_reads(graph, asked, query)
    shelf, (start, end) = _shelf(graph, asked), _window(query)
    found = [one for one in graph.mailboxes.of(shelf.id) if one.type != "seriesMaster" and one.overlaps(start, end)]
    return graph.paged(asked, [_event_shown(graph, one, query) for one in sorted(found, key=_order)], query)


def _window(query: strict.Query) -> Any:
    if query.start is None or query.end is None or not query.start < query.end:
        raise Refused(400, "ErrorInvalidParameter", "startDateTime and endDateTime are wanted")
    if (query.end - query.start).days > 1825:
        raise Refused(400, "ErrorInvalidRequest", "at most 1825 days")
    return query.start, query.end


def _order(one: Held) -> Any:
    return one.start, one.id


def _check_reads(graph: Graph, asked: Asked, query: strict.Query) -> None:
    graph.needs(asked, READS)
    if strict.NOT_BASIC & set(query.select) or query.expand or any(one[0] == "property" for one in query.filters):
        graph.needs(asked, READS_ALL)


def _event_shown(graph: Graph, event: Held, query: strict.Query) -> Json:
    shown_ = selected(graph.told(event), query.select)
    kept = [{"id": name, "value": event.properties[name]} for name in query.expand if name in event.properties]
    return {**shown_, "singleValueExtendedProperties": kept} if kept else shown_


def _events(graph: Graph, asked: Asked) -> Json:
    """Single events and masters, and never an instance."""
    query = strict.query(asked.query, known=strict.EVENT, allowed=PAGED | {"$expand", "$filter"})
    _check_reads(graph, asked, query)
    found = [
        one
        for one in graph.mailboxes.of(_shelf(graph, asked).id)
        if one.type in ("singleInstance", "seriesMaster") and all(_holds(one, term) for term in query.filters)
    ]
    return graph.paged(asked, [_event_shown(graph, one, query) for one in sorted(found, key=_order)], query)


def _holds(event: Held, term: tuple[str, ...]) -> bool:
    match term:
        case ("property", name, value):
            return event.properties.get(name) == value
        case ("iCalUId", uid):
            return event.ical_uid == uid
        case ("time", side, relation, at):
            own = f"{event.start if side == 'start' else event.end:%Y-%m-%dT%H:%M:%S}"
            return own >= at if relation == "ge" else own < at
    raise AssertionError(term)


def _instances(graph: Graph, asked: Asked) -> Json:
    query = strict.query(asked.query, known=strict.EVENT, allowed=PAGED | WINDOW)
    _check_reads(graph, asked, query)
    master, (start, end) = graph.mailboxes.event(asked.user.oid, asked.named[0]), _window(query)
    own = [one for one in graph.mailboxes.of(master.calendar) if one.series == master.id and one.overlaps(start, end)]
    return graph.paged(asked, [_event_shown(graph, one, query) for one in sorted(own, key=_order)], query)


def _event(graph: Graph, asked: Asked) -> Json:
    query = strict.query(asked.query, known=strict.EVENT, allowed=frozenset({"$select", "$expand"}))
    _check_reads(graph, asked, query)
    return _event_shown(graph, graph.mailboxes.event(asked.user.oid, asked.named[0]), query)


def _delta(graph: Graph, asked: Asked) -> Json:
    graph.needs(asked, READS)
    shelf = _shelf(graph, asked)
    sized = _PAGE.search(asked.headers.get("prefer", ""))
    size = min(int(sized[1]) if sized else 10, graph.page_limit)
    word = asked.query.get("$deltatoken") or asked.query.get("$skiptoken")
    if word is not None:
        if len(asked.query) != 1:
            raise Refused(400, "ErrorInvalidUrlQuery", "a link is followed as it was given")
        token = graph.deltas.known(word, shelf.id)
    else:
        query = strict.query(asked.query, known=strict.EVENT, allowed=WINDOW)
        token = graph.deltas.begin(shelf.id, *_window(query))
    items, after, is_over = graph.deltas.page(token, size)
    name, parameter = ("@odata.deltaLink", "$deltatoken") if is_over else ("@odata.nextLink", "$skiptoken")
    return {"value": items, name: f"{graph.url}/v1.0{asked.path}?{urlencode({parameter: after})}"}


def _create(graph: Graph, asked: Asked) -> Response:
    graph.needs(asked, WRITES)
    strict.NEW_EVENT(asked.body, "event")
    shelf = _writable(graph, asked)
    transaction = asked.body.get("transactionId")
    with graph.mailboxes.lock:
        key = (asked.user.oid, transaction or "")
        before = graph.mailboxes.transactions.get(key) if transaction else None
        if before is not None:
            if graph.duplicates == "conflict":
                raise Refused(409, "ErrorDuplicateTransactionId", str(transaction), is_mistake=False)
            return JSONResponse(graph.told(before), 201)
        new = Held(
            calendar=shelf.id,
            start=strict.instant(asked.body["start"]),
            end=strict.instant(asked.body["end"]),
            organizer=asked.user.email,
            response="organizer",
            transaction=transaction,
            created=utc(graph.mailboxes.now()),
        )
        made = graph.mailboxes.make(_filled(new, asked.body, shelf))
        if transaction:
            graph.mailboxes.transactions[key] = made
    return JSONResponse(graph.told(made), 201)


def _writable(graph: Graph, asked: Asked) -> Shelf:
    shelf = _shelf(graph, asked)
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


def _change(graph: Graph, asked: Asked) -> Json:
    graph.needs(asked, WRITES)
    strict.CHANGED_EVENT(asked.body, "event")
    with graph.mailboxes.lock:
        before = graph.mailboxes.event(asked.user.oid, asked.named[0])
        wanted = asked.headers.get("if-match")
        if wanted not in (None, "*", before.etag):
            raise Refused(412, "ErrorIrresolvableConflict", "The change key is an older one.", is_mistake=False)
        shelf = graph.mailboxes.shelves[before.calendar]
        if not shelf.can_edit:
            raise Refused(403, "ErrorAccessDenied", "This calendar can only be read.", is_mistake=False)
        after = _filled(before, asked.body, shelf)
        is_moved = (before.start, before.end) != (after.start, after.end)
        if before.is_organizer:
            after = graph.mailboxes.change(before, after, is_moved=is_moved)
        else:
            graph.mailboxes.put(after)
    return graph.told(after)


def _delete(graph: Graph, asked: Asked) -> Response:
    graph.needs(asked, WRITES)
    event = graph.mailboxes.event(asked.user.oid, asked.named[0])
    if event.is_organizer:
        graph.mailboxes.cancel(event)
    else:
        graph.mailboxes.drop(event)
    return Response(status_code=204)


def _cancel(graph: Graph, asked: Asked) -> Response:
    graph.needs(asked, WRITES)
    strict.CANCELLED(asked.body, "cancel")
    event = graph.mailboxes.event(asked.user.oid, asked.named[0])
    if not event.is_organizer or not event.attendees:
        raise Refused(400, "ErrorInvalidRequest", "Only an organizer cancels a meeting.")
    graph.mailboxes.cancel(event)
    return Response(status_code=202)


_ANSWERS = {"accept": "accepted", "decline": "declined", "tentativelyAccept": "tentativelyAccepted"}


def _respond(graph: Graph, asked: Asked) -> Response:
    graph.needs(asked, WRITES)
    strict.ANSWERED(asked.body, "answer")
    event = graph.mailboxes.event(asked.user.oid, asked.named[0])
    if event.is_organizer or event.response in ("none", "organizer"):
        raise Refused(400, "ErrorInvalidRequest", "You have not been invited to it.", is_mistake=False)
    graph.mailboxes.answer(event, _ANSWERS[asked.named[1]])
    return Response(status_code=202)


def _settings(graph: Graph, asked: Asked) -> Json:
    graph.needs(asked, frozenset({"MailboxSettings.Read"}))
    query = strict.query(asked.query, known=strict.SETTINGS, allowed=frozenset({"$select"}))
    whole = {"@odata.etag": "", "timeZone": asked.user.zone, "workingHours": {}, "language": {}}
    return selected({**whole, "dateFormat": "", "timeFormat": ""}, query.select)


def _schedule(graph: Graph, asked: Asked) -> Json:
    graph.needs(asked, READS)
    strict.SCHEDULE(asked.body, "getSchedule")
    return {"value": graph.schedules.told(asked.user, asked.body)}


def _places(graph: Graph, asked: Asked) -> Json:
    graph.needs(asked, frozenset({"Place.Read.All"}))
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
        for one in graph.directory.rooms.values()
        if one.tenant == asked.user.tenant
    ]
    query.top = min(query.top, 100)
    return graph.paged(asked, rooms, query)


def _subscribe(graph: Graph, asked: Asked) -> Response:
    graph.needs(asked, READS_ALL)
    strict.SUBSCRIPTION(asked.body, "subscription")
    found = re.fullmatch(r"/?me/calendars/([^/]+)/events", asked.body["resource"])
    if found is None:
        raise Refused(400, "ExtensionError", f"no such resource: {asked.body['resource']}")
    shelf = graph.mailboxes.shelf(asked.user.oid, unquote(found[1]))
    made = graph.push.open(asked.user.oid, asked.user.tenant, shelf.id, asked.body)
    return JSONResponse(_subscription(made), 201)


def _subscription(one: Subscription) -> Json:
    return {"id": one.id, "resource": one.resource, "expirationDateTime": shown(one.ends), "clientState": None}


def _renew(graph: Graph, asked: Asked) -> Json:
    strict.RENEWED(asked.body, "subscription")
    return _subscription(graph.push.renew(asked.user.oid, asked.named[0], asked.body))


def _unsubscribe(graph: Graph, asked: Asked) -> Response:
    graph.push.close(asked.user.oid, asked.named[0])
    return Response(status_code=204)


def _route(method: str, pattern: str, answer: Answer) -> tuple[str, re.Pattern[str], Answer]:
    return method, re.compile(pattern), answer


_ROUTES: tuple[tuple[str, re.Pattern[str], Answer], ...] = (
    _route("GET", r"/me/calendars", _calendars),
    _route("GET", r"/me/calendar", _calendar),
    _route("GET", r"/me/calendars/([^/]+)", _calendar),
    _route("GET", r"/me/calendars/([^/]+)/calendarView", _view),
    _route("GET", r"/me/calendars/([^/]+)/calendarView/delta", _delta),
    _route("GET", r"/me/calendars/([^/]+)/events", _events),
    _route("POST", r"/me/calendars/([^/]+)/events", _create),
    _route("GET", r"/me/events/([^/]+)", _event),
    _route("GET", r"/me/events/([^/]+)/instances", _instances),
    _route("PATCH", r"/me/events/([^/]+)", _change),
    _route("DELETE", r"/me/events/([^/]+)", _delete),
    _route("POST", r"/me/events/([^/]+)/cancel", _cancel),
    _route("POST", r"/me/events/([^/]+)/(accept|decline|tentativelyAccept)", _respond),
    _route("GET", r"/me/mailboxSettings", _settings),
    _route("POST", r"/me/calendar/getSchedule", _schedule),
    _route("GET", r"/places/microsoft\.graph\.room", _places),
    _route("POST", r"/subscriptions", _subscribe),
    _route("PATCH", r"/subscriptions/([^/]+)", _renew),
    _route("DELETE", r"/subscriptions/([^/]+)", _unsubscribe),
)
