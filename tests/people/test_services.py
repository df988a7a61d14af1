"""Where an account's CalDAV is looked for."""

import pytest

from bot.people.services import SERVICES, NotConnected, SignIn, Why, address, host


def typed(url: str = "", *, service: str = "other", user: str = "ana@example.com", password: str = "secret") -> SignIn:
    return SignIn(service=service, url=url, user=user, password=password)


@pytest.mark.parametrize(
    ("sign_in", "url"),
    [
        pytest.param(typed(service="fastmail"), "https://caldav.fastmail.com/", id="a service has one address"),
        pytest.param(
            typed(service="gmx", user="ana b@gmx.net"),
            "https://caldav.gmx.net/begenda/dav/ana%20b@gmx.net/",
            id="the user is in it",
        ),
        pytest.param(
            typed("cloud.example.com", service="nextcloud"),
            "https://cloud.example.com/remote.php/dav",
            id="a Nextcloud by its host",
        ),
        pytest.param(
            typed("https://cloud.example.com/x/remote.php/dav", service="nextcloud"),
            "https://cloud.example.com/x/remote.php/dav",
            id="a Nextcloud below a path",
        ),
        pytest.param(typed(" dav.example.com:8443 "), "https://dav.example.com:8443/", id="no scheme means https"),
        pytest.param(typed("http://127.0.0.1:5232/ana/"), "http://127.0.0.1:5232/ana/", id="http is for the door"),
        pytest.param(typed("https://dav.example.com/#top"), "https://dav.example.com/", id="no fragment"),
        pytest.param(typed("https://google.com.example.org"), "https://google.com.example.org/", id="not Google's"),
    ],
)
def test_the_address_of_an_account(sign_in: SignIn, url: str) -> None:
    assert address(sign_in) == url


@pytest.mark.parametrize(
    ("sign_in", "reasons"),
    [
        pytest.param(typed(), (Why.NO_ADDRESS,), id="no address"),
        pytest.param(typed("ftp://example.com"), (Why.NOT_AN_ADDRESS,), id="another scheme"),
        pytest.param(typed("file:///etc/passwd"), (Why.NOT_AN_ADDRESS,), id="a file"),
        pytest.param(typed("https://"), (Why.NOT_AN_ADDRESS,), id="no host"),
        pytest.param(typed("https://example.com:99999/"), (Why.NOT_AN_ADDRESS,), id="no such port"),
        pytest.param(typed("https://exa mple.com"), (Why.NOT_AN_ADDRESS,), id="a space"),
        pytest.param(typed("https://[::1"), (Why.NOT_AN_ADDRESS,), id="half an address"),
        pytest.param(typed("https://" + "a" * 3000), (Why.NOT_AN_ADDRESS,), id="far too long"),
        pytest.param(typed("https://ana:pw@example.com/"), (Why.USER_IN_ADDRESS,), id="user and password in it"),
        pytest.param(typed("https://apidata.googleusercontent.com/caldav/v2"), (Why.GOOGLE,), id="Google"),
        pytest.param(typed("calendar.Google.com."), (Why.GOOGLE,), id="Google, otherwise spelt"),
        pytest.param(typed("outlook.office365.com"), (Why.MICROSOFT,), id="Microsoft"),
        pytest.param(typed("dav.example.com", user=" "), (Why.NO_USER,), id="no user"),
        pytest.param(typed("dav.example.com", user="a\r\nb"), (Why.NO_USER,), id="a user over two lines"),
        pytest.param(
            typed("", user="", password=""), (Why.NO_ADDRESS, Why.NO_USER, Why.NO_PASSWORD), id="everything at once"
        ),
    ],
)
def test_what_is_wrong_with_what_was_typed(sign_in: SignIn, reasons: tuple[Why, ...]) -> None:
    assert address(sign_in) == NotConnected(reasons)


def test_a_password_is_not_in_what_is_printed() -> None:
    assert "secret" not in repr(typed("dav.example.com"))


def test_every_known_service_is_asked_over_https() -> None:
    assert all(one.url.startswith("https://") for one in SERVICES.values() if one.url)


def test_the_host_of_an_address_keeps_its_port() -> None:
    assert host("http://127.0.0.1:5232/ana/") == "127.0.0.1:5232"
