"""Free/busy by address: `getSchedule`, with its limits and with an error for each schedule that it cannot tell.

https://learn.microsoft.com/graph/api/calendar-getschedule
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.playground.stands.microsoft.directory import Directory, MicrosoftRoom, MicrosoftUser
from bot.playground.stands.microsoft.events import Json, at
from bot.playground.stands.microsoft.mailboxes import Mailboxes
from bot.playground.stands.microsoft.strict import Refused, instant

LONGEST = timedelta(days=62)
MOST = 20
MOST_ENTRIES = 1000
_DIGITS = {"free": 0, "workingElsewhere": 4, "tentative": 1, "busy": 2, "oof": 3}
_RANK = {0: 0, 4: 1, 1: 2, 2: 3, 3: 4}


@dataclass
class Schedules:
    """What this account may see of others."""

    directory: Directory
    mailboxes: Mailboxes
    errors: dict[str, str] = field(default_factory=dict)
    """A response code by address, with which that schedule is answered."""
    without_items: set[str] = field(default_factory=set)
    """Addresses of which only the view is told."""
    most_entries: int = MOST_ENTRIES

    def told(self, asker: MicrosoftUser, asked: Json) -> list[Json]:
        if not asker.is_work:
            raise Refused(403, "ErrorAccessDenied", "getSchedule is not there for personal accounts.")
        start, end = instant(asked["startTime"]), instant(asked["endTime"])
        if not start < end:
            raise Refused(400, "ErrorInvalidTimeInterval", "start must come before end")
        if len(asked["schedules"]) > MOST:
            raise Refused(400, "ErrorMailboxDataArrayTooBig", f"at most {MOST} schedules")
        if end - start > LONGEST:
            raise Refused(400, "ErrorTimeIntervalTooBig", "at most 62 days")
        every = asked.get("availabilityViewInterval", 30)
        if not 5 <= every <= 1440:
            raise Refused(400, "ErrorInvalidMergedFreeBusyInterval", str(every))
        return [self._one(asker, address, start, end, timedelta(minutes=every)) for address in asked["schedules"]]

    def _one(self, asker: MicrosoftUser, address: str, start: datetime, end: datetime, every: timedelta) -> Json:
        plain = address.lower()
        code = self.errors.get(plain) or self._closed(asker, plain)
        if code:
            error = {"message": "as it is", "responseCode": code}
            return {"scheduleId": address, "availabilityView": "", "error": error}
        whom: MicrosoftUser | MicrosoftRoom = self.directory.users.get(plain) or self.directory.rooms[plain]
        spans = sorted(one for one in self.mailboxes.busy(whom) if one[0] < end and start < one[1])
        if len(spans) > self.most_entries:
            return {"scheduleId": address, "availabilityView": "", "error": {"message": "", "responseCode": "5006"}}
        told: Json = {
            "scheduleId": address,
            "availabilityView": _view(spans, start, end, every),
            "workingHours": {
                "daysOfWeek": ["monday"],
                "startTime": "08:00:00.0000000",
                "endTime": "17:00:00.0000000",
                "timeZone": {
                    "@odata.type": "#microsoft.graph.customTimeZone",
                    "bias": -60,
                    "name": "Customized Time Zone",
                    "standardOffset": {"time": "03:00:00.0000000", "dayOccurrence": 5, "dayOfWeek": "sunday"},
                },
            },
        }
        if plain not in self.without_items:
            told["scheduleItems"] = [
                {"isPrivate": False, "status": status, "start": at(first), "end": at(last)}
                for first, last, status in spans
            ]
        return told

    def _closed(self, asker: MicrosoftUser, address: str) -> str:
        whom = self.directory.users.get(address)
        room = self.directory.rooms.get(address)
        if (whom is None or whom.tenant != asker.tenant) and (room is None or room.tenant != asker.tenant):
            return "ErrorMailRecipientNotFound"
        if asker.may_see is not None and address not in asker.may_see and address != asker.email.lower():
            return "ErrorNoFreeBusyAccess"
        return ""


def _view(spans: list[tuple[datetime, datetime, str]], start: datetime, end: datetime, every: timedelta) -> str:
    count = -(-(end - start) // every)
    digits = [0] * count
    for first, last, status in spans:
        digit = _DIGITS.get(status, 2)
        begin = max((first - start) // every, 0)
        for slot in range(begin, min(-(-(last - start) // every), count)):
            digits[slot] = max(digits[slot], digit, key=_RANK.__getitem__)
    return "".join(map(str, digits))
