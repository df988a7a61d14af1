"""How each platform says that somebody is meant."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.requests import PLACEHOLDER, Marked, Named, Source
from bot.language import mentions

ALEX = Named(Source.MENTION, "U024BE7LH", "@alex")


def words(said: Marked) -> str:
    """The text with a * where somebody is."""
    return " ".join(said.text.replace(PLACEHOLDER, "*").split())


@pytest.mark.parametrize(
    ("raw", "text", "named"),
    [
        pytest.param("<@U024BE7LH|alex> 30m", "* 30m", ALEX, id="a mention with its label"),
        pytest.param("<@U024BE7LH>", "*", Named(Source.MENTION, "U024BE7LH", "@U024BE7LH"), id="a bare mention"),
        pytest.param("<@W012A3CDE|kim>", "*", Named(Source.MENTION, "W012A3CDE", "@kim"), id="an enterprise id"),
        pytest.param("<@U024BE7LH|alex>30m", "*30m", ALEX, id="no space after it"),
        pytest.param("<mailto:Ana@x.com|Ana@x.com>", "*", Named(Source.ADDRESS, "ana@x.com", "Ana@x.com"), id="a link"),
        pytest.param(
            "with sam@x.com.", "with *.", Named(Source.ADDRESS, "sam@x.com", "sam@x.com"), id="a bare address"
        ),
        pytest.param("@sam, 30m", "*, 30m", Named(Source.HANDLE, "sam", "@sam"), id="a name that did not resolve"),
        pytest.param("#room-elbe.", "*.", Named(Source.HANDLE, "room-elbe", "#room-elbe"), id="a room"),
        pytest.param("in @Elbe-2", "in *", Named(Source.HANDLE, "Elbe-2", "@Elbe-2"), id="a room by its name"),
    ],
)
def test_slack(raw: str, text: str, named: Named) -> None:
    said = mentions.slack(raw)

    assert words(said) == text
    assert said.named == (named,)


def test_brackets_that_were_typed_are_no_mention() -> None:
    said = mentions.slack("&lt;@U024BE7LH&gt; 30m")

    assert all(one.source is Source.HANDLE for one in said.named)


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        pytest.param("<!channel> 30m", "@channel 30m", id="everyone in a channel"),
        pytest.param("<!here|here> 30m", "@here 30m", id="everyone who is here"),
        pytest.param("<!subteam^S0PSOPS99|@ops> 30m", "@ops 30m", id="a group by its name"),
        pytest.param("<!subteam^S0PSOPS99> 30m", "@subteam 30m", id="a group without a name"),
        pytest.param("@channel @here 30m", "@channel @here 30m", id="as bare words"),
        pytest.param("<#C123|general> 30m", "#general 30m", id="a channel"),
        pytest.param("<#C123|room-elbe> 30m", "#room-elbe 30m", id="a channel that is called like a room"),
        pytest.param("see <https://x.example/a?b&amp;c>", "see https://x.example/a?b&c", id="a link"),
        pytest.param("a &amp;lt; b &amp; c", "a &lt; b & c", id="entities are undone once"),
        pytest.param(f"{PLACEHOLDER} 30m", "30m", id="our own mark in their text"),
    ],
)
def test_slack_names_nobody(raw: str, text: str) -> None:
    said = mentions.slack(raw)

    assert words(said) == text
    assert said.named == ()


def entity(user: str, name: str) -> dict[str, object]:
    return {"type": "mention", "text": f"<at>{name}</at>", "mentioned": {"id": user, "name": name}}


def test_teams_takes_mentions_in_their_order_because_equal_names_make_equal_tags() -> None:
    said = mentions.teams(
        "<at>Overlap</at> meet <at>Kim Lee</at> <at>Kim Lee</at> 30m&nbsp;tomorrow",
        [entity("28:bot", "Overlap"), {"type": "clientInfo"}, entity("29:one", "Kim Lee"), entity("29:two", "Kim Lee")],
        bot="28:bot",
    )

    assert words(said) == "meet * * 30m tomorrow"
    assert [one.value for one in said.named] == ["29:one", "29:two"]
    assert said.named[0].shown == "@Kim Lee"


def test_teams_reads_addresses_where_nobody_can_be_mentioned() -> None:
    said = mentions.teams("meet sam@contoso.example 30m", [])

    assert words(said) == "meet * 30m"
    assert said.named == (Named(Source.ADDRESS, "sam@contoso.example", "sam@contoso.example"),)


def test_a_tag_without_an_entity_is_no_person() -> None:
    said = mentions.teams("<at>Nobody</at> 30m", [])

    assert words(said) == "@Nobody 30m"
    assert said.named == ()


def test_the_nth_mark_is_the_nth_person() -> None:
    said = mentions.plain("@sam and ana@x.com with @kim")

    assert words(said) == "* and * with *"
    assert [one.value for one in said.named] == ["sam", "ana@x.com", "kim"]


@given(st.text(alphabet=st.sampled_from("<@U1|>!#^&;:.a mailto\ufffc'-+"), max_size=200))
def test_there_are_as_many_marks_as_people(raw: str) -> None:
    for said in (mentions.slack(raw), mentions.plain(raw), mentions.teams(raw, [entity("29:x", "X")])):
        assert said.text.count(PLACEHOLDER) == len(said.named)
