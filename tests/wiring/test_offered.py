"""Which connected accounts stay open when an operator narrows what is allowed."""

import pytest

from bot.providers.base import Account
from bot.wiring.desk import is_offered
from bot.wiring.settings import read
from tests.wiring.test_settings import GOOD

GOOGLE = Account(provider="google", url="", user="ana@acme.example")
APPLE = Account(provider="caldav", url="https://p42-caldav.icloud.com/", user="ana@acme.example")
SERVER = Account(provider="caldav", url="https://dav.acme.example/", user="ana")
FEED = Account(provider="ics", url="", user="Feed of feeds.example", password="https://feeds.example/x.ics")


@pytest.mark.parametrize(
    ("told", "stay"),
    [
        pytest.param({}, [GOOGLE, APPLE, SERVER, FEED], id="nothing is narrowed"),
        pytest.param({"OVERLAP_PROVIDERS": "google,ics"}, [GOOGLE, FEED], id="two kinds"),
        pytest.param({"OVERLAP_PROVIDERS": "caldav"}, [SERVER], id="iCloud is a kind of its own"),
        pytest.param({"OVERLAP_ACCOUNT_DOMAINS": "acme.example"}, [GOOGLE, APPLE, SERVER, FEED], id="their domain"),
        pytest.param({"OVERLAP_ACCOUNT_DOMAINS": "other.example"}, [FEED], id="another domain; a feed is nobody's"),
    ],
)
def test_what_stays_open(told: dict[str, str], stay: list[Account]) -> None:
    settings = read(GOOD | told)
    assert [one for one in (GOOGLE, APPLE, SERVER, FEED) if is_offered(settings, one)] == stay
