"""Google's tokens: refreshed when due, by one at a time, kept before they are used."""

import json
import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.errors import OurFault, SignInNeeded, TryLater
from bot.playground.stands.google.stand import GoogleStand
from bot.providers.google.adapter import connect
from tests.contracts.google_stage import account, client
from tests.providers.google import ANA, Kept, door, opening, stand

__all__ = ["stand"]


def late(grant: str) -> str:
    """The same grant, its access token at its end."""
    return json.dumps({**json.loads(grant), "expiry": "2020-01-01T00:00:00", "access_token": "ya29.late"})


def test_a_token_at_its_end_is_refreshed_once_and_kept(stand: GoogleStand) -> None:
    known = account(stand, ANA)
    kept = Kept(late(known.grant))
    with opening(stand, known=known, keeper=kept) as google:
        google.calendars()
        google.calendars()
    assert stand.consent.refreshes == 1
    assert len(kept.saved) == 1
    assert kept.saved[0]["access_token"] in stand.consent.tokens
    assert kept.saved[0]["refresh_token"] == json.loads(known.grant)["refresh_token"], "no answer writes it over"
    assert "+" not in kept.saved[0]["expiry"], "naive UTC, as Google's own libraries keep it"


def test_a_token_is_refreshed_before_it_ends(stand: GoogleStand) -> None:
    known = account(stand, ANA)
    kept = Kept(known.grant)
    with opening(stand, known=known, keeper=kept) as google:
        google.calendars()
        assert stand.consent.refreshes == 0


def test_a_token_that_google_ends_early_is_renewed_once(stand: GoogleStand) -> None:
    known = account(stand, ANA)
    with opening(stand, known=known) as google:
        google.calendars()
        stand.consent.tokens.clear()
        assert google.calendars()
    assert stand.consent.refreshes == 1


def test_many_who_need_a_token_refresh_it_once(stand: GoogleStand) -> None:
    known = account(stand, ANA)
    kept = Kept(late(known.grant))
    googles = [connect(known, client(stand), door(stand), kept) for _ in range(6)]
    with ThreadPoolExecutor(6) as threads:
        assert all(threads.map(lambda google: google.calendars(), googles))
    assert stand.consent.refreshes == 1
    for google in googles:
        google.close()


def test_a_grant_that_was_taken_back_wants_a_new_sign_in_and_nothing_is_repeated(stand: GoogleStand) -> None:
    with opening(stand) as google:
        google.calendars()
        stand.revoke(ANA)
        before = len(stand.calls)
        for _ in range(2):
            with pytest.raises(SignInNeeded):
                google.calendars()
    assert len(stand.calls) - before == 2
    assert stand.consent.refreshes == 2


@pytest.mark.parametrize("error", ["invalid_client", "unauthorized_client", "deleted_client"])
def test_our_own_client_refused_is_the_operators(
    stand: GoogleStand, error: str, caplog: pytest.LogCaptureFixture
) -> None:
    known = account(stand, ANA)
    stand.consent.refuses = error
    with opening(stand, known=replace(known, grant=late(known.grant))) as google, pytest.raises(OurFault):
        google.calendars()
    assert [one.levelno for one in caplog.records if one.name.startswith("bot.")] == [logging.ERROR]
    assert client(stand).client_secret not in caplog.text


def test_a_sign_in_that_is_down_is_no_lost_grant(stand: GoogleStand) -> None:
    known = account(stand, ANA)
    with opening(stand, known=replace(known, grant=late(known.grant))) as google:
        stand.stop()
        with pytest.raises(TryLater):
            google.calendars()
        stand.start()
        assert google.calendars()


def test_the_stand_ins_hour_is_up(stand: GoogleStand) -> None:
    with opening(stand) as google:
        stand.let_pass(timedelta(hours=2))
        assert google.calendars()
    assert stand.consent.refreshes == 1
