"""The page's server on its feet, on a stage that runs: it serves, and watches what changes."""

import logging
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Self

from bot.playground.site.again import Again
from bot.playground.site.app import application
from bot.playground.site.behind import Behind
from bot.playground.site.calendars import Calendars
from bot.playground.site.chat import Chat
from bot.playground.site.facts import Facts
from bot.playground.site.glass import Glass
from bot.playground.site.parts import Parts
from bot.playground.site.story import Story
from bot.playground.site.stream import Stream
from bot.playground.site.switches import Switches
from bot.playground.site.week import Weeks
from bot.playground.stage import Stage, stage
from bot.playground.stands.serving import Serving
from bot.playground.stands.slack.overheard import Listener, nobody
from bot.playground.tour.play import Play, has
from bot.playground.tour.telling import Silent

LOOK_SECONDS = 1.0
"""How often the calendars are looked at while somebody watches."""
BREATH_SECONDS = 0.25

_log = logging.getLogger(__name__)


@contextmanager
def opened(at: socket.socket | None = None) -> Iterator["Site"]:
    """The whole demo with everybody connected, and its page."""
    with stage() as scene:
        connect_everybody(scene)
        with Site(scene, at=at) as site:
            yield site


def connect_everybody(scene: Stage) -> None:
    """Each opens the app's DM, is greeted, and connects through their own private link; they have read what was said.

    The message with the spent link is gone, as ephemeral messages are when Slack is opened anew.
    """
    play = Play(scene, Silent())
    for who in scene.world.accounts:
        scene.slack.open_home(who)
    for who in scene.world.accounts:
        play.sees(who, has("Hello"), "a greeting")
        play.connect(who, channel=scene.slack.home(who))
    for who in scene.world.accounts:
        play.sees(who, has("Connected:"), "connected")
        scene.slack.read(who)
        for message in scene.slack.messages(who):
            if message.is_ephemeral:
                scene.slack.workspace.delete(message)


class Site:
    """Serves while its `with` block lasts; `url` is what a visitor opens."""

    def __init__(self, stage: Stage, *, at: socket.socket | None = None) -> None:
        stream = Stream()
        calendars = Calendars(stage.world)
        self._again = Again(stage.slack)
        chat = Chat(stage.slack, tuple(stage.world.accounts), self._again.deliver)
        switches = Switches(stage, lambda: stream.tell("bot"))
        weeks, behind = Weeks(calendars), Behind(stage.world)
        facts = Facts(chat, calendars, weeks, switches, behind, since=len(stage.slack.workspace.history))
        self.parts = Parts(
            stage=stage,
            stream=stream,
            chat=chat,
            calendars=calendars,
            weeks=weeks,
            behind=behind,
            switches=switches,
            story=Story(facts),
            glass=Glass(lambda: stream.tell("glass")),
        )
        self._serving = Serving(application(self.parts), at=at)
        self._is_over = threading.Event()
        self._heard_before: Listener = nobody
        self._written = 0
        self._running: object = None
        looks = (self._look_at_chat, self._look_around)
        self._threads = [threading.Thread(target=self._watch, args=(look,), daemon=True) for look in looks]

    @property
    def url(self) -> str:
        return f"{self._serving.url}/"

    def start(self) -> None:
        """Serve, watch, and listen at the wire."""
        slack = self.parts.stage.slack
        self._heard_before = slack.courier.heard
        slack.courier.heard = slack.door.heard = self.parts.glass.hear
        self.parts.calendars.look()
        self._serving.start()
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Let every browser go, and end."""
        self._is_over.set()
        self._again.end()
        self.parts.stream.end()
        self._serving.stop()
        for thread in self._threads:
            thread.join()
        slack = self.parts.stage.slack
        slack.courier.heard = slack.door.heard = self._heard_before

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _watch(self, look: Callable[[], None]) -> None:
        """Again and again; one look that went wrong must not be the last."""
        while not self._is_over.is_set():
            try:
                look()
            except Exception:
                _log.exception("a look at the world went wrong")
                self._is_over.wait(LOOK_SECONDS)

    def _look_at_chat(self) -> None:
        """Every message and every edit."""
        history = self.parts.stage.slack.workspace.history
        if self.parts.stage.slack.workspace.wait(lambda: len(history) != self._written, BREATH_SECONDS):
            self._written = len(history)
            self.parts.stream.tell("chat")
            self.parts.look_at_story()

    def _look_around(self) -> None:
        """What was switched or went down by itself; and the calendars, about once a second while somebody watches."""
        self._is_over.wait(BREATH_SECONDS)
        running: object = (self.parts.switches.bot(), self.parts.switches.servers())
        if running != self._running:
            self._running = running
            self.parts.stream.tell("bot")
        if self.parts.stream.is_heard:
            self.parts.look(unless_within=LOOK_SECONDS)
