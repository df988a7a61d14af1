"""Adaptive Cards as Teams takes them: what it refuses, what it shows, which buttons it draws.

https://learn.microsoft.com/microsoftteams/platform/task-modules-and-cards/cards/cards-reference
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

Drawn = dict[str, Any]

CARD_TYPE = "application/vnd.microsoft.card.adaptive"
LARGEST_CARD = 28 * 1024
LARGEST_MESSAGE = 100 * 1024
ELEMENTS = frozenset(
    {"TextBlock", "RichTextBlock", "Container", "ColumnSet", "Column", "ActionSet", "FactSet", "Image"}
)
ACTIONS = frozenset({"Action.Execute", "Action.Submit", "Action.OpenUrl", "Action.ShowCard", "Action.ToggleVisibility"})
STYLES = frozenset({"default", "positive", "destructive"})
MOST_ACTIONS = 6
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_EMPHASIS = re.compile(r"(?<!\\)\*\*")
_LINK = re.compile(r"(?<!\\)\[((?:[^\]\\]|\\.)*)\]\(([^)]*)\)")


def attachment(card: Mapping[str, Any]) -> Drawn:
    """A card as a message holds it."""
    return {"contentType": CARD_TYPE, "content": card}


def wrong_with(activity: Drawn) -> tuple[int, str] | None:
    """The status and code with which Teams refuses the activity; None when it takes it."""
    if len(json.dumps(activity, ensure_ascii=False).encode()) > LARGEST_MESSAGE:
        return 413, "MessageSizeTooBig"
    if activity.get("type") != "message":
        return 400, "BadArgument"
    attachments = activity.get("attachments") or []
    if not attachments:
        return None if activity.get("text") else (400, "BadArgument: empty message")
    if activity.get("text"):
        # Teams splits it in two, and the id of one of them is lost.
        return 400, "BadArgument: text and attachment in one"
    for attachment in attachments:
        if attachment.get("contentType") != CARD_TYPE or (why := wrong_card(attachment.get("content"))):
            return 400, f"BadSyntax: {why if attachment.get('contentType') == CARD_TYPE else 'content type'}"
    return None


def wrong_card(card: Any) -> str | None:
    """Why a client would show "this card cannot be displayed"."""
    if not isinstance(card, dict) or card.get("type") != "AdaptiveCard":
        return "no Adaptive Card"
    if card.get("version") not in ("1.0", "1.1", "1.2", "1.3", "1.4", "1.5"):
        return f"version {card.get('version')}"
    if len(json.dumps(card, ensure_ascii=False).encode()) > LARGEST_CARD:
        return "card too large"
    if not card.get("body"):
        return "empty card"
    return next((why for element in elements(card) if (why := _wrong_element(element))), None)


def elements(card: Drawn) -> Iterator[Drawn]:
    """Every element of the card, in the order of the screen."""
    stack = [*reversed(card.get("body") or [])]
    while stack:
        element = stack.pop()
        yield element
        stack.extend(reversed(element.get("columns") or element.get("items") or []))


def actions(card: Drawn) -> list[Drawn]:
    """Every button, from top to bottom."""
    placed = [action for element in elements(card) for action in element.get("actions") or []]
    return [*placed, *(card.get("actions") or [])]


def words(card: Drawn) -> list[str]:
    """What is read on the card, markdown drawn: each text, and each button's label."""
    read: list[str] = []
    for element in elements(card):
        if element.get("type") == "TextBlock":
            read.append(_drawn(str(element["text"])))
        read += [str(action.get("title", "")) for action in element.get("actions") or []]
    return read


def _drawn(markdown: str) -> str:
    linked = _LINK.sub(lambda found: f"{found[1]} ({found[2]})", markdown)
    return _ESCAPED.sub(r"\1", _EMPHASIS.sub("", linked))


def _wrong_element(element: Drawn) -> str | None:
    kind = element.get("type")
    if kind not in ELEMENTS:
        return f"element {kind}"
    if kind == "TextBlock" and not element.get("text"):
        return "empty TextBlock"
    if kind == "ActionSet":
        return _wrong_actions(element.get("actions"))
    return None


def _wrong_actions(found: Any) -> str | None:
    if not found or not isinstance(found, list) or len(found) > MOST_ACTIONS:
        return "number of actions"
    return next((why for action in found if (why := _wrong_action(action))), None)


def _wrong_action(action: Drawn) -> str | None:
    if action.get("type") not in ACTIONS or not action.get("title"):
        return "action without type or title"
    if action["type"] == "Action.Execute" and not isinstance(action.get("verb"), str):
        return "Action.Execute without verb"
    if action["type"] == "Action.OpenUrl" and not str(action.get("url", "")).startswith(("https://", "http://")):
        return "Action.OpenUrl without address"
    return None if action.get("style", "default") in STYLES else f"action style {action['style']}"
