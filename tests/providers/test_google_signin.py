"""Signing in to Google: what is asked for, what was granted, and everything that gives no account."""

import logging
from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from bot.core.calendars import Access
from bot.core.errors import ConsentNeeded, SignInNeeded, TryLater
from bot.playground.stands.google.stand import GoogleStand
from bot.providers.base import Account
from bot.providers.google.signin import GoogleSignIn
from bot.providers.oauth import NotSignedIn, Refusal
from tests.contracts.google_stage import account, client
from tests.providers.google import ANA, DRAFT, OWN, door, opening, signing_in, stand, standing

__all__ = ["stand"]
BACK = "https://overlap.example.org/connect/google/callback"


def signed_in(
    stand: GoogleStand,
    *,
    access: Access = Access.FULL,
    untick: tuple[str, ...] = (),
    answer: str = "allow",
    sign_in: GoogleSignIn | None = None,
) -> Account:
    sign_in = sign_in or signing_in(stand)
    begun = sign_in.begin(state="s-1", redirect_uri=BACK, access=access)
    return sign_in.finish(begun.flow, stand.press(begun.url, ANA, untick=untick, answer=answer))


def refusal(stand: GoogleStand, **told: object) -> Refusal:
    with pytest.raises(NotSignedIn) as error:
        signed_in(stand, **told)  # type: ignore[arg-type]
    return error.value.refusal


def test_the_page_is_asked_for_all_that_a_lasting_sign_in_needs(stand: GoogleStand) -> None:
    begun = signing_in(stand).begin(state="s-1", redirect_uri=BACK, access=Access.FULL, hint=ANA)
    asked = {name: value[0] for name, value in parse_qs(urlsplit(begun.url).query).items()}
    assert (asked["state"], asked["redirect_uri"], asked["response_type"]) == ("s-1", BACK, "code")
    assert (asked["access_type"], asked["prompt"], asked["include_granted_scopes"]) == ("offline", "consent", "true")
    assert (asked["code_challenge_method"], asked["login_hint"]) == ("S256", ANA)
    assert "verifier" in begun.flow
    assert begun.flow not in repr(begun)


@pytest.mark.parametrize(
    ("access", "rooms", "names"),
    [
        (Access.FREEBUSY, False, ["calendar.events.freebusy", "calendar.calendarlist.readonly"]),
        (Access.FULL, False, ["calendar.events", "calendar.events.freebusy", "calendar.calendarlist.readonly"]),
        (
            Access.FREEBUSY,
            True,
            [
                "calendar.events.freebusy",
                "calendar.calendarlist.readonly",
                "admin.directory.resource.calendar.readonly",
            ],
        ),
    ],
)
def test_no_more_is_asked_for_than_the_choice_needs(
    stand: GoogleStand, access: Access, rooms: bool, names: list[str]
) -> None:
    sign_in = signing_in(stand)
    begun = sign_in.begin(state="s", redirect_uri=BACK, access=access, rooms=rooms)
    scopes = parse_qs(urlsplit(begun.url).query)["scope"][0].split()
    assert [one.rpartition("/")[2] for one in scopes] == ["openid", "email", *names]
    told = {scope for one in sign_in.asks for scope in one.scope.split()}
    assert set(scopes) <= told, "an administrator reads of every one of them"


def test_an_account_says_who_it_is_and_what_it_may(stand: GoogleStand) -> None:
    found = signed_in(stand)
    assert (found.provider, found.user, found.addresses) == ("google", ANA, (ANA,))
    assert (found.access, found.subject) == (Access.FULL, stand.office.users[ANA].subject)
    assert "1//" not in repr(found)
    with opening(stand, known=found) as google:
        assert google.put(OWN, DRAFT).meeting == DRAFT.meeting


def test_the_smaller_choice_reads_and_does_not_write(stand: GoogleStand) -> None:
    found = signed_in(stand, access=Access.FREEBUSY)
    assert found.access is Access.FREEBUSY
    with opening(stand, known=found) as google:
        assert standing(google) == []
        assert google.abilities.can_write, "what the service can do is not what its owner allowed"
        with pytest.raises(ConsentNeeded):
            google.put(OWN, DRAFT)


def test_a_later_consent_adds_to_the_first(stand: GoogleStand) -> None:
    signed_in(stand, access=Access.FREEBUSY)
    assert signed_in(stand, access=Access.FULL).access is Access.FULL


def test_who_chose_less_here_gave_less_here_whatever_they_allowed_elsewhere(stand: GoogleStand) -> None:
    signed_in(stand, access=Access.FULL)
    found = signed_in(stand, access=Access.FREEBUSY)
    assert found.access is Access.FREEBUSY
    with opening(stand, known=found) as google, pytest.raises(ConsentNeeded):
        google.put(OWN, DRAFT)


def test_an_unticked_box_leaves_the_rest(stand: GoogleStand) -> None:
    found = signed_in(stand, untick=("calendar.events",))
    assert found.access is Access.FREEBUSY
    with opening(stand, known=found) as google:
        assert [one.remote for one in google.calendars()] == [OWN]


def test_without_the_list_there_is_the_accounts_own_calendar(stand: GoogleStand) -> None:
    stand.new_calendar(ANA, "Second")
    found = signed_in(stand, untick=("calendar.calendarlist.readonly",))
    with opening(stand, known=found) as google:
        assert [one.remote for one in google.calendars()] == [OWN]
        google.health()
        assert google.put(OWN, replace(DRAFT, wants_video=True)).link


def test_nothing_granted_is_no_account_and_ends_no_other(stand: GoogleStand) -> None:
    """The same account may be connected in another workspace, and Google ends all of a client's grants at once."""
    elsewhere = account(stand, ANA)
    boxes = ("calendar.events", "calendar.events.freebusy", "calendar.calendarlist.readonly")
    stand.consent.keeps_granted = False
    assert refusal(stand, untick=boxes) is Refusal.NOTHING_GRANTED
    with opening(stand, known=elsewhere) as google:
        assert google.calendars()


def test_a_no_is_a_no(stand: GoogleStand) -> None:
    assert refusal(stand, answer="deny") is Refusal.DENIED
    assert stand.consent.grants == {}


def test_a_code_works_once(stand: GoogleStand) -> None:
    sign_in = signing_in(stand)
    begun = sign_in.begin(state="s-1", redirect_uri=BACK, access=Access.FULL)
    answered = stand.press(begun.url, ANA)
    sign_in.finish(begun.flow, answered)
    with pytest.raises(NotSignedIn) as error:
        sign_in.finish(begun.flow, answered)
    assert error.value.refusal is Refusal.STALE


@pytest.mark.parametrize("wrong", ["", "s-2"])
def test_another_state_is_nobodys(stand: GoogleStand, wrong: str) -> None:
    sign_in = signing_in(stand)
    begun = sign_in.begin(state="s-1", redirect_uri=BACK, access=Access.FULL)
    with pytest.raises(NotSignedIn) as error:
        sign_in.finish(begun.flow, {**stand.press(begun.url, ANA), "state": wrong})
    assert error.value.refusal is Refusal.STALE
    assert stand.consent.grants == {}


def test_a_code_of_another_browser_is_of_no_use(stand: GoogleStand) -> None:
    """Somebody else's answer under our state: the verifier that belongs to it is not ours."""
    sign_in = signing_in(stand)
    mine = sign_in.begin(state="s-1", redirect_uri=BACK, access=Access.FULL)
    theirs = sign_in.begin(state="s-1", redirect_uri=BACK, access=Access.FULL)
    with pytest.raises(NotSignedIn) as error:
        sign_in.finish(mine.flow, stand.press(theirs.url, ANA))
    assert error.value.refusal is Refusal.STALE


def test_a_code_that_is_too_old_is_stale(stand: GoogleStand) -> None:
    sign_in = signing_in(stand)
    begun = sign_in.begin(state="s-1", redirect_uri=BACK, access=Access.FULL)
    answered = stand.press(begun.url, ANA)
    stand.let_pass(timedelta(minutes=11))
    with pytest.raises(NotSignedIn) as error:
        sign_in.finish(begun.flow, answered)
    assert error.value.refusal is Refusal.STALE


def test_a_wrong_client_secret_is_the_operators(stand: GoogleStand, caplog: pytest.LogCaptureFixture) -> None:
    wrong = GoogleSignIn(replace(client(stand), client_secret="GOCSPX-wrong"), door(stand))
    assert refusal(stand, sign_in=wrong) is Refusal.OURS
    assert [one.levelno for one in caplog.records if one.name.startswith("bot.")] == [logging.ERROR]
    assert "GOCSPX" not in caplog.text


@pytest.mark.parametrize(
    ("error", "meant"),
    [
        ("access_denied", Refusal.DENIED),
        ("admin_policy_enforced", Refusal.ADMIN_NEEDED),
        ("org_internal", Refusal.POLICY),
        ("redirect_uri_mismatch", Refusal.OURS),
        ("something_new", Refusal.STALE),
    ],
)
def test_what_google_sends_back_has_a_name(stand: GoogleStand, error: str, meant: Refusal) -> None:
    sign_in = signing_in(stand)
    begun = sign_in.begin(state="s-1", redirect_uri=BACK, access=Access.FULL)
    with pytest.raises(NotSignedIn) as told:
        sign_in.finish(begun.flow, {"state": "s-1", "error": error})
    assert told.value.refusal is meant


def test_a_google_that_is_not_there_is_unreachable(stand: GoogleStand) -> None:
    sign_in = signing_in(stand)
    begun = sign_in.begin(state="s-1", redirect_uri=BACK, access=Access.FULL)
    answered = stand.press(begun.url, ANA)
    stand.stop()
    with pytest.raises(NotSignedIn) as error:
        sign_in.finish(begun.flow, answered)
    stand.start()
    assert error.value.refusal is Refusal.UNREACHABLE


def test_a_client_in_testing_is_told_to_the_operator(stand: GoogleStand, caplog: pytest.LogCaptureFixture) -> None:
    stand.consent.is_testing = True
    found = signed_in(stand)
    assert found.ends_at is not None
    assert abs(found.ends_at - stand.now().timestamp() - timedelta(days=7).total_seconds()) < 60
    assert [one.levelno for one in caplog.records if "Testing" in one.getMessage()] == [logging.ERROR]
    stand.let_pass(timedelta(days=8))
    with opening(stand, known=found) as google, pytest.raises(SignInNeeded):
        google.calendars()


def test_what_is_revoked_is_over(stand: GoogleStand) -> None:
    found = signed_in(stand)
    stand.stop()
    with pytest.raises(TryLater):
        signing_in(stand).revoke(found)
    stand.start()
    signing_in(stand).revoke(found)
    signing_in(stand).revoke(found)
    with opening(stand, known=found) as google, pytest.raises(SignInNeeded):
        google.calendars()
