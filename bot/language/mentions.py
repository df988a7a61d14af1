"""How each platform writes that somebody is meant: in goes its syntax, out comes text with the people taken out.

What looks like a person and is none (`<!channel>`, a user group, a bare `@here`) stays in the text as plain words, so
that the grammar can say it did not understand them, and nothing is pinged.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from bot.core.requests import PLACEHOLDER, Marked, Named, Source
from bot.language.clean import unescaped, without_placeholders

Part = str | Named

_SLACK = re.compile(r"<(?P<id>[^<>|]{1,300})(?:\|(?P<label>[^<>]{0,300}))?>")
_SLACK_USER = re.compile(r"@[UW][A-Z0-9]{2,30}")
_TEAMS = re.compile(r"<at(?: [^<>]{0,100})?>(?P<name>[^<>]{0,300})</at>")
_WHO = re.compile(
    r"(?<![\w.@+-])(?:(?P<email>[\w.+%'-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8})|@(?P<handle>\w[\w.-]{0,78})"
    r"|#(?P<room>room-\w[\w.-]{0,73}))",
    re.IGNORECASE,
)
_EVERYBODY = frozenset({"channel", "here", "everyone", "all", "team"})


def plain(text: str) -> Marked:
    """E-mail addresses, bare @names, and rooms as #room-name."""
    return _marked(_named(without_placeholders(text)))


def slack(raw: str) -> Marked:
    """`<@U…|name>`, `<mailto:…>` and what `plain` reads; the text's HTML entities are undone once.

    https://docs.slack.dev/messaging/formatting-message-text
    """
    return _marked(_slack(without_placeholders(raw)))


def teams(text: str, entities: Sequence[Mapping[str, object]], *, bot: str = "") -> Marked:
    """`<at>Name</at>`, the n-th being the n-th mention entity, because equal names make equal tags; not `bot` itself.

    https://learn.microsoft.com/microsoftteams/platform/bots/how-to/conversations/channel-and-group-conversations
    """
    people = [entity["mentioned"] for entity in entities if entity.get("type") == "mention" and "mentioned" in entity]
    return _marked(_teams(without_placeholders(text), people, bot))


def _marked(parts: Iterator[Part]) -> Marked:
    text: list[str] = []
    named: list[Named] = []
    for part in parts:
        match part:
            case str():
                text.append(part)
            case Named():
                named.append(part)
                text.append(PLACEHOLDER)
    return Marked("".join(text), tuple(named))


def _named(text: str) -> Iterator[Part]:
    at = 0
    for found in _WHO.finditer(text):
        email, room = found["email"], found["room"]
        handle = found["handle"] or room
        if handle and handle.casefold() in _EVERYBODY:
            continue
        typed = (email or handle).rstrip(".-")
        yield text[at : found.start()]
        at = found.end() - len(email or handle) + len(typed)
        yield (
            Named(Source.ADDRESS, typed.casefold(), typed)
            if email
            else Named(Source.HANDLE, typed, f"{'#' if room else '@'}{typed}")
        )
    yield text[at:]


def _slack(raw: str) -> Iterator[Part]:
    at = 0
    for found in _SLACK.finditer(raw):
        yield from _named(unescaped(raw[at : found.start()]))
        at = found.end()
        yield _slack_one(unescaped(found["id"]), unescaped(found["label"] or "").strip())
    yield from _named(unescaped(raw[at:]))


def _slack_one(meant: str, label: str) -> Part:
    if _SLACK_USER.fullmatch(meant):
        return Named(Source.MENTION, meant[1:], f"@{label or meant[1:]}".replace("@@", "@"))
    if meant.startswith("mailto:"):
        address = meant.removeprefix("mailto:")
        return Named(Source.ADDRESS, address.casefold(), address)
    if meant.startswith("!"):
        word = label or meant[1:].partition("^")[0]
        return f" @{word.lstrip('@')} "
    if meant.startswith("#"):
        return f" #{label or meant[1:]} "
    return f" {label or meant} "


def _teams(text: str, people: Sequence[object], bot: str) -> Iterator[Part]:
    at = 0
    for count, found in enumerate(_TEAMS.finditer(text)):
        yield from _named(unescaped(text[at : found.start()]))
        at = found.end()
        person = people[count] if count < len(people) else None
        name = unescaped(found["name"]).strip()
        user = person.get("id") if isinstance(person, Mapping) else None
        if bot and user == bot:
            yield " "
        elif isinstance(user, str) and user:
            yield Named(Source.MENTION, user, f"@{name}")
        else:
            yield f" @{name} "
    yield from _named(unescaped(text[at:]))
