"""An answer to an invitation changes one word of the text, and nothing that anybody else wrote into it."""

from pathlib import Path

import pytest

from bot.core.events import Response
from bot.providers.ical.reply import replied

CORPUS = Path(__file__).parent.parent / "corpus"
ANA = ["ana@example.org"]
ODD = (
    b'BEGIN:VCALENDAR\r\nX-ODD;X-P="a;b:c":kept\r\nBEGIN:VEVENT\r\nUID:odd\r\nDTSTART:20261201T080000Z\r\n'
    b'ATTENDEE;CN="Ana; PARTSTAT=DECLINED";PARTSTAT=NEEDS-ACTION;SCHEDULE-STATUS=1.2;ROL\r\n'
    b" E=REQ-PARTICIPANT:mailto:ana@example.org\r\n"
    b"ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:ben@example.org\r\n"
    b"BEGIN:VALARM\r\nATTENDEE:mailto:ana@example.org\r\nEND:VALARM\r\nEND:VEVENT\r\n"
    b"BEGIN:VEVENT\r\nUID:another\r\nATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:ana@example.org\r\nEND:VEVENT\r\n"
    b"END:VCALENDAR\r\n"
)


def unfolded(data: bytes) -> bytes:
    return data.replace(b"\r\n ", b"")


def test_only_the_owners_own_word_changes() -> None:
    told = replied(ODD, "odd", ANA, Response.ACCEPTED)
    before = b'CN="Ana; PARTSTAT=DECLINED";PARTSTAT=NEEDS-ACTION;SCHEDULE-STATUS=1.2;ROLE=REQ-PARTICIPANT:'
    after = b'CN="Ana; PARTSTAT=DECLINED";SCHEDULE-STATUS=1.2;ROLE=REQ-PARTICIPANT;PARTSTAT=ACCEPTED:'
    assert told is not None
    assert unfolded(told) == unfolded(ODD).replace(before, after)


def test_the_same_answer_again_changes_not_a_letter() -> None:
    accepted = (CORPUS / "accepted.ics").read_bytes()
    assert replied(accepted, "accepted", ANA, Response.ACCEPTED) == accepted


def test_an_answer_where_none_was_yet() -> None:
    bare = ODD.replace(b";PARTSTAT=NEEDS-ACTION;SCHEDULE", b";SCHEDULE")
    told = replied(bare, "odd", ANA, Response.TENTATIVE)
    assert told is not None
    assert b"PARTSTAT=TENTATIVE:mailto:ana@example.org" in unfolded(told)


@pytest.mark.parametrize(("uid", "addresses"), [("missing", ANA), ("odd", ["else@example.org"]), ("odd", [])])
def test_nobody_answers_for_somebody_else(uid: str, addresses: list[str]) -> None:
    assert replied(ODD, uid, addresses, Response.ACCEPTED) is None


def test_long_names_are_folded_between_characters() -> None:
    named = ODD.replace(b"Ana; PARTSTAT=DECLINED", "Änä".encode() * 40)
    told = replied(named, "odd", ANA, Response.DECLINED)
    assert told is not None
    assert all(len(one.decode().encode()) <= 75 for one in told.split(b"\r\n"))
