"""Whether one time fits, exactly: every cause against it, how everyone stands to it, and who of a group is chosen."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import cached_property

from bot.availability import clock
from bot.availability.lines import Line, RowLine, hard_and_soft
from bot.availability.terms import Attendee, Cause, Code, Counted, Pair, Role, Rows, Search, State, WhoseHours
from bot.core.errors import InvalidInput
from bot.core.ids import PersonId
from bot.core.rules import Rules

NOTHING = clock.NOTHING


class Judge:
    """Answers for one search; what it prepares of each person is prepared once, and when it is first needed."""

    def __init__(self, search: Search) -> None:
        self.search = search
        self._stands = {one.person: _Stand(search, one) for one in search.people}
        self._first = search.people[0].person

    def causes(self, start: int) -> tuple[Cause, ...]:
        """Everything that stands against it, in the order of people, then of codes; none where it fits."""
        search = self.search
        unmet = {one for group in search.groups if not self._is_met(group.need, group.of, start) for one in group.of}
        found: list[Cause] = []
        for who in search.people:
            if who.role is Role.REQUIRED or who.person in unmet:
                found += self._against(who, start)
        if not _is_in_windows(search, start):
            found.append(Cause(person=None, code=Code.WINDOW))
        if not clock.is_on_grid(start, search.step, search.zone):
            found.append(Cause(person=None, code=Code.GRID))
        return tuple(found)

    def states(self, start: int) -> tuple[State, ...]:
        """How each stands to it, in the order of people."""
        return tuple(self._stands[one.person].state(start) for one in self.search.people)

    def chosen(self, start: int) -> dict[str, tuple[PersonId, ...]]:
        """The first of each group that fit, by the group's id; as many as it needs, where there are."""
        return {
            group.id: tuple(one for one in group.of if self.fits(one, start))[: group.need]
            for group in self.search.groups
        }

    def fits(self, person: PersonId, start: int) -> bool:
        """Whether nothing of theirs stands against it."""
        return next(iter(self._against(self._stands[person].who, start)), None) is None

    def _is_met(self, need: int, of: tuple[PersonId, ...], start: int) -> bool:
        return sum(self.fits(one, start) for one in of) >= need

    def _against(self, who: Attendee, start: int) -> Iterator[Cause]:
        mode = self.search.hours
        asks_hours = mode is WhoseHours.OVERLAP or (mode is WhoseHours.ORGANISER and who.person == self._first)
        return self._stands[who.person].causes(start, asks_hours=asks_hours)


def causes(search: Search, start: int) -> tuple[Cause, ...]:
    """`Judge.causes` of one start."""
    return Judge(search).causes(start)


def states(search: Search, start: int) -> tuple[State, ...]:
    """`Judge.states` of one start."""
    return Judge(search).states(start)


def chosen(search: Search, start: int) -> dict[str, tuple[PersonId, ...]]:
    """`Judge.chosen` of one start."""
    return Judge(search).chosen(start)


def is_capped(rules: Rules, counts: Mapping[date, Counted], start: int, length: int) -> bool:
    """Whether one more meeting of that length on that local day were more than these caps allow."""
    caps, day = rules.caps, clock.day_at(rules, start)
    if is_beyond(counts.get(day, NOTHING), caps.meetings_a_day, caps.minutes_a_day, length):
        return True
    return is_beyond(in_week(counts, clock.week_of(rules, day)), caps.meetings_a_week, caps.minutes_a_week, length)


def in_week(counts: Mapping[date, Counted], days: Iterable[date]) -> Counted:
    """What is counted on all these days."""
    theirs = [counts[one] for one in days if one in counts]
    return Counted(sum(one.meetings for one in theirs), sum(one.seconds for one in theirs))


def counts_of(who: Attendee) -> Mapping[date, Counted]:
    """What their caps count, by local day."""
    if who.counted is not None:
        return who.counted
    if isinstance(who.taken, Rows):
        return clock.counted(who.rules, who.taken.hard)
    raise InvalidInput("bits alone do not tell how many meetings they are")


def weeks_of(counts: Mapping[date, Counted], week_start: int) -> Mapping[int, Counted]:
    """What is counted in each week, by its number."""
    if isinstance(counts, clock.Counts) and counts.week_start == week_start:
        return counts.weeks
    return clock.sums_of(counts, week_start)


def is_beyond(has: Counted, meetings: int | None, minutes: int | None, length: int) -> bool:
    """Whether one more were above either limit."""
    too_many = meetings is not None and has.meetings + 1 > meetings
    return too_many or (minutes is not None and has.seconds + length > minutes * 60)


def _is_in_windows(search: Search, start: int) -> bool:
    end = start + search.length
    if search.horizon is not None and not (search.horizon[0] <= start and end <= search.horizon[1]):
        return False
    if not any(begins <= start and end <= ends for begins, ends in search.windows):
        return False
    parts = clock.daily_parts(search.daily, start, end)
    return not search.daily or any(begins <= start and end <= ends for begins, ends in parts)


class _Stand:
    """How one person stands to any time."""

    def __init__(self, search: Search, who: Attendee) -> None:
        self.search, self.who = search, who
        self._before = int(who.rules.before.total_seconds())
        self._after = int(who.rules.after.total_seconds())

    def causes(self, start: int, *, asks_hours: bool) -> Iterator[Cause]:
        """Everything of theirs that stands against it, in the order of codes."""
        person, search, end = self.who.person, self.search, start + self.search.length
        clash, is_over = self._clash(start), self._hard.until(start, end) is not None
        if is_over:
            yield Cause(person=person, code=Code.BUSY, until=clash)
        if not search.allow_soft and (until := self._soft_clash(start)) is not None:
            yield Cause(person=person, code=Code.SOFT, until=until)
        if not search.allow_unknown and (until := self._unknown.until(start, end)) is not None:
            yield Cause(person=person, code=Code.UNKNOWN, until=until)
        if asks_hours and not self._works(start):
            day = clock.day_at(self.who.rules, start)
            code = Code.OVERRIDE if clock.is_overridden(self.who.rules, day) else Code.HOURS
            yield Cause(person=person, code=code)
        if clash is not None and not is_over:
            yield Cause(person=person, code=Code.BUFFER, until=clash)
        if self._is_too_soon(start):
            yield Cause(person=person, code=Code.NOTICE)
        if self._is_capped(start):
            yield Cause(person=person, code=Code.CAP)
        if self._takes_lunch(start):
            yield Cause(person=person, code=Code.LUNCH)

    def state(self, start: int) -> State:
        """The first that holds, whatever the search allows."""
        if self._clash(start) is not None or self._is_capped(start) or self._takes_lunch(start):
            return State.BUSY
        if not self._works(start) or self._is_too_soon(start):
            return State.OUTSIDE
        if self._unknown.until(start, start + self.search.length) is not None:
            return State.UNKNOWN
        return State.SOFT if self._soft_clash(start) is not None else State.FREE

    @cached_property
    def _lines(self) -> tuple[Line, Line]:
        return hard_and_soft(self.who.taken)

    @property
    def _hard(self) -> Line:
        return self._lines[0]

    @cached_property
    def _unknown(self) -> Line:
        return RowLine(self.who.unknown)

    @cached_property
    def _counts(self) -> Mapping[date, Counted]:
        return counts_of(self.who)

    def _clash(self, start: int) -> int | None:
        return self._hard.until(start - self._before, start + self.search.length + self._after)

    def _soft_clash(self, start: int) -> int | None:
        return self._lines[1].until(start - self._before, start + self.search.length + self._after)

    def _works(self, start: int) -> bool:
        end = start + self.search.length
        return not clock.works(self.who.rules) or clock.holds(clock.working(self.who.rules, start, end), start, end)

    def _is_too_soon(self, start: int) -> bool:
        return start < self.search.now + self.who.rules.notice.total_seconds()

    def _is_capped(self, start: int) -> bool:
        return bool(self.who.rules.caps) and is_capped(self.who.rules, self._counts, start, self.search.length)

    def _takes_lunch(self, start: int) -> bool:
        if self.who.rules.lunch is None:
            return False
        end = start + self.search.length
        return any(self._takes(span, start, end) for span in clock.lunches(self.who.rules, start, end))

    def _takes(self, span: Pair, start: int, end: int) -> bool:
        """Whether no piece that is long enough is left of that lunch."""
        assert self.who.rules.lunch is not None
        needed = self.who.rules.lunch.minutes * 60
        taken = [pair for line in self._lines for pair in line.within(*span)]
        return not any(piece[1] - piece[0] >= needed for piece in clock.minus(span, [*taken, (start, end)]))
