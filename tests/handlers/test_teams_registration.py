"""Which hosts may see the bot's token, and whose tokens it carries."""

import pytest

from bot.core.errors import InvalidInput
from bot.handlers.teams.registration import Registration


@pytest.mark.parametrize(("hosts", "url", "trusted"), [
    pytest.param("smba.trafficmanager.net", "https://smba.trafficmanager.net/emea/", True, id="the host itself"),
    pytest.param("smba.trafficmanager.net", "https://smba.trafficmanager.net:443/", True, id="its usual port"),
    pytest.param("smba.trafficmanager.net", "https://SMBA.TrafficManager.net/", True, id="in capitals"),
    pytest.param("smba.trafficmanager.net", "http://smba.trafficmanager.net/", False, id="in the clear"),
    pytest.param("smba.trafficmanager.net", "https://evil.trafficmanager.net/", False, id="a neighbour"),
    pytest.param("smba.trafficmanager.net", "https://smba.trafficmanager.net.evil.example/", False, id="as a prefix"),
    pytest.param("smba.trafficmanager.net", "https://x@smba.trafficmanager.net/", False, id="with a user"),
    pytest.param("smba.trafficmanager.net", "https://smba.trafficmanager.net@evil.example/", False, id="as a user"),
    pytest.param("smba.trafficmanager.net", "https://smba.trafficmanager.net:x/", False, id="a port that is none"),
    pytest.param("smba.trafficmanager.net", "ftp://smba.trafficmanager.net/", False, id="another scheme"),
    pytest.param(".botframework.com", "https://emea.ng.msg.botframework.com/", True, id="below the dot"),
    pytest.param(".botframework.com", "https://botframework.com/", False, id="the dot's own parent"),
    pytest.param(".botframework.com", "https://evilbotframework.com/", False, id="without the dot"),
    pytest.param("127.0.0.1:4000", "http://127.0.0.1:4000/teams/", True, id="this machine in the clear"),
    pytest.param("127.0.0.1:4000", "http://127.0.0.1:4001/teams/", False, id="another port"),
    pytest.param("127.0.0.1", "http://127.0.0.1:4001/teams/", True, id="any port of this machine"),
    pytest.param("stand:8080", "http://stand:8080/", True, id="in the clear to a port that was named"),
    pytest.param("stand", "http://stand/", False, id="in the clear to a host without a port"),
    pytest.param("", "https://smba.trafficmanager.net/", False, id="an empty list"),
])  # fmt: skip
def test_trusts(hosts: str, url: str, trusted: bool) -> None:
    rules = tuple(filter(None, hosts.split(",")))
    assert Registration(app_id="a", password="p", service_hosts=rules).trusts(url) is trusted


@pytest.mark.parametrize(("tenants", "authority"), [
    pytest.param((), "https://login.example/botframework.com", id="every tenant"),
    pytest.param(("t1",), "https://login.example/t1", id="one"),
    pytest.param(("t1", "t2"), "https://login.example/botframework.com", id="two"),
])  # fmt: skip
def test_authority(tenants: tuple[str, ...], authority: str) -> None:
    registered = Registration(app_id="a", password="p", tenants=tenants, login_url="https://login.example/")
    assert registered.authority == authority


def test_tenants_are_known_whatever_their_case() -> None:
    registered = Registration(app_id="a", password="p", tenants=("ABC",))
    assert registered.admits("abc")
    assert not registered.admits("abd")


def test_nobody_without_a_tenant_is_admitted() -> None:
    assert not Registration(app_id="a", password="p").admits("")


def test_a_registration_needs_a_password() -> None:
    with pytest.raises(InvalidInput):
        Registration(app_id="a", password="")


def test_a_registration_never_shows_its_password() -> None:
    assert "hush" not in repr(Registration(app_id="a", password="hush"))
