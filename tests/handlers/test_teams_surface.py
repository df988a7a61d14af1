"""What goes out to Teams, against the stand-in's connector."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.chat.cards import Button, Card, Press, plain_card
from bot.chat.surface import Place, Ref
from bot.core.errors import NotFound, TryLater, Unreachable
from bot.core.ids import TenantId
from bot.core.people import ChatIdentity, Standing
from bot.core.text import say
from bot.handlers.teams.registration import Registration
from bot.handlers.teams.surface import TeamsSurface, surface
from bot.playground.stands.teams.stand import TeamsStand
from tests.handlers.teams_door import home, member, registration, stand_alone


@pytest.fixture(scope="module")
def shared() -> Iterator[tuple[TeamsStand, TeamsSurface]]:
    with stand_alone() as stand:
        yield stand, surface(registration(stand))


@pytest.fixture
def stand(shared: tuple[TeamsStand, TeamsSurface]) -> TeamsStand:
    stand, _ = shared
    stand.connector.refusals.clear()
    stand.office.set_app("sam", has_app=True)
    return stand


@pytest.fixture
def teams(shared: tuple[TeamsStand, TeamsSurface]) -> TeamsSurface:
    return shared[1]


def card(words: str = "Booked: 30 min with Ana, Tue 1 Dec 10:00 (Berlin)") -> Card:
    return plain_card(say(words), Button(label="Accept", does=Press("meeting.accept", "m1")))


def test_a_card_arrives_unread_with_its_summary(stand: TeamsStand, teams: TeamsSurface) -> None:
    ref = teams.post(member(stand, "sam"), card(), home=home(stand, "sam"), key="k1")
    message = stand.messages("sam")[-1]
    assert (message.id, message.is_unread, message.labels) == (ref.message, True, ("Accept",))
    assert message.fallback == "Booked: 30 min with Ana, Tue 1 Dec 10:00 (Berlin)"
    assert message.words == f"{message.fallback}\nAccept"
    assert stand.refusals == []


def test_a_chat_that_was_never_seen_is_opened(stand: TeamsStand, teams: TeamsSurface) -> None:
    in_a_channel = replace(home(stand, "ana"), channel="19:team@thread.tacv2", is_private=False)
    ref = teams.post(member(stand, "sam"), card(), home=in_a_channel, key="k1")
    assert ref.channel == stand.office.user("sam").chat
    assert stand.messages("sam")[-1].id == ref.message


def test_an_edit_changes_the_message_and_rings_nobody(stand: TeamsStand, teams: TeamsSurface) -> None:
    ref = teams.post(member(stand, "sam"), card(), home=home(stand, "sam"), key="k1")
    stand.read("sam")
    teams.edit(ref, plain_card(say("Cancelled")))
    message = stand.messages("sam")[-1]
    assert (message.id, message.words, message.edits) == (ref.message, "Cancelled", 1)
    assert stand.unread("sam") == 0


def test_somebody_without_the_app_is_unreachable(stand: TeamsStand, teams: TeamsSurface) -> None:
    stand.uninstall("sam")
    with pytest.raises(Unreachable):
        teams.post(member(stand, "sam"), card(), home=home(stand, "sam"), key="k1")
    assert stand.refusals == ["403 BotNotInConversationRoster"]


def test_somebody_known_by_address_is_unreachable_without_a_call(stand: TeamsStand, teams: TeamsSurface) -> None:
    guest = replace(member(stand, "sam"), identity=ChatIdentity(TenantId("teams:t"), "mailto:kim@client.example"))
    with pytest.raises(Unreachable):
        teams.post(guest, card(), home=None, key="k1")
    assert stand.refusals == []


def test_a_message_that_is_gone_is_unreachable(stand: TeamsStand, teams: TeamsSurface) -> None:
    with pytest.raises(Unreachable):
        teams.edit(Ref(channel=stand.office.user("sam").chat, message="1", service=stand.service_url), card())


def test_the_token_is_never_sent_to_a_host_that_is_not_on_the_list(stand: TeamsStand, teams: TeamsSurface) -> None:
    with pytest.raises(Unreachable):
        teams.edit(Ref(channel="a", message="1", service="http://127.0.0.1:9/teams/"), card())


@pytest.mark.parametrize("status", [412, 429, 502, 503, 504])
def test_a_passing_fault_is_for_later(stand: TeamsStand, teams: TeamsSurface, status: int) -> None:
    stand.fail_next(status, retry_after=7)
    with pytest.raises(TryLater) as caught:
        teams.post(member(stand, "ana"), card(), home=home(stand, "ana"), key="k1")
    assert caught.value.after == timedelta(seconds=7)


def test_a_server_that_is_not_there_is_for_later(stand: TeamsStand) -> None:
    registered = replace(registration(stand), service_hosts=("127.0.0.1",))
    with pytest.raises(TryLater):
        surface(registered).edit(Ref(channel="a", message="1", service="http://127.0.0.1:9/teams/"), card())


def test_a_token_that_was_revoked_is_replaced_at_the_next_try(stand: TeamsStand, teams: TeamsSurface) -> None:
    to, at = member(stand, "ana"), home(stand, "ana")
    teams.post(to, card(), home=at, key="k1")
    stand.connector.issued.revoke()
    with pytest.raises(TryLater):
        teams.post(to, card(), home=at, key="k2")
    teams.post(to, card(), home=at, key="k2")


def test_one_tenant_takes_its_token_from_its_own_authority(stand: TeamsStand) -> None:
    stand.connector.authorities.clear()
    fresh = surface(registration(stand))
    for _ in range(2):
        fresh.profile(member(stand, "ana").identity, home=home(stand, "ana"))
    assert stand.connector.authorities == [stand.tenant]


@pytest.mark.parametrize("other", [
    pytest.param({"password": "wrong"}, id="a wrong secret"),
    pytest.param({"app_id": "another"}, id="another app"),
    pytest.param({"tenants": ()}, id="another authority"),
    pytest.param({"login_url": "http://127.0.0.1:9"}, id="a sign-in that is not there"),
    pytest.param({"login_url": "https://127.0.0.1:9/login"}, id="a sign-in that speaks no TLS"),
])  # fmt: skip
def test_without_a_token_it_is_for_later(stand: TeamsStand, other: dict[str, object]) -> None:
    registered: Registration = replace(registration(stand), **other)  # type: ignore[arg-type]
    with pytest.raises(TryLater) as caught:
        surface(registered).post(member(stand, "ana"), card(), home=home(stand, "ana"), key="k1")
    assert caught.value.after is not None


def test_a_profile_comes_from_the_roster_of_their_own_chat(stand: TeamsStand, teams: TeamsSurface) -> None:
    profile = teams.profile(member(stand, "ana").identity, home=home(stand, "ana"))
    assert (profile.name, profile.email, profile.zone) == ("Ana Ruiz", "ana@contoso.example", "")
    assert profile.standing is Standing.MEMBER


def test_a_guest_is_known_as_one(stand: TeamsStand, teams: TeamsSurface) -> None:
    assert teams.profile(member(stand, "gus").identity, home=home(stand, "gus")).standing is Standing.GUEST


def test_a_personal_chat_tells_of_nobody_else(stand: TeamsStand, teams: TeamsSurface) -> None:
    with pytest.raises(NotFound):
        teams.profile(member(stand, "sam").identity, home=home(stand, "ana"))


def test_a_roster_that_misses_somebody_says_that_they_left(stand: TeamsStand, teams: TeamsSurface) -> None:
    assert teams.has_left(member(stand, "sam").identity, home=home(stand, "ana"))


def test_somebody_without_the_app_did_not_leave(stand: TeamsStand, teams: TeamsSurface) -> None:
    there = home(stand, "ana")
    stand.office.set_app("ana", has_app=False)
    assert not teams.has_left(member(stand, "ana").identity, home=there)


def test_nobody_is_looked_up_without_a_place(stand: TeamsStand, teams: TeamsSurface) -> None:
    with pytest.raises(NotFound):
        teams.profile(member(stand, "sam").identity)


def test_teams_whispers_to_nobody(stand: TeamsStand, teams: TeamsSurface) -> None:
    place: Place = home(stand, "ana")
    assert not teams.is_private_reply_possible
    with pytest.raises(Unreachable):
        teams.whisper(place, card(), replace=False)
    assert teams.find(place.tenant, "sam@contoso.example") is None
