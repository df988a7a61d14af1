"""The shapes of Graph v1.0 that the bot may use, and the refusal of everything else.

https://learn.microsoft.com/graph/api/resources/event, /calendar-getschedule, /resources/subscription
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

Json = dict[str, Any]


class Refused(Exception):
    """Graph says no."""

    def __init__(
        self, status: int, code: str, message: str = "", *, is_mistake: bool = True, headers: Mapping[str, str] = {}
    ) -> None:
        super().__init__(f"{status} {code} {message}")
        self.status = status
        self.code = code
        self.message = message
        self.is_mistake = is_mistake
        """Whether whoever asked should have known better."""
        self.headers = headers


EVENT = frozenset(
    {
        *("id", "iCalUId", "subject", "body", "bodyPreview", "start", "end", "isAllDay", "showAs", "isCancelled"),
        *("isOrganizer", "responseStatus", "type", "seriesMasterId", "originalStart", "sensitivity", "importance"),
        *("attendees", "organizer", "location", "locations", "isOnlineMeeting", "onlineMeeting", "transactionId"),
        *("onlineMeetingProvider", "createdDateTime", "lastModifiedDateTime", "changeKey", "categories", "webLink"),
        *("allowNewTimeProposals", "hideAttendees", "responseRequested", "originalStartTimeZone", "recurrence"),
    }
)
NOT_BASIC = frozenset({"body", "bodyPreview"})
"""What `Calendars.ReadBasic` does not show."""
CALENDAR = frozenset(
    {
        *("id", "name", "canEdit", "canShare", "canViewPrivateItems", "owner", "isDefaultCalendar", "color"),
        *("allowedOnlineMeetingProviders", "defaultOnlineMeetingProvider", "isRemovable", "hexColor", "changeKey"),
    }
)
SETTINGS = frozenset({"timeZone", "workingHours", "language", "dateFormat", "timeFormat"})
PLACE = frozenset({"id", "displayName", "emailAddress", "capacity", "building"})
_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_PROPERTY = re.compile(r"String \{[0-9a-fA-F-]{36}\} Name \w+")
_ZONES = available_timezones()


def _is(kind: type) -> Any:
    def check(value: Any, where: str) -> None:
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            raise Refused(400, "RequestBodyRead", f"{where}: {kind.__name__} wanted")

    return check


def _one_of(*allowed: str) -> Any:
    def check(value: Any, where: str) -> None:
        if value not in allowed:
            raise Refused(400, "RequestBodyRead", f"{where}: {value!r} is none of {allowed}")

    return check


def _shape(required: Mapping[str, Any], optional: Mapping[str, Any] = {}) -> Any:
    def check(value: Any, where: str) -> None:
        if not isinstance(value, dict):
            raise Refused(400, "RequestBodyRead", f"{where}: an object wanted")
        every = {**required, **optional}
        unknown, missing = set(value) - set(every), set(required) - set(value)
        if unknown or missing:
            raise Refused(400, "RequestBodyRead", f"{where}: unknown {sorted(unknown)}, missing {sorted(missing)}")
        for name, inner in value.items():
            every[name](inner, f"{where}.{name}")

    return check


def _list(inner: Any, most: int = 10_000) -> Any:
    def check(value: Any, where: str) -> None:
        if not isinstance(value, list) or len(value) > most:
            raise Refused(400, "RequestBodyRead", f"{where}: a list of at most {most} wanted")
        for one in value:
            inner(one, where)

    return check


def _property(value: Any, where: str) -> None:
    if not isinstance(value, str) or not _PROPERTY.fullmatch(value):
        raise Refused(400, "ErrorInvalidProperty", f"{where}: {value!r}")


def _time(value: Any, where: str) -> None:
    try:
        if datetime.fromisoformat(value).tzinfo is not None:
            raise ValueError
    except (TypeError, ValueError) as error:
        raise Refused(400, "ErrorInvalidRequest", f"{where}: {value!r} is no dateTime without an offset") from error


def _zone(value: Any, where: str) -> None:
    if value not in WINDOWS_TO_OLSON and value not in _ZONES:
        raise Refused(400, "TimeZoneNotSupportedException", f"{where}: {value!r}")


_TEXT, _FLAG = _is(str), _is(bool)
AT = _shape({"dateTime": _time, "timeZone": _zone})
_WHO = _shape({"address": _TEXT}, {"name": _TEXT})
_ANSWER = _one_of("none", "organizer", "tentativelyAccepted", "accepted", "declined", "notResponded")
_ATTENDEE = _shape(
    {"emailAddress": _WHO},
    {"type": _one_of("required", "optional", "resource"), "status": _shape({"response": _ANSWER}, {"time": _TEXT})},
)
_PLACE = _shape(
    {"displayName": _TEXT}, {"locationEmailAddress": _TEXT, "locationType": _one_of("default", "conferenceRoom")}
)
_FIELDS: Mapping[str, Any] = {
    "subject": _TEXT,
    "body": _shape({"contentType": _one_of("HTML", "text", "html", "Text"), "content": _TEXT}),
    "start": AT,
    "end": AT,
    "isAllDay": _FLAG,
    "showAs": _one_of("free", "tentative", "busy", "oof", "workingElsewhere", "unknown"),
    "attendees": _list(_ATTENDEE, 500),
    "location": _PLACE,
    "locations": _list(_PLACE),
    "isOnlineMeeting": _FLAG,
    "onlineMeetingProvider": _one_of("teamsForBusiness", "skypeForBusiness", "skypeForConsumer", "unknown"),
    "allowNewTimeProposals": _FLAG,
    "hideAttendees": _FLAG,
    "responseRequested": _FLAG,
    "isReminderOn": _FLAG,
    "reminderMinutesBeforeStart": _is(int),
    "sensitivity": _one_of("normal", "personal", "private", "confidential"),
    "importance": _one_of("low", "normal", "high"),
    "categories": _list(_TEXT),
    "singleValueExtendedProperties": _list(_shape({"id": _property, "value": _TEXT})),
}
NEW_EVENT = _shape({"subject": _TEXT, "start": AT, "end": AT}, {**_FIELDS, "transactionId": _TEXT})
CHANGED_EVENT = _shape({}, _FIELDS)
ANSWERED = _shape({}, {"comment": _TEXT, "sendResponse": _FLAG})
CANCELLED = _shape({}, {"comment": _TEXT})
SCHEDULE = _shape(
    {"schedules": _list(_TEXT, 100), "startTime": AT, "endTime": AT}, {"availabilityViewInterval": _is(int)}
)
SUBSCRIPTION = _shape(
    {
        "changeType": _one_of("created,updated,deleted", "created", "updated", "deleted"),
        "resource": _TEXT,
        "notificationUrl": _TEXT,
        "expirationDateTime": _TEXT,
    },
    {"lifecycleNotificationUrl": _TEXT, "clientState": _TEXT},
)
RENEWED = _shape({"expirationDateTime": _TEXT})


def instant(at: Mapping[str, str]) -> datetime:
    """The instant that a `dateTimeTimeZone` of a request means."""
    name = WINDOWS_TO_OLSON.get(at["timeZone"], at["timeZone"])
    return datetime.fromisoformat(at["dateTime"][:26]).replace(tzinfo=ZoneInfo(str(name))).astimezone(UTC)


def check_headers(headers: Mapping[str, str]) -> None:
    """The preferences that must come with every request, or ids change and times are told elsewhere."""
    prefer = headers.get("prefer", "")
    if 'IdType="ImmutableId"' not in prefer or 'outlook.timezone="UTC"' not in prefer:
        raise Refused(400, "PreferMissing", prefer)
    if not _GUID.fullmatch(headers.get("client-request-id", "")):
        raise Refused(400, "ClientRequestIdMissing")


@dataclass(slots=True, kw_only=True)
class Query:
    """What a request for a collection or an object asked."""

    select: tuple[str, ...] = ()
    top: int = 10
    skip: int = 0
    expand: tuple[str, ...] = ()
    """Ids of extended properties."""
    filters: list[tuple[str, ...]] = field(default_factory=list)
    start: datetime | None = None
    end: datetime | None = None
    is_blank: bool = False
    """An empty page was given before this one."""


_TERMS = (
    (
        "property",
        re.compile(
            r"singleValueExtendedProperties/Any\(ep: ep/id eq '((?:[^']|'')*)' and ep/value eq '((?:[^']|'')*)'\)"
        ),
    ),
    ("iCalUId", re.compile(r"iCalUId eq '((?:[^']|'')*)'(?: or iCalUId eq '((?:[^']|'')*)')?")),
    ("time", re.compile(r"(start|end)/dateTime (ge|lt) '([^']*)'")),
)
_EXPAND = re.compile(r"singleValueExtendedProperties\(\$filter=((?:id eq '[^']*'(?: or )?)+)\)")


def query(told: Mapping[str, str], *, known: frozenset[str], allowed: frozenset[str]) -> Query:
    """The query, if it asks nothing that Graph does not know there."""
    unknown = set(told) - allowed
    if unknown:
        raise Refused(400, "ErrorInvalidUrlQuery", f"{sorted(unknown)}")
    made = Query()
    if "$select" in told:
        made.select = tuple(told["$select"].split(","))
        strange = set(made.select) - known
        if strange:
            raise Refused(400, "RequestBroker--ParseUri", f"$select: {sorted(strange)}")
    made.top = _number(told.get("$top", "10"), 1000)
    made.skip = _number(told.get("$skiptoken", "0").removeprefix("blank-"), 1_000_000)
    made.is_blank = told.get("$skiptoken", "").startswith("blank-")
    made.expand = _expanded(told.get("$expand"))
    made.filters = list(_filters(told.get("$filter", "")))
    made.start, made.end = _instant(told.get("startDateTime")), _instant(told.get("endDateTime"))
    return made


def _number(told: str, most: int) -> int:
    if not told.isdecimal() or int(told) > most:
        raise Refused(400, "ErrorInvalidUrlQuery", told)
    return int(told)


def _expanded(told: str | None) -> tuple[str, ...]:
    if told is None:
        return ()
    found = _EXPAND.fullmatch(told)
    if found is None:
        raise Refused(400, "ErrorInvalidUrlQuery", f"$expand: {told}")
    ids = tuple(re.findall(r"id eq '([^']*)'", found[1]))
    for one in ids:
        _property(one, "$expand")
    return ids


def _filters(told: str) -> Any:
    while told:
        for name, pattern in _TERMS:
            found = pattern.match(told)
            if found is not None:
                yield (name, *(one.replace("''", "'") for one in found.groups() if one))
                told = told[found.end() :]
                break
        else:
            raise Refused(400, "ErrorInvalidUrlQueryFilter", told)
        if told and not told.startswith(" and "):
            raise Refused(400, "ErrorInvalidUrlQueryFilter", told)
        told = told.removeprefix(" and ")


def _instant(told: str | None) -> datetime | None:
    """Without an offset it is UTC, whatever zone is preferred."""
    if told is None:
        return None
    try:
        at = datetime.fromisoformat(told)
    except ValueError as error:
        raise Refused(400, "ErrorInvalidParameter", told) from error
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
