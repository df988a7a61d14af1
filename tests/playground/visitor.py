"""A visitor of the playground without a screen: speaks to the page's server as the page would."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import httpx

Json = dict[str, Any]
T = TypeVar("T")

GENERAL = "C0GENERAL1"
PATIENCE_SECONDS = 60.0


def until(found: Callable[[], T | None], words: str) -> T:
    """What `found` finds, as soon as it finds something."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        if (answer := found()) is not None and answer is not False:
            return answer
        time.sleep(0.05)
    raise AssertionError(f"not within {PATIENCE_SECONDS:.0f} s: {words}")


def buttons(message: Json) -> list[Json]:
    """Every button of a message, with the block it stands in."""
    return [
        {**element, "block": block["block_id"]}
        for block in message["blocks"]
        for element in (*block.get("elements", ()), block.get("accessory") or {})
        if element.get("type") == "button"
    ]


def labels(message: Json) -> list[str]:
    return [button["text"]["text"] for button in buttons(message)]


def words(message: Json) -> str:
    return str(message["text"])


@dataclass
class Visitor:
    """One browser."""

    http: httpx.Client

    def get(self, path: str, **query: Any) -> Json:
        answer = self.http.get(f"api/{path}", params=query)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def post(self, path: str, **body: Any) -> Json:
        answer = self.http.post(f"api/{path}", json=body)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def refused(self, path: str, **body: Any) -> tuple[int, str]:
        """It is not done; with which status, and in which words."""
        answer = self.http.post(f"api/{path}", json=body)
        told = answer.json()
        assert told["ok"] is False
        return answer.status_code, told["says"]

    def state(self, who: str = "ana") -> Json:
        return self.get("state", **{"as": who})

    def done(self) -> set[str]:
        """The steps that are ticked."""
        return {step["id"] for step in self.state()["story"] if step["done"]}

    def place(self, who: str, kind: str = "app") -> str:
        return next(str(one["id"]) for one in self.state(who)["places"] if one["kind"] == kind)

    def messages(self, who: str, place: str) -> list[Json]:
        found: list[Json] = self.get("messages", **{"as": who, "place": place})["messages"]
        return found

    def types(self, who: str, text: str, place: str = GENERAL) -> Json:
        return self.post("type", **{"as": who, "place": place, "text": text})

    def presses(self, who: str, place: str, message: Json, label: str) -> Json:
        return self.post("press", **self.press(who, place, message, label))

    def press(self, who: str, place: str, message: Json, label: str) -> Json:
        """What the page sends when that button is pressed."""
        button = next(one for one in buttons(message) if one["text"]["text"] == label)
        return {
            "as": who,
            "place": place,
            "ts": message["ts"],
            "blockId": button["block"],
            "actionId": button["action_id"],
            "value": button["value"],
        }

    def sees(self, who: str, place: str, shows: Callable[[Json], Any], what: str, *, since: str = "") -> Json:
        """The newest message there for which `shows` holds."""

        def found() -> Json | None:
            seen = [one for one in self.messages(who, place) if one["ts"] > since and not one["isDeleted"]]
            return next((one for one in reversed(seen) if shows(one)), None)

        return until(found, f"{who} sees {what}")

    def newest(self, who: str, place: str) -> str:
        return max((str(one["ts"]) for one in self.messages(who, place)), default="")

    def offered(self, who: str, text: str) -> Json:
        """They ask, and see times."""
        since = self.newest(who, GENERAL)
        self.types(who, text)
        return self.sees(who, GENERAL, offers, "times", since=since)

    def week(self, first: date, who: str = "ana") -> Json:
        return self.get("week", **{"from": first.isoformat(), "as": who})

    def events(self, person: str, first: date) -> list[Json]:
        """What stands in their calendars in that week."""
        found = next(one for one in self.week(first)["people"] if one["handle"] == person)
        events: list[Json] = found["events"]
        return events

    def ours(self, person: str) -> list[Json]:
        """Overlap's own events of next week."""
        return [one for one in self.events(person, next_monday()) if one["isOurs"]]


def offers(message: Json) -> list[str]:
    return [label for label in labels(message) if label.startswith("Book ")]


def next_monday() -> date:
    today = datetime.now(ZoneInfo("Europe/Berlin")).date()
    return today + timedelta(days=7 - today.weekday())
