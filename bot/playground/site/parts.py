"""The parts of the playground's server, joined."""

from dataclasses import dataclass

from bot.playground.site.behind import Behind
from bot.playground.site.calendars import Calendars
from bot.playground.site.chat import Chat
from bot.playground.site.glass import Glass
from bot.playground.site.story import Story
from bot.playground.site.stream import Stream
from bot.playground.site.switches import Switches
from bot.playground.site.week import Weeks
from bot.playground.stage import Stage


@dataclass(frozen=True, kw_only=True)
class Parts:
    """What the routes speak for."""

    stage: Stage
    stream: Stream
    chat: Chat
    calendars: Calendars
    weeks: Weeks
    behind: Behind
    switches: Switches
    story: Story
    glass: Glass

    def look(self, *, unless_within: float = 0.0) -> None:
        """Read what has changed in the calendars, and tell what that means."""
        if self.calendars.look(unless_within=unless_within):
            self.stream.tell("week")
            self.look_at_story()

    def look_at_story(self) -> None:
        """Tell what has happened."""
        if self.story.look():
            self.stream.tell("story")
