"""What comes in survives being kept."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat import codec
from bot.chat.cards import Press
from bot.chat.surface import Delivery, Incoming, Met, Place, Pressed, Typed
from bot.core.errors import InvalidInput
from bot.core.people import ChatIdentity, Profile, Standing
from bot.core.requests import Marked, Named, Source
from tests.builders import TENANT

words = st.text(max_size=40)
identities = st.builds(ChatIdentity, st.just(TENANT), words)
places = st.builds(
    Place,
    tenant=st.just(TENANT),
    channel=words,
    is_private=st.booleans(),
    reply=st.none() | words,
    service=words,
    message=st.none() | words,
)
marked = st.builds(Marked, words, st.lists(st.builds(Named, st.sampled_from(Source), words, words)).map(tuple))
presses = st.builds(
    Press, verb=st.sampled_from(["proposal.book", "meeting.undo"]), subject=st.just("id"), choice=st.just("slot")
)
incomings: st.SearchStrategy[Incoming] = st.one_of(
    st.builds(Typed, by=identities, said=marked, place=places, command=words),
    st.builds(Pressed, by=identities, press=presses, place=places),
    st.builds(Met, by=identities, place=places),
)
profiles = st.builds(
    Profile,
    identity=identities,
    name=words,
    zone=words,
    standing=st.sampled_from(Standing),
    email=st.none() | words,
    handle=st.none() | words,
)


@given(st.builds(Delivery, key=words, incoming=incomings, profile=st.none() | profiles))
def test_a_delivery_comes_back_as_it_was(delivery: Delivery) -> None:
    assert codec.decode(codec.encode(delivery)) == delivery


@given(places)
def test_a_place_comes_back_as_it_was(place: Place) -> None:
    assert codec.decode_place(codec.encode_place(place)) == place


@given(places)
def test_a_home_keeps_nothing_that_does_not_last(place: Place) -> None:
    home = codec.decode_home(codec.encode_home(place))
    assert (home.channel, home.service, home.is_private) == (place.channel, place.service, True)
    assert home.reply is None
    assert home.message is None


@pytest.mark.parametrize("kept", [b"", b"{}", b"[]", b'{"key": "k", "profile": null, "incoming": {"is": "new"}}'])
def test_what_cannot_be_read_is_refused(kept: bytes) -> None:
    with pytest.raises(InvalidInput):
        codec.decode(kept)
