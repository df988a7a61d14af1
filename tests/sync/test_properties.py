"""Whatever happens to a calendar and to the way there: after a good reading the mirror equals a fresh one."""

import tempfile
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from bot.core.calendars import DoubtState
from bot.core.errors import NotACalendar, NotFound, OverlapError, SignInNeeded, TryLater
from bot.core.events import Instance
from bot.core.intervals import Interval
from bot.sync import plan
from tests.builders import NOW
from tests.sync.office import Office, office

UIDS = st.sampled_from(["a", "b", "c", "d", "e"])
FAULTS = st.sampled_from([TryLater("down"), NotACalendar("html"), SignInNeeded("401"), NotFound("404")])


@st.composite
def stretches(draw: st.DrawFn) -> Interval:
    start = NOW + timedelta(hours=draw(st.integers(-72, 24 * 95)))
    return Interval(start, start + timedelta(minutes=draw(st.integers(15, 600))))


class Syncing(RuleBasedStateMachine):
    """A calendar app, a flaky service, time, and our sync, in any order."""

    def __init__(self) -> None:
        super().__init__()
        self._stack = ExitStack()
        folder = self._stack.enter_context(tempfile.TemporaryDirectory())
        self.ana: Office = self._stack.enter_context(office(Path(folder)))
        self.fault: OverlapError | None = None
        self.told: set[Instance] = set()

    def teardown(self) -> None:
        self._stack.close()

    @rule(uid=UIDS, when=stretches())
    def place(self, uid: str, when: Interval) -> None:
        self.ana.service.place(self.ana.remote, uid=uid, when=when)

    @rule(uid=UIDS)
    def drop(self, uid: str) -> None:
        self.ana.service.drop(self.ana.remote, uid)

    @rule(uid=UIDS, when=stretches())
    def shift(self, uid: str, when: Interval) -> None:
        if any(one.uid == uid for one in self.ana.service.events(self.ana.remote)):
            self.ana.service.shift(self.ana.remote, uid, when)

    @rule(uid=UIDS)
    def decline(self, uid: str) -> None:
        if any(one.uid == uid for one in self.ana.service.events(self.ana.remote)):
            self.ana.service.decline(self.ana.remote, uid)

    @rule(fault=st.none() | FAULTS)
    def trouble(self, fault: OverlapError | None) -> None:
        self.fault = fault
        self.ana.service.trouble("ana", fault)

    @rule()
    def forget_cursors(self) -> None:
        self.ana.service.forget()

    @rule(minutes=st.sampled_from([1, 11, 60, 60 * 25]))
    def wait(self, minutes: int) -> None:
        self.ana.clock.move(timedelta(minutes=minutes))

    @rule()
    def mark_dirty(self) -> None:
        self.ana.mark_dirty()

    @rule()
    def sync(self) -> None:
        before = self.ana.kept()
        again = self.ana.read()
        assert again is not None
        assert again > self.ana.clock.now()
        if self.fault is None:
            self._believes()
        after = self.ana.kept()
        if self.fault is not None:
            assert (after.read_at, after.window) == (before.read_at, before.window), "a failure vouches for nothing"
            assert after.problem is not None
            return
        assert (after.problem, after.dirty_at, after.read_at) == (None, None, self.ana.clock.now())
        assert after.window is not None
        assert after.window.end > self.ana.clock.now() + plan.NEAR - timedelta(days=1)
        stands = self.ana.service.events(self.ana.remote)
        self.told = {one for one in stands if one.ours or (one.blocks and one.when.overlaps(after.window))}
        assert set(self.ana.rows()) == self.told

    def _believes(self) -> None:
        """What all of them do at once, by the same hours, is doubted: its owner says that it is right."""
        if self.ana.doubt() is not None:
            self.ana.read()
            self.ana.decides(DoubtState.TAKEN)
            self.ana.read()

    @invariant()
    def nothing_but_a_good_reading_changes_the_rows(self) -> None:
        assert set(self.ana.rows()) == self.told


Syncing.TestCase.settings = settings(max_examples=25, stateful_step_count=25, deadline=None)
TestSyncing = Syncing.TestCase
