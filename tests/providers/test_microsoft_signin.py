"""Signing in to Microsoft: through its page, in every way in which that can end."""

from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest

from bot.core.calendars import Access
from bot.core.clients import MicrosoftClient
from bot.playground.stands.microsoft.stand import MicrosoftStand
from bot.providers.microsoft.signin import MicrosoftSignIn
from bot.providers.oauth import Begun, NotSignedIn, Refusal
from tests.contracts.microsoft_stage import CALLBACK, TENANT, client
from tests.providers.microsoft import ALEX, ANA, HOME, door, microsoft

ADMIN = "https://overlap.example.org/connect/microsoft/admin"


@pytest.fixture
def stand() -> Iterator[MicrosoftStand]:
    with microsoft() as started:
        yield started


@pytest.fixture
def signing(stand: MicrosoftStand) -> MicrosoftSignIn:
    return MicrosoftSignIn(client(stand), door(stand))


def begin(signing: MicrosoftSignIn, access: Access = Access.FULL, *, state: str = "once") -> Begun:
    return signing.begin(state=state, redirect_uri=CALLBACK, access=access, hint=ANA)


def refusal(signing: MicrosoftSignIn, flow: str, answered: dict[str, str]) -> Refusal:
    with pytest.raises(NotSignedIn) as told:
        signing.finish(flow, answered)
    return told.value.refusal


def test_who_accepts_is_known_by_an_id_that_stays(stand: MicrosoftStand, signing: MicrosoftSignIn) -> None:
    begun = begin(signing)
    sent, answered = stand.decide(begun.url, ANA)
    account = signing.finish(begun.flow, answered)
    ana = stand.directory.user(ANA)
    assert sent == CALLBACK
    assert (account.provider, account.user, account.addresses) == ("microsoft", ANA, (ANA,))
    assert account.subject == f"{ana.oid}.{TENANT}"
    assert account.access is Access.FULL
    assert stand.refusals == []


def test_nothing_that_opens_the_account_is_in_its_words(stand: MicrosoftStand, signing: MicrosoftSignIn) -> None:
    begun = begin(signing)
    account = signing.finish(begun.flow, stand.decide(begun.url, ANA)[1])
    secrets = [*stand.tokens.refreshes, *stand.tokens.accesses, stand.directory.client_secret]
    assert not any(one in f"{account!r} {begun!r}" for one in secrets)


def test_the_way_there_carries_pkce_a_nonce_and_whom_we_expect(signing: MicrosoftSignIn) -> None:
    asked = parse_qs(urlsplit(begin(signing).url).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["nonce"] != asked["state"]
    assert (asked["state"], asked["login_hint"]) == (["once"], [ANA])
    assert "prompt" not in asked, "whoever is named need not choose"
    assert asked["response_mode"] == ["query"]


def test_where_nobody_is_expected_an_account_is_chosen(signing: MicrosoftSignIn) -> None:
    begun = signing.begin(state="once", redirect_uri=CALLBACK, access=Access.FULL)
    assert parse_qs(urlsplit(begun.url).query)["prompt"] == ["select_account"]


@pytest.mark.parametrize(
    ("access", "scopes"),
    [
        (Access.FREEBUSY, {"Calendars.ReadBasic"}),
        (Access.FULL, {"Calendars.ReadWrite", "MailboxSettings.Read"}),
    ],
)
def test_what_is_asked_is_what_the_choice_needs(signing: MicrosoftSignIn, access: Access, scopes: set[str]) -> None:
    asked = parse_qs(urlsplit(begin(signing, access).url).query)["scope"][0].split()
    assert set(asked) - {"openid", "profile", "offline_access"} == scopes


def test_whoever_chose_to_be_seen_only_gives_no_more_than_that(stand: MicrosoftStand, signing: MicrosoftSignIn) -> None:
    stand.allow(ANA, "Calendars.ReadWrite", "MailboxSettings.Read")
    begun = begin(signing, Access.FREEBUSY)
    assert signing.finish(begun.flow, stand.decide(begun.url, ANA)[1]).access is Access.FREEBUSY


def test_a_personal_account_sees_no_colleagues(stand: MicrosoftStand, signing: MicrosoftSignIn) -> None:
    begun = begin(signing)
    account = signing.finish(begun.flow, stand.decide(begun.url, HOME)[1])
    assert account.user == HOME
    assert '"is_work":false' in account.grant


def test_whoever_says_no_is_not_connected(stand: MicrosoftStand, signing: MicrosoftSignIn) -> None:
    begun = begin(signing)
    assert refusal(signing, begun.flow, stand.decide(begun.url, ANA, accepts=False)[1]) is Refusal.DENIED


def test_where_only_an_administrator_may_allow_it_they_do_it_once_for_all(
    stand: MicrosoftStand, signing: MicrosoftSignIn
) -> None:
    stand.directory.only_admins.add(TENANT)
    begun = begin(signing)
    assert refusal(signing, begun.flow, stand.decide(begun.url, ALEX)[1]) is Refusal.ADMIN_NEEDED
    page = signing.admin_url(state="admin", redirect_uri=ADMIN)
    assert page is not None
    sent, answered = stand.decide(page, ANA)
    assert (sent, answered["admin_consent"], answered["tenant"]) == (ADMIN, "True", TENANT)
    assert answered["state"] == "admin"
    begun = begin(signing)
    assert signing.finish(begun.flow, stand.decide(begun.url, ALEX)[1]).user == ALEX
    assert stand.refusals == []


def test_an_administrator_may_say_no(stand: MicrosoftStand, signing: MicrosoftSignIn) -> None:
    page = signing.admin_url(state="admin", redirect_uri=ADMIN)
    assert page is not None
    assert "admin_consent" not in stand.decide(page, ANA, accepts=False)[1]


@pytest.mark.parametrize(("tenant", "whose"), [("common", "organizations"), (TENANT, TENANT)])
def test_an_administrator_allows_it_in_the_tenant_that_signs_in(stand: MicrosoftStand, tenant: str, whose: str) -> None:
    made = MicrosoftSignIn(replace(client(stand), authority=f"{stand.url}/{tenant}"), door(stand))
    assert urlsplit(made.admin_url(state="s", redirect_uri=ADMIN) or "").path == f"/{whose}/v2.0/adminconsent"


def test_a_code_is_good_once(stand: MicrosoftStand, signing: MicrosoftSignIn) -> None:
    begun = begin(signing)
    _, answered = stand.decide(begun.url, ANA)
    signing.finish(begun.flow, answered)
    assert refusal(signing, begun.flow, answered) is Refusal.STALE


def test_an_answer_to_another_sign_in_is_none(stand: MicrosoftStand, signing: MicrosoftSignIn) -> None:
    mine, theirs = begin(signing, state="mine"), begin(signing, state="theirs")
    _, answered = stand.decide(theirs.url, ALEX)
    assert refusal(signing, mine.flow, answered) is Refusal.STALE
    assert refusal(signing, mine.flow, {**answered, "state": "mine"}) is Refusal.STALE, "their code has their verifier"
    assert refusal(signing, mine.flow, {}) is Refusal.STALE


@pytest.mark.parametrize("code", [50076, 50079, 53003])
def test_what_an_organisation_requires_is_named_as_that(
    stand: MicrosoftStand, signing: MicrosoftSignIn, code: int
) -> None:
    stand.authority.troubles[stand.directory.user(ANA).oid] = code
    begun = begin(signing)
    assert refusal(signing, begun.flow, stand.decide(begun.url, ANA)[1]) is Refusal.POLICY


def test_an_account_without_a_mailbox_cannot_be_connected(stand: MicrosoftStand, signing: MicrosoftSignIn) -> None:
    stand.directory.user(ANA).has_mailbox = False
    begun = begin(signing)
    assert refusal(signing, begun.flow, stand.decide(begun.url, ANA)[1]) is Refusal.NO_MAILBOX


def test_our_own_wrong_secret_is_nobody_elses_fault(stand: MicrosoftStand) -> None:
    wrong: MicrosoftClient = replace(client(stand), client_secret="expired")
    signing = MicrosoftSignIn(wrong, door(stand))
    begun = begin(signing)
    assert refusal(signing, begun.flow, stand.decide(begun.url, ANA)[1]) is Refusal.OURS


def test_a_sign_in_that_does_not_answer_may_be_tried_again(stand: MicrosoftStand, signing: MicrosoftSignIn) -> None:
    begun = begin(signing)
    _, answered = stand.decide(begun.url, ANA)
    stand.authority.status = 503
    assert refusal(signing, begun.flow, answered) is Refusal.UNREACHABLE


def test_a_calendar_that_does_not_answer_may_be_tried_again(stand: MicrosoftStand, signing: MicrosoftSignIn) -> None:
    begun = begin(signing)
    _, answered = stand.decide(begun.url, ANA)
    with stand.down():
        assert refusal(signing, begun.flow, answered) is Refusal.UNREACHABLE


def test_every_scope_that_is_asked_is_explained(signing: MicrosoftSignIn) -> None:
    told = {one.scope for one in signing.asks}
    assert {"Calendars.ReadBasic", "Calendars.ReadWrite", "MailboxSettings.Read", "Place.Read.All"} <= told
