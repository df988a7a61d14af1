"""Ways of saying that every conversation shares: names, lists, and a card whose summary says all of itself."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta

from bot.chat.cards import Block, Buttons, Card, Heading, Note, Row, Rule, Say
from bot.core.ids import PersonId, TenantId
from bot.core.people import Person, Standing
from bot.core.text import Piece, Text, say
from bot.language.wording import times
from bot.storage import people
from bot.storage.database import Tx

LONGEST_NAME = 40
LONGEST_TITLE = 120
JUST_NOW = timedelta(seconds=2)
COMMANDS = {"teams": "meet"}
PLATFORMS = {"slack": "Slack", "teams": "Teams"}


def everyone(tx: Tx, tenant: TenantId, ids: Iterable[PersonId]) -> dict[PersonId, Person]:
    """Those people, by id, in that order."""
    return {one: people.person(tx, tenant, one) for one in ids}


def command(person: Person) -> str:
    """How that person calls us: `/meet`, or `meet` in Teams."""
    return COMMANDS.get(person.identity.platform, "/meet")


def platform(person: Person) -> str:
    """Where that person chats."""
    return PLATFORMS.get(person.identity.platform, "this chat")


def names(group: Collection[Person]) -> dict[PersonId, str]:
    """What each is called, no two alike: the first name, else the whole one, else that and a number."""
    called = {one.id: first_name(one) for one in group}
    whole = {one.id: shorn(one.name, LONGEST_NAME) for one in group}
    numbered = {key: f"{whole[key]} ({place})" for place, key in enumerate(whole, start=1)}
    for longer in (whole, numbered):
        taken = list(called.values())
        called = {key: longer[key] if taken.count(name) > 1 else name for key, name in called.items()}
    return called


def first_name(person: Person) -> str:
    """Alex; an address or a room as it stands."""
    is_whole = person.standing in (Standing.ADDRESS, Standing.ROOM)
    words = [person.name] if is_whole else person.name.split()
    return shorn(words[0] if words else "Someone", LONGEST_NAME)


def listed(words: Sequence[str], *, last: str = "and") -> str:
    """Alex, Sam and Kim."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


def has_or_have(words: Sequence[str]) -> str:
    return "has" if len(words) == 1 else "have"


def shorn(words: str, most: int) -> str:
    """At most so many characters, on one line."""
    flat = " ".join(words.split())
    return flat if len(flat) <= most else f"{flat[: most - 1].rstrip()}…"


def ago(age: timedelta) -> str:
    """20 s ago; just now."""
    return "just now" if age < JUST_NOW else f"{times.age(age)} ago"


def quoted(title: str) -> str:
    """“Ana / Alex”."""
    return f"“{shorn(title, LONGEST_TITLE)}”"


def paragraph(*parts: str | Piece | Text) -> Say:
    return Say(say(*parts))


def note(*parts: str | Piece | Text) -> Note:
    return Note(say(*parts))


def told(*blocks: Block, line: str = "", until: datetime | None = None, is_waiting: bool = False) -> Card:
    """A card whose summary says, in sentences, all that its blocks show and all that can be done."""
    said = [sentence for block in blocks if (sentence := _sentence(block))]
    labels = [button.label for button in Card(summary="…", blocks=blocks).buttons]
    if labels:
        said.append(f"You can choose: {listed(labels, last='or')}.")
    return Card(summary=" ".join(said), blocks=blocks, line=line, until=until, is_waiting=is_waiting)


def _sentence(block: Block) -> str:
    match block:
        case Heading(words):
            return _ended(words)
        case Say(text) | Note(text) | Row(text, _):
            return _ended(text.plain().replace(".\n", ". ").replace("\n", "; "))
        case Buttons() | Rule():
            return ""


def _ended(words: str) -> str:
    flat = " ".join(words.split())
    return flat if not flat or flat[-1] in ".!?…:" else f"{flat}."
