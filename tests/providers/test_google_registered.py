"""Google as an operator sets it up: four variables, and everybody may sign in."""

from bot.core.calendars import Access
from bot.playground.stands.google.stand import GoogleStand
from bot.providers.registry import providers, sign_ins
from bot.wiring.settings import read
from tests.contracts.google_stage import client, services
from tests.providers.google import ALEX, NINE, WINDOW, ZONE, placed, stand
from tests.wiring.test_settings import GOOD

__all__ = ["stand"]


def test_who_signs_in_has_a_calendar_that_is_read(stand: GoogleStand) -> None:
    placed(stand, calendar=ALEX)
    sign_in = sign_ins(services(stand))["google"]
    back = "http://127.0.0.1:1/connect/google/callback"
    begun = sign_in.begin(state="s", redirect_uri=back, access=Access.FULL, hint=ALEX)
    account = sign_in.finish(begun.flow, stand.press(begun.url, ALEX))
    google = providers(services(stand))[account.provider](account)
    (own,) = google.calendars()
    assert [one.when for one in google.read(own.remote, WINDOW, ZONE).instances] == [NINE]
    google.health()
    google.close()
    assert sign_in.admin_url(state="s", redirect_uri=back) is None


def test_the_settings_name_it(stand: GoogleStand) -> None:
    assert read({**GOOD, **stand.environment}).google == client(stand)
