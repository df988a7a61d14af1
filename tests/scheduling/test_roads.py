"""By which road each person gets their one copy."""

from dataclasses import replace

import pytest

from bot.core.events import Response
from bot.core.ids import CalendarId, PersonId
from bot.core.meetings import Road
from bot.scheduling.roads import Party, plan
from tests.builders import calendar

ANA, BEN = PersonId("ana"), PersonId("ben")
PLAIN = calendar("ana-work")
INVITING = replace(PLAIN, invites=True)


def ana(**different: object) -> Party:
    return replace(Party(person=ANA, receiving=PLAIN, server="caldav one.example"), **different)  # type: ignore[arg-type]


def ben(**different: object) -> Party:
    his = replace(calendar("ben-work"), invites=True)
    made = Party(person=BEN, receiving=his, server="caldav one.example", email="ben@one.example", is_account=True)
    return replace(made, **different)  # type: ignore[arg-type]


def test_the_organiser_holds_the_event_itself_and_comes() -> None:
    organiser, _ = plan(ana(), [ben()])
    assert (organiser.person, organiser.road, organiser.calendar) == (ANA, Road.ORGANISER, PLAIN.id)
    assert organiser.response is Response.ACCEPTED


@pytest.mark.parametrize(
    ("organiser", "participant", "road"),
    [
        pytest.param(
            ana(receiving=INVITING, server="google"), ben(server="google"), Road.ATTENDEE, id="Google to Google"
        ),
        pytest.param(
            ana(receiving=INVITING, server="google"),
            ben(server="google", is_account=False),
            Road.OWN_COPY,
            id="Google to Google, at another address",
        ),
        pytest.param(
            ana(receiving=INVITING, server="google"), ben(server="microsoft"), Road.OWN_COPY, id="Google to Microsoft"
        ),
        pytest.param(
            ana(receiving=INVITING, server="google"), ben(receiving=None), Road.ATTENDEE, id="nothing may be written"
        ),
        pytest.param(
            ana(receiving=INVITING, server="google"),
            ben(receiving=None, server="google", is_room=True),
            Road.ATTENDEE,
            id="a room of the organiser's own service",
        ),
        pytest.param(
            ana(receiving=INVITING, server="google"),
            ben(receiving=None, server="microsoft", is_room=True),
            Road.NONE,
            id="a room of another service",
        ),
        pytest.param(
            ana(receiving=INVITING, server="google"), ben(is_room=True), Road.OWN_COPY, id="a room that is a calendar"
        ),
        pytest.param(ana(), ben(), Road.OWN_COPY, id="the organiser's server invites nobody"),
        pytest.param(ana(receiving=INVITING), ben(), Road.ATTENDEE, id="one server that delivers"),
        pytest.param(
            ana(receiving=INVITING), ben(server="caldav two.example"), Road.OWN_COPY, id="another server of the kind"
        ),
        pytest.param(
            ana(receiving=INVITING), ben(receiving=calendar("ben-work")), Road.OWN_COPY, id="his account takes none"
        ),
        pytest.param(ana(receiving=INVITING), ben(is_account=False), Road.OWN_COPY, id="his address there is unknown"),
        pytest.param(ana(receiving=INVITING), ben(email=None), Road.OWN_COPY, id="connected, without an address"),
        pytest.param(
            ana(receiving=INVITING), ben(receiving=None), Road.ATTENDEE, id="an address that connected nothing"
        ),
        pytest.param(ana(), ben(receiving=None), Road.NONE, id="an address, and nobody sends invitations"),
        pytest.param(ana(receiving=INVITING), ben(receiving=None, email=None), Road.NONE, id="no address at all"),
        pytest.param(
            ana(receiving=INVITING, server=None), ben(server=None), Road.OWN_COPY, id="two unknown servers are not one"
        ),
    ],
)
def test_the_road_of_a_participant(organiser: Party, participant: Party, road: Road) -> None:
    assert plan(organiser, [participant])[1].road is road


def test_only_an_own_copy_has_a_calendar() -> None:
    assert plan(ana(), [ben()])[1].calendar == CalendarId("ben-work")
    assert plan(ana(receiving=INVITING), [ben()])[1].calendar is None
