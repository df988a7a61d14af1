"""What each address under /api/ answers; all of it blocks, and is run in a thread."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from bot.playground.site.asked import Asked
from bot.playground.site.calm import Calm
from bot.playground.site.ghosts import ghosts
from bot.playground.site.parts import Parts
from bot.playground.stands.slack.delivery import Ack
from bot.playground.stands.slack.people import SlackUser

Json = dict[str, Any]
Answer = Callable[[Asked], Json]

LOOK_SECONDS = 0.3
"""Two that ask at once share one look at the calendars."""
LATER = "Overlap did not answer. Slack delivers it again: at once, after a minute, after five."


@dataclass(frozen=True)
class Answers:
    """Each of them."""

    parts: Parts

    @property
    def looks(self) -> dict[str, Answer]:
        """What only looks, by its address."""
        return {"state": self.state, "messages": self.messages, "week": self.week, "glass": self.glass}

    @property
    def acts(self) -> dict[str, Answer]:
        """What does something."""
        return {
            "type": self.type,
            "press": self.press,
            "read": self.read,
            "events": self.put,
            "events/move": self.move,
            "events/delete": self.delete,
            "events/decline": self.decline,
            "servers": self.server,
            "bot": self.bot,
        }

    def state(self, query: Asked) -> Json:
        parts, handle = self.parts, query.word("as")
        me = parts.chat.person(handle)
        account = parts.stage.world.account(handle)
        return {
            "me": _person(me) | {"account": {"url": account.url, "user": account.user, "password": account.password}},
            "people": [_person(parts.chat.person(one)) for one in parts.chat.handles],
            "directory": [
                {**_person(one), "isBot": one.is_bot, "isDeactivated": one.is_deactivated}
                for one in parts.stage.slack.people.everybody()
            ],
            "places": [
                {"id": one.id, "kind": one.kind, "name": one.name, "with": one.partner or None,
                 "unread": parts.chat.unread(handle, one)}
                for one in parts.chat.places(handle)
            ],
            "bot": parts.switches.bot(),
            "servers": parts.switches.servers(),
            "story": parts.story.told(),
            "now": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "version": parts.stream.version,
            "run": parts.stream.run,
        }  # fmt: skip

    def messages(self, query: Asked) -> Json:
        return {"messages": self.parts.chat.messages(query.word("as"), query.word("place"))}

    def week(self, query: Asked) -> Json:
        first = _date(query.word("from"))
        self.parts.look(unless_within=LOOK_SECONDS)
        people = self.parts.weeks.people(first)
        return {"from": first.isoformat(), "people": people, "ghosts": self._ghosts(query.maybe("as"))}

    def _ghosts(self, handle: str | None) -> list[Json]:
        if not handle:
            return []
        me = self.parts.chat.person(handle)
        return ghosts(self.parts.stage.slack.messages(handle), me.tz or "UTC")

    def glass(self, query: Asked) -> Json:
        return {"exchanges": self.parts.glass.since(query.number("after"))}

    def type(self, body: Asked) -> Json:
        return _acked(self.parts.chat.type(body.word("as"), body.word("place"), body.word("text", is_empty_fine=True)))

    def press(self, body: Asked) -> Json:
        where = (body.word("as"), body.word("place"), body.word("ts"))
        what = (body.word("blockId"), body.word("actionId"), body.words("value"))
        return _acked(self.parts.chat.press(*where, *what))

    def read(self, body: Asked) -> Json:
        self.parts.chat.read(body.word("as"), body.word("place"), is_opened=body.flag("isOpened", otherwise=False))
        self.parts.stream.tell("chat")
        return {}

    def put(self, body: Asked) -> Json:
        uid = self.parts.behind.put(
            body.word("person"), body.word("calendar"), body.maybe("title") or "", body.word("start"),
            body.word("end"), is_free=body.flag("isFree", otherwise=False),
        )  # fmt: skip
        return self._changed() | {"uid": uid}

    def move(self, body: Asked) -> Json:
        where = (body.word("person"), body.word("calendar"), body.word("uid"))
        self.parts.behind.move(*where, body.maybe("instance"), body.word("start"))
        return self._changed()

    def delete(self, body: Asked) -> Json:
        where = (body.word("person"), body.word("calendar"), body.word("uid"))
        self.parts.behind.delete(*where, body.maybe("instance"))
        return self._changed()

    def decline(self, body: Asked) -> Json:
        self.parts.behind.decline(body.word("person"), body.word("calendar"), body.word("uid"))
        return self._changed()

    def server(self, body: Asked) -> Json:
        self.parts.switches.turn_server(body.word("name"), is_up=body.flag("isUp"))
        return self._changed()

    def bot(self, body: Asked) -> Json:
        self.parts.switches.turn_bot(is_up=body.flag("isUp"))
        return {}

    def _changed(self) -> Json:
        self.parts.look()
        return {}


def _person(who: SlackUser) -> Json:
    return {"handle": who.handle, "name": who.name, "zone": who.tz, "id": who.id}


def _acked(ack: Ack | None) -> Json:
    if ack is None:
        return {}
    told = {"ack": {"status": ack.status, "seconds": round(ack.seconds, 4)}}
    return told if ack.is_good else {**told, "says": LATER}


def _date(words: str) -> date:
    try:
        found = date.fromisoformat(words)
    except ValueError as error:
        raise Calm(400, "A week is asked for by its first day: 2026-11-30.") from error
    if not 2000 <= found.year < 2100:
        raise Calm(400, "That is too far away.")
    return found
