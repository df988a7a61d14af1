"""How it shows that something of the story has truly happened. A press alone is never enough."""

from datetime import UTC, datetime
from itertools import pairwise

from bot.playground.site.calendars import Copy
from bot.playground.site.facts import Facts, Freed
from bot.playground.stands.slack.messages import Message
from bot.playground.world import GOOGLE, MICROSOFT

KILL_SECONDS = 60.0
"""A kill so soon after a press counts as in the middle of it."""


def verbs(message: Message) -> set[str]:
    """What its buttons do: `proposal.book`, …"""
    return {str(button.element.get("value", "")).partition("|")[0] for button in message.buttons}


def offers(message: Message) -> list[str]:
    """The times that can be booked in it, by what their buttons carry."""
    values = (str(button.element.get("value", "")) for button in message.buttons)
    return [value for value in values if value.startswith("proposal.book|")]


def _has_pressed(facts: Facts, *wanted: str) -> bool:
    return any(one.value.partition("|")[0] in wanted for one in facts.used)


def asked(facts: Facts) -> bool:
    """Somebody was shown times."""
    return any(offers(one) for one in facts.messages())


def paged(facts: Facts) -> bool:
    """Other times came in place, and some were put away because somebody wanted that."""
    put_away = {(one.channel, one.ts) for one in facts.used if one.value.startswith("proposal.dismiss|")}
    turned = away = False
    for life in facts.lives():
        turned |= any(offers(one) and offers(two) and offers(one) != offers(two) for one, two in pairwise(life))
        away |= (life[-1].channel, life[-1].ts) in put_away and not life[-1].buttons
    return turned and away


def booked(facts: Facts) -> bool:
    """The servers hold it for two people, under one UID."""
    return any(len(copies) > 1 and len({one.uid for one in copies.values()}) == 1 for copies in facts.now.values())


def crossed(facts: Facts) -> bool:
    """One meeting stands at Google, at Microsoft and on a CalDAV server, for three people."""
    return any(
        len(copies) > 2 and {GOOGLE, MICROSOFT} < {one.calendar for one in copies.values()}
        for copies in facts.now.values()
    )


def answered(facts: Facts) -> bool:
    """An edit of the organiser's message tells an answer where none was."""
    return any(
        "no answer yet" in one.words and (": accepted" in two.words or ": maybe" in two.words)
        for life in facts.lives()
        for one, two in pairwise(life)
    )


def suggested(facts: Facts) -> bool:
    """The organiser was asked for a time that the other chose, answered, and the message closed."""
    return _has_pressed(facts, "ask.move", "ask.keep") and any(
        "ask.move" in verbs(one) and not two.buttons for life in facts.lives() for one, two in pairwise(life)
    )


def undone(facts: Facts) -> bool:
    """Nothing is left on the servers of what stood there for two, and the other was told."""
    is_gone = any(len(copies) > 1 and tag not in facts.now for tag, copies in facts.ever.items())
    return is_gone and any("took back" in one.words for one in facts.messages())


def declined(facts: Facts) -> bool:
    """One copy is gone, the organiser's stands, and its message says so."""
    is_left = any(len(copies) < len(facts.ever[tag]) for tag, copies in facts.now.items())
    return is_left and any(": declined" in one.words for one in facts.messages())


def clashed(facts: Facts) -> bool:
    """The organiser was told with a way out and took it, and the servers hold the meeting elsewhere."""
    was_told = any(
        any("conflict.move" in verbs(one) for one in life) and not life[-1].buttons for life in facts.lives()
    )
    return was_told and any(
        one.sequence > facts.first[tag][who].sequence and one.start != facts.first[tag][who].start
        for tag, copies in facts.ever.items()
        for who, one in copies.items()
    )


def clashed_for_other(facts: Facts) -> bool:
    """One who is not the organiser was told, asked for another time, and the organiser heard of it."""
    told = [verbs(one) for one in facts.messages()]
    return (
        _has_pressed(facts, "conflict.ask")
        and any("conflict.ask" in one for one in told)
        and any("ask.move" in one for one in told)
    )


def followed(facts: Facts) -> bool:
    """A booking was dragged in one calendar, the servers hold every copy of it there, and people were told."""
    for tag, copies in facts.now.items():
        firsts = facts.first[tag]
        is_dragged = any(one.uid in facts.dragged for one in copies.values())
        is_together = len(copies) > 1 and len({_instant(one) for one in copies.values()}) == 1
        if is_dragged and is_together and all(_instant(one) != _instant(firsts[who]) for who, one in copies.items()):
            return any("Before:" in one.words for one in facts.messages())
    return False


def _instant(copy: Copy) -> object:
    return copy.start.astimezone(UTC) if isinstance(copy.start, datetime) else copy.start


def made_room(facts: Facts) -> bool:
    """A time from which something went was offered after that."""
    return any(_is_offered(facts, freed) for freed in facts.freed)


def _is_offered(facts: Facts, freed: Freed) -> bool:
    begins, ends = freed.stretch
    name = facts.chat.person(freed.who).name.split()[0]
    return any(
        (who == freed.who or name in message.words) and any(start < ends and begins < end for start, end in offered)
        for who, message, offered in facts.offered(freed.after)
    )


def went_silent(facts: Facts) -> bool:
    """While a server was off somebody read what is not known; since it is on there have been times again."""
    for gap in facts.outages:
        if gap.what == "bot" or gap.last is None:
            continue
        meanwhile = facts.messages(gap.first, gap.last)
        if any(_is_unknown(one) for one in meanwhile) and any(offers(one) for one in facts.messages(gap.last)):
            return True
    return False


def _is_unknown(message: Message) -> bool:
    is_open = "proposal.dismiss" in verbs(message) and not offers(message)
    return is_open and any(words in message.words for words in ("Reading ", "could not read"))


def was_killed(facts: Facts) -> bool:
    """Killed soon after times were pressed and brought back: as many meetings came of it as there were presses."""
    presses = [one for one in facts.used if one.value.startswith("proposal.book|")]
    for gap in facts.outages:
        before = [one for one in presses if 0 <= gap.began - one.at <= KILL_SECONDS]
        if gap.what != "bot" or gap.last is None or not before:
            continue
        since = [tag for tag, born in facts.born.items() if born >= before[-1].at]
        after = [one for one in presses if one.at >= before[-1].at]
        if 0 < len(since) <= len(after) and any(len(facts.now.get(tag, {})) > 1 for tag in since):
            return True
    return False


def looked(facts: Facts) -> bool:
    """Somebody was shown each of their calendars, and their hours."""
    return any(all(part in one.words for part in ("Work", "Personal", "Working hours")) for one in facts.messages())
