"""The guarded door: which addresses are refused before anything is sent."""

from collections.abc import Sequence

import pytest

from bot.core.errors import AddressRefused, TryLater
from bot.providers.fetch import Door, Target, is_public

PUBLIC = "93.184.215.14"


def names(*addresses: str) -> Door:
    """A door whose resolver knows every name under these addresses."""
    return Door(resolve=lambda _host, _port: addresses)


@pytest.mark.parametrize(
    "url",
    [
        "http://calendar.example.org/",
        "ftp://calendar.example.org/",
        "file:///etc/passwd",
        "gopher://calendar.example.org:70/x",
        "calendar.example.org",
        "https://",
        "",
        "https://ana:secret@calendar.example.org/",
        "https://calendar.example.org@evil.example.org/",
        "https://calendar.example.org:22/",
        "https://calendar.example.org:99999/",
        "https://calendar.example.org\\@evil.example.org/",
        "https://calendar.example.org/\r\nHost: evil",
        "https://[::1/",
        "//calendar.example.org/",
        "javascript:alert(1)",
    ],
)
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(AddressRefused):
        Door().target(url)


@pytest.mark.parametrize(
    "url", ["https://calendar.example.org/", "https://dav.example.org:8443/x", "https://nas.example.org:5001/"]
)
def test_a_public_address_is_let_through(url: str) -> None:
    door = names(PUBLIC)
    assert door.addresses(door.target(url)) == (PUBLIC,)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.8.8.8",
        "0.0.0.0",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "100.100.100.200",
        "168.63.129.16",
        "192.0.0.192",
        "192.0.2.1",
        "198.18.0.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:93.184.215.14",
        "64:ff9b::7f00:1",
        "64:ff9b:1::1",
        "2002:7f00:1::",
        "2001::1",
        "fc00::1",
        "fd00:ec2::254",
        "fe80::1",
        "fe80::1%eth0",
        "fec0::1",
        "ff02::1",
        "5f00::1",
        "not an address",
    ],
)
def test_what_lies_inside_is_refused_however_it_is_named(address: str) -> None:
    assert not is_public(address)
    door = names(address)
    with pytest.raises(AddressRefused):
        door.addresses(door.target("https://calendar.example.org/"))


def test_one_inner_address_among_public_ones_is_enough_to_refuse() -> None:
    door = names(PUBLIC, "10.0.0.1")
    with pytest.raises(AddressRefused):
        door.addresses(Target("https", "calendar.example.org", 443))


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/",
        "https://2130706433/",
        "https://0x7f.1/",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://localhost/",
        "https://localhost./",
    ],
)
def test_numbers_and_names_of_this_machine_are_refused_by_the_real_resolver(url: str) -> None:
    door = Door()
    with pytest.raises(AddressRefused):
        door.addresses(door.target(url))


@pytest.mark.parametrize(
    ("allowed", "url", "is_let"),
    [
        pytest.param("localhost", "http://localhost:5232/", True, id="a name, any port"),
        pytest.param("localhost:5232", "http://localhost:5232/", True, id="a name and its port"),
        pytest.param("localhost:5232", "http://localhost:5233/", False, id="another port"),
        pytest.param("nas.example.org", "http://NAS.example.org/", True, id="case does not matter"),
        pytest.param("nas.example.org", "http://evil.nas.example.org/", False, id="not what is below it"),
        pytest.param("[::1]:8080", "http://[::1]:8080/", True, id="a number of version six"),
    ],
)
def test_the_operator_allows_hosts_by_name(allowed: str, url: str, is_let: bool) -> None:
    door = Door(allowed=frozenset({allowed}), resolve=lambda _host, _port: ["10.0.0.1"])
    if is_let:
        assert door.addresses(door.target(url)) == ["10.0.0.1"]
    else:
        with pytest.raises(AddressRefused):
            door.target(url)


def test_a_name_that_cannot_be_looked_up_may_be_known_later() -> None:
    def fails(_host: str, _port: int) -> Sequence[str]:
        raise OSError("no such name")

    with pytest.raises(TryLater):
        Door(resolve=fails).addresses(Target("https", "calendar.example.org", 443))
