"""Whole runs: what people do, what strikes meanwhile, and the end that it must come to."""

from random import Random

from bot.playground.stands.slack.messages import Message
from bot.playground.tour.play import offers, slots
from tests.faults.acts import Press, Trouble, ask, calm, press, seen
from tests.faults.battlefield import Field
from tests.faults.invariants import meetings, violations

PARTIES = (("@alex", "alex"), ("@kim", "kim"), ("@alex @sam", "alex"), ("@sam", "sam"))


def lifetime(field: Field, chance: Random, trouble: Trouble, *, has_died: bool = False) -> None:
    """A meeting is booked, moved, and taken back, each in trouble; it is there once, or not at all."""
    whom, other = chance.choice(PARTIES)
    since = field.begin()
    before = {one.id for one in meetings(field)}
    offer = ask(field, "ana", whom)
    press(field, [Press("ana", offer, chance.choice(offers(offer)))], trouble)
    ended(field, since, has_died=has_died)
    (ours,) = [one for one in meetings(field) if one.id not in before]
    assert ours.state == "booked", f"with {whom} it ended {ours.state}"
    _moved(field, chance, other, trouble, since)
    ended(field, since, has_died=has_died)
    (after,) = [one for one in meetings(field) if one.id == ours.id]
    assert (after.state, after.sequence) == ("booked", ours.sequence + 1), f"moved: {after}"
    assert after.start != ours.start
    press(field, [seen(field, since, "ana", "Undo")], trouble)
    ended(field, since, has_died=has_died)
    assert next(one.state for one in meetings(field) if one.id == ours.id) == "undone"


def _moved(field: Field, chance: Random, other: str, trouble: Trouble, since: int) -> None:
    """One of them suggests another time, and Ana moves it there; the trouble strikes at one of the three presses."""
    strikes = chance.randint(0, 2)
    for number, (who, words) in enumerate(((other, "Suggest"), (other, "Ask for"), ("ana", "Move"))):
        press(field, [seen(field, since, who, words)], trouble if number == strikes else calm)
        field.settle()


def race(field: Field, chance: Random, trouble: Trouble, *, has_died: bool = False) -> None:
    """Ana and Sam take the same time of Alex's at the same moment: one of them has it."""
    since = field.begin()
    before = {one.id for one in meetings(field)}
    asked = {who: ask(field, who, "@alex") for who in ("ana", "sam")}
    times = _clashing(field, asked, chance)
    press(field, [Press(who, asked[who], times[who]) for who in asked], trouble)
    ended(field, since, has_died=has_died)
    made = [one for one in meetings(field) if one.id not in before]
    assert any(one.state == "booked" for one in made), "neither of them has it"
    for one in made:
        if one.state == "booked":
            press(field, [seen(field, since, one.organiser, "Undo")], calm)
            field.settle()
    ended(field, since, has_died=has_died)


def _clashing(field: Field, asked: dict[str, Message], chance: Random) -> dict[str, str]:
    """A time of each that is no time of the other's any more once it is taken; any two, where there are none."""
    found = {
        who: [(field.play.slot(who, words), label) for words, label in zip(slots(one), offers(one), strict=True)]
        for who, one in asked.items()
    }
    pairs = [
        (first[1], second[1])
        for first in found["ana"]
        for second in found["sam"]
        if first[0][0] < second[0][1] and second[0][0] < first[0][1]
    ]
    hers, his = chance.choice(pairs or [(found["ana"][0][1], found["sam"][0][1])])
    return {"ana": hers, "sam": his}


def ended(field: Field, since: int, *, has_died: bool) -> None:
    """Everything has come to its end, and it is a good one."""
    field.settle()
    wrong = violations(field, since, has_died=has_died)
    assert not wrong, "\n".join(wrong)
