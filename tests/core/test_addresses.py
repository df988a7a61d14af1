"""Which addresses reach the same mailbox."""

import pytest

from bot.core.addresses import folded, spellings


@pytest.mark.parametrize(
    ("address", "mailbox"),
    [
        pytest.param("Ana@Acme.Example", "ana@acme.example", id="case is nothing"),
        pytest.param("ana+work@acme.example", "ana@acme.example", id="a tag is nothing"),
        pytest.param("ana.b@acme.example", "ana.b@acme.example", id="a dot is a letter"),
        pytest.param("a.n.a+x@gmail.com", "ana@gmail.com", id="but not at Gmail"),
        pytest.param("a.na@googlemail.com", "ana@gmail.com", id="which has two names"),
        pytest.param("+ana@acme.example", "+ana@acme.example", id="a tag of nobody is a name"),
        pytest.param("ana", "ana", id="what is no address stays"),
    ],
)
def test_folded(address: str, mailbox: str) -> None:
    assert folded(address) == mailbox


def test_an_address_comes_first_as_it_is() -> None:
    assert spellings(["ana+cal@acme.example", "b.o@gmail.com"]) == (
        "ana+cal@acme.example",
        "b.o@gmail.com",
        "ana@acme.example",
        "bo@gmail.com",
        "bo@googlemail.com",
    )


def test_plain_addresses_gain_nothing() -> None:
    assert spellings(["ana@acme.example", "bo.b@acme.example"]) == ("ana@acme.example", "bo.b@acme.example")
