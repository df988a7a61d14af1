"""A document's own VTIMEZONE (RFC 5545 §3.6.5) read as offsets, where its rules are of the common kind.

Each is read for itself alone: two people's "Customized Time Zone" are two zones.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from bot.providers.ical import steps
from bot.providers.ical.offsets import DAY
from bot.providers.ical.stamps import Odd, offset_seconds, wall_second

MOST_LINES = 400


@dataclass(slots=True)
class _Observance:
    """STANDARD or DAYLIGHT: since when the clocks show what, on which days of every year."""

    is_standard: bool
    first: int = 0
    before: int = 0
    after: int = 0
    rule: steps.Rule | None = None
    until: int | None = None
    further: list[int] = field(default_factory=list)

    def last_onset(self, wall: int) -> int | None:
        """The last time not after `wall` at which the clocks were set to it."""
        # Where clocks go forward, what they jump over still belongs to what was before.
        wall -= max(0, self.after - self.before)
        onsets = [at for at in (self.first, *self.further) if at <= wall]
        if self.rule is not None:
            second = self.first % DAY
            days = self.rule.days(self.first // DAY, wall // DAY - 400 * self.rule.interval, wall // DAY)
            onsets += [at for day in days[-2:] if (at := day * DAY + second) <= wall and not self._is_over(at)]
            if not days and self.until is not None and wall > self.until:
                ended = self.rule.days(self.first // DAY, self.until // DAY - 400, self.until // DAY + 1)
                onsets += [day * DAY + second for day in ended if not self._is_over(day * DAY + second)]
        return max(onsets, default=None)

    def _is_over(self, at: int) -> bool:
        return self.until is not None and at - self.before > self.until


class Observed:
    """The zone that the lines of a VTIMEZONE describe; `Odd` where they cannot be read here."""

    def __init__(self, lines: Sequence[str]) -> None:
        self._observances = list(_observances(lines))
        if not self._observances:
            raise Odd("a zone without an observance")
        self._days: dict[int, int | None] = {}

    def utc(self, wall: int) -> int:
        offset = self.steady(wall // DAY)
        return wall - (self._at(wall) if offset is None else offset)

    def steady(self, day: int) -> int | None:
        if day not in self._days:
            begins, ends = self._at(day * DAY - DAY // 4), self._at(day * DAY + DAY + DAY // 4)
            self._days[day] = begins if begins == ends else None
        return self._days[day]

    def _at(self, wall: int) -> int:
        onsets = ((one.last_onset(wall), one.after) for one in self._observances)
        found = [(onset, after) for onset, after in onsets if onset is not None]
        if found:
            return max(found)[1]
        # Before all of them nothing is said: the standard time, if there is one.
        return next((one.after for one in self._observances if one.is_standard), self._observances[0].after)


def _observances(lines: Sequence[str]) -> Iterator[_Observance]:
    if len(lines) > MOST_LINES:
        raise Odd("a zone of too many lines")
    now: _Observance | None = None
    for text in lines:
        head, _, value = text.strip().upper().partition(":")
        name = head.partition(";")[0]
        if name == "BEGIN" and value in ("STANDARD", "DAYLIGHT"):
            now = _Observance(value == "STANDARD")
        elif name == "END" and now is not None:
            yield now
            now = None
        elif now is not None:
            _told(now, name, value)


def _told(now: _Observance, name: str, value: str) -> None:
    match name:
        case "DTSTART":
            now.first = wall_second(value)
        case "TZOFFSETFROM":
            now.before = offset_seconds(value)
        case "TZOFFSETTO":
            now.after = offset_seconds(value)
        case "RDATE":
            now.further += [wall_second(one) for one in value.split(",")]
        case "RRULE":
            now.rule = steps.rule(value)
            if now.rule is None or now.rule.frequency != "YEARLY" or now.rule.count is not None:
                raise Odd("a zone whose clocks change in an uncommon way")
            if now.rule.until is not None:
                now.until = wall_second(now.rule.until)
        case _:
            pass
