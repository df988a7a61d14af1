"""People who cannot be asked about, or may not ask: each gets a sentence of its own, and a next step."""

import pytest

from bot.playground.stands.slack.messages import Message
from bot.playground.stands.slack.people import SlackUser
from bot.playground.stands.teams.messages import Message as TeamsMessage
from bot.playground.stands.teams.office import TeamsUser
from bot.playground.tour import teams as telling
from bot.playground.tour.play import Play, has, offers
from bot.playground.tour.telling import until
from tests.scenarios.reading import answer, settled

pytestmark = pytest.mark.xdist_group("stage")

WHEN = "30m next week"
ALONE, UNCONNECTED = "A meeting needs somebody besides you", "hasn't connected a calendar"
STRANGER = SlackUser(id="U0DEMOVIK1", handle="vik", name="Vik Partner", tz="Europe/Oslo", is_stranger=True)
SINGLE = SlackUser(id="U0DEMOSIN1", handle="sin", name="Sin Gle", tz="Europe/Rome", is_single_channel_guest=True)

CANNOT_BE_ASKED = [
    pytest.param("@nobody", "I couldn't tell who “@nobody” is", "use an address", id="an unknown person"),
    pytest.param("@deploybot", "is an app, and apps keep no calendar", "Name a person", id="a bot"),
    pytest.param("@overlap", "is an app, and apps keep no calendar", "Name a person", id="the bot itself"),
    pytest.param("@ana", ALONE, "Who should join?", id="oneself alone"),
    pytest.param("ana@acme.example", ALONE, "Who should join?", id="one's own address"),
    pytest.param("@li", "Li Wei's account is switched off", "Ask without them", id="a deactivated account"),
    pytest.param("@bo", UNCONNECTED, "Ask Bo to connect", id="somebody unconnected"),
    pytest.param("bo@acme.example", UNCONNECTED, "Ask Bo to connect", id="by address"),
    pytest.param("x@elsewhere.example", UNCONNECTED, "ask them to write to me", id="a stranger's address"),
    pytest.param("@vik", UNCONNECTED, "Ask Vik to connect", id="somebody of another organisation"),
]  # fmt: skip


@pytest.fixture
def town(play: Play) -> Play:
    """The workspace, with somebody of another organisation and a guest of one channel."""
    for one in (STRANGER, SINGLE):
        play.stage.slack.people.add(one)
    return play


def understood(message: Message) -> None:
    """It says what was understood, offers nothing, and is for the asker alone."""
    assert has("30 min", "next week")(message), message.words
    assert not offers(message)
    assert message.is_ephemeral
    assert not message.pings


@pytest.mark.parametrize(("who", "sentence", "step"), CANNOT_BE_ASKED)
def test_each_gets_a_sentence_of_its_own_and_a_next_step(town: Play, who: str, sentence: str, step: str) -> None:
    shown = settled(town, "ana", answer(town, "ana", f"/meet {who} {WHEN}"))
    understood(shown)
    assert sentence in shown.words
    assert step in shown.words
    assert step in shown.fallback


def test_somebody_who_can_be_asked_does_not_hide_somebody_who_cannot(town: Play) -> None:
    shown = answer(town, "ana", f"/meet @alex @nobody @li {WHEN}")
    understood(shown)
    assert has("@nobody", "Li Wei's account is switched off", "Nothing was looked up or booked")(shown)


@pytest.mark.parametrize(("who", "asked"), [("gus", "@alex"), ("sin", "@alex"), ("vik", "@alex"), ("gus", "@nobody")])
def test_guests_and_strangers_may_not_ask_about_others_times(town: Play, who: str, asked: str) -> None:
    shown = answer(town, who, f"/meet {asked} {WHEN}")
    understood(shown)
    assert has("Guests can be invited, but can't ask about others' times", "Ask a member")(shown)
    assert "Alex" not in shown.words


@pytest.mark.parametrize("who", ["gus", "vik"])
def test_but_they_may_be_invited(town: Play, who: str) -> None:
    shown = answer(town, "ana", f"/meet @{who} {WHEN}")
    assert has(UNCONNECTED, "I keep this request for 24 hours")(shown)
    town.clicks("ana", shown, next(label for label in shown.labels if label.startswith("Ask ")))
    town.sees(who, has("Ana would like to find 30 min with you"), "they are asked to connect", quiet=True)
    town.becomes("ana", shown, has("to connect one"), "Ana reads that they were asked", quiet=True)


def test_whoever_was_deactivated_meanwhile_does_nothing(town: Play) -> None:
    before = town.count("li")
    assert town.stage.slack.slash("li", f"/meet @alex {WHEN}").is_good
    answer(town, "ana", "/meet help")
    assert not any(offers(one) for one in town.stage.slack.messages("li")[before:])


def in_teams(play: Play, who: str, words: str) -> TeamsMessage:
    """What they are answered in their personal chat, which they open if they have not yet."""
    teams = play.stage.teams
    if not teams.messages(who):
        teams.install(who)
        until(lambda: teams.messages(who) or None, f"{who} was not greeted in Teams", within=6.0)
    before = {one.id for one in teams.messages(who)}
    telling.says(play, who, words)
    return telling.sees(play, who, lambda one: one.id not in before, "an answer", quiet=True)


@pytest.mark.parametrize(
    ("who", "sentence"),
    [
        pytest.param("@nobody", "I couldn't tell who “@nobody” is", id="an unknown person"),
        pytest.param("kim@acme.example", ALONE, id="oneself alone"),
        pytest.param("x@elsewhere.example", "Connect a calendar first", id="anybody, before one is connected"),
    ],
)  # fmt: skip
def test_the_same_in_teams(town: Play, who: str, sentence: str) -> None:
    shown = in_teams(town, "kim", f"meet {who} {WHEN}")
    assert sentence in shown.words, shown.words


def test_a_guest_in_teams_may_not_ask_either(town: Play) -> None:
    town.stage.teams.office.add(TeamsUser(handle="gil", name="Gil Guest", email="gil@partner.example", is_guest=True))
    town.stage.slack.people.add(SlackUser(id="U0DEMOGIL1", handle="gil", name="Gil Guest", is_guest=True))
    shown = in_teams(town, "gil", f"meet kim@acme.example {WHEN}")
    assert has("Guests can be invited, but can't ask about others' times")(shown), shown.words
