"""Which zone a TZID means: an IANA name, a Windows name, a path that ends in one, or the document's own VTIMEZONE.

`icalendar` makes a naive time of a TZID that it does not know, and remembers VTIMEZONEs for the whole process by
TZID, so that one user's "Customized Time Zone" would be read with another user's offsets. So every TZID is replaced,
before it parses, by an IANA name or by a name made of the VTIMEZONE's own content.
"""

import hashlib
import logging
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.core.errors import InvalidInput
from bot.core.zones import zone
from bot.providers.ical.observed import MOST_LINES, Observed
from bot.providers.ical.offsets import Offsets, named
from bot.providers.ical.stamps import Odd
from bot.providers.ical.windows import WINDOWS

log = logging.getLogger(__name__)

UTC_NAMES = frozenset({"UTC", "GMT", "Z", "ETC/UTC", "TZONE://MICROSOFT/UTC", "(UTC) COORDINATED UNIVERSAL TIME"})
PREFIX = "overlap-"
MOST_HOURS = 12
_OFFSET = re.compile(r"(?:GMT|UTC)([+-])(\d{1,2})(?::?00)?\Z", re.IGNORECASE)
_YEARLY = re.compile(r"RRULE:(?!.*(?:SECOND|MINUTE|HOUR|COUNT=\d{5}))(?=.*FREQ=YEARLY)", re.IGNORECASE)


@dataclass(slots=True)
class Zones:
    """The zones of one document, as its owner's calendar understands them."""

    owner: str
    """The zone of floating times, and of TZIDs that nothing explains."""
    described: Mapping[str, Sequence[str]]
    used: dict[str, str] = field(default_factory=dict)
    """VTIMEZONE text by the name it is used under."""
    assumed: set[str] = field(default_factory=set)
    """TZIDs that nothing explains: their times are read in the owner's zone."""
    found: dict[str, Offsets | None] = field(default_factory=dict)

    def named(self, tzid: str | None) -> str:
        """The name to parse that TZID by."""
        if tzid is None:
            return self.owner
        return known(tzid) or self._described(tzid.strip()) or self._unexplained(tzid)

    def offsets(self, tzid: str | None) -> Offsets:
        """The clocks that TZID means; `Odd` where its own VTIMEZONE is of an uncommon kind."""
        key = "" if tzid is None else tzid
        if key not in self.found:
            self.found[key] = self._offsets(tzid)
        offsets = self.found[key]
        if offsets is None:
            raise Odd("a zone of an uncommon kind")
        return offsets

    def _offsets(self, tzid: str | None) -> Offsets | None:
        if tzid is None:
            return named(self.owner)
        name = known(tzid)
        if name is not None:
            return named(name)
        if self._described(tzid.strip()) is None:
            return named(self._unexplained(tzid))
        try:
            return Observed(self.described[tzid.strip()])
        except Odd:
            return None

    def _described(self, tzid: str) -> str | None:
        lines = self.described.get(tzid)
        if lines is None or len(lines) > MOST_LINES:
            return None
        if any(line.upper().startswith("RRULE") and not _YEARLY.match(line) for line in lines):
            return None
        body = "\r\n".join(line for line in lines if not line.upper().startswith("TZID"))
        name = PREFIX + hashlib.sha256(body.encode()).hexdigest()[:32]
        self.used[name] = body.replace("BEGIN:VTIMEZONE", f"BEGIN:VTIMEZONE\r\nTZID:{name}", 1)
        return name

    def _unexplained(self, tzid: str) -> str:
        # The times stay, in the zone of the calendar's owner: a wrong hour is seen, a vanished event is not.
        if tzid not in self.assumed:
            log.warning("A calendar uses a time zone that nothing explains; its owner's zone is used")
            self.assumed.add(tzid)
        return self.owner


def known(tzid: str) -> str | None:
    """The IANA name that a TZID means, if it means one."""
    plain = tzid.strip().strip('"').strip()
    if plain.upper() in UTC_NAMES:
        return "UTC"
    if _is_zone(plain):
        return plain
    if plain in WINDOWS:
        return WINDOWS[plain]
    offset = _OFFSET.match(plain)
    if offset is not None and int(offset[2]) <= MOST_HOURS:
        sign = "-" if offset[1] == "+" else "+"  # POSIX counts westward
        return f"Etc/GMT{sign}{int(offset[2])}" if int(offset[2]) else "UTC"
    # "/freeassociation.sourceforge.net/Europe/Berlin", "/mozilla.org/20050126_1/America/Argentina/Ushuaia"
    parts = plain.strip("/").split("/")
    ends = ("/".join(parts[-length:]) for length in (3, 2) if len(parts) > length)
    return next((end for end in ends if _is_zone(end)), None)


def _is_zone(name: str) -> bool:
    try:
        zone(name)
    except InvalidInput:
        return False
    return True
