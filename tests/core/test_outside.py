"""Which of our addresses the internet can reach, and what is lost where it cannot."""

import pytest

from bot.core.outside import is_public, out_of_reach, reaches


@pytest.mark.parametrize("url", ["https://overlap.example.com", "https://93.184.216.34", "https://a.b:8443/below"])
def test_a_public_name_over_https_can_be_reached(url: str) -> None:
    assert is_public(url)
    assert out_of_reach(url) == ()


@pytest.mark.parametrize(
    "url",
    [
        "http://overlap.example.com",
        "https://overlap",
        "https://overlap.lan",
        "https://nas.home.arpa",
        "https://OVERLAP.LOCAL.",
        "https://192.168.1.5",
        "https://[fd00::1]",
        "https://localhost",
        "https://127.0.0.1:8000",
    ],
)
def test_anything_else_cannot(url: str) -> None:
    assert not is_public(url)
    assert out_of_reach(url)[:1] == ("Teams",)


@pytest.mark.parametrize(
    ("url", "google", "microsoft"),
    [
        ("http://127.0.0.1:8000", True, True),
        ("http://localhost:8000", True, True),
        ("https://overlap.lan", False, True),
        ("http://overlap.lan", False, False),
        ("http://overlap.example.com", False, False),
    ],
)
def test_who_still_sends_people_back_to_us(url: str, google: bool, microsoft: bool) -> None:
    lacking = out_of_reach(url)
    assert ("Google sign-in" not in lacking, "Microsoft sign-in" not in lacking) == (google, microsoft)


@pytest.mark.parametrize(
    ("service", "url", "does"),
    [
        pytest.param("https://graph.microsoft.com", "https://overlap.example.com", True, id="out in the world"),
        pytest.param("", "https://overlap.example.com", True, id="Google's own"),
        pytest.param("", "http://127.0.0.1:8000", False, id="Google's own, from this machine"),
        pytest.param("https://graph.microsoft.com", "https://overlap.lan", False, id="from a private network"),
        pytest.param("http://127.0.0.1:9000", "http://127.0.0.1:8000", True, id="a service on this machine"),
        pytest.param("http://localhost:9000", "http://[::1]:8000", True, id="by its other names"),
        pytest.param("http://127.0.0.1:9000", "http://overlap.example.com", False, id="a name that may be elsewhere"),
    ],
)
def test_a_service_reaches_what_is_public_or_on_its_own_machine(service: str, url: str, does: bool) -> None:
    assert reaches(service, url) is does
