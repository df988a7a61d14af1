"""What a workspace calls itself, on the pages."""

from datetime import timedelta

from bot.core.clock import SetClock
from bot.core.errors import TryLater
from bot.core.ids import TenantId
from bot.wiring.workspace import WorkspaceNames
from tests.builders import NOW, TENANT

ACME = TenantId("slack:T1")


class Slack:
    """Answers, or not."""

    def __init__(self) -> None:
        self.asked = 0
        self.is_there = True

    def workspace(self) -> str:
        self.asked += 1
        if not self.is_there:
            raise TryLater("no answer")
        return "Acme"


def test_a_name_is_asked_for_once() -> None:
    slack = Slack()
    names = WorkspaceNames(SetClock(NOW), {"slack": slack.workspace})
    assert [names(ACME), names(ACME), names(TENANT)] == ["Acme", "Acme", None]
    assert slack.asked == 1


def test_a_page_waits_only_now_and_then_for_who_does_not_answer() -> None:
    slack, clock = Slack(), SetClock(NOW)
    slack.is_there = False
    names = WorkspaceNames(clock, {"slack": slack.workspace})
    assert [names(ACME), names(ACME)] == [None, None]
    assert slack.asked == 1
    slack.is_there = True
    clock.move(timedelta(minutes=5))
    assert names(ACME) == "Acme"
