"""Every way in which Graph can say no, and how much of it is waited for."""

import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest

from bot.core.errors import (
    ConsentNeeded,
    CursorExpired,
    Full,
    NotACalendar,
    NotFound,
    OverlapError,
    Refused,
    SignInNeeded,
    Stale,
    TryLater,
)
from bot.providers.microsoft.api import Misunderstood, NoMailbox, refusal
from tests.providers.microsoft import ANA, DRAFT, World, again, world


@pytest.fixture(scope="module")
def one() -> Iterator[World]:
    with world() as made:
        yield made


@pytest.mark.parametrize(
    ("status", "code", "expected"),
    [
        (401, "InvalidAuthenticationToken", SignInNeeded),
        (403, "ErrorAccessDenied", Refused),
        (404, "ErrorItemNotFound", NotFound),
        (404, "MailboxNotEnabledForRESTAPI", NoMailbox),
        (400, "ErrorInvalidIdMalformed", NotFound),
        (400, "ErrorInvalidRequest", Misunderstood),
        (409, "ErrorIrresolvableConflict", Stale),
        (410, "Gone", NotFound),
        (410, "syncStateNotFound", CursorExpired),
        (412, "ErrorIrresolvableConflict", Stale),
        (429, "ApplicationThrottled", TryLater),
        (500, "", TryLater),
        (502, "", TryLater),
        (503, "serviceNotAvailable", TryLater),
        (504, "gatewayTimeout", TryLater),
        (507, "", Full),
        (509, "", TryLater),
    ],
)
def test_every_answer_has_its_error(status: int, code: str, expected: type[OverlapError]) -> None:
    assert type(refusal(status, code)) is expected


@pytest.mark.parametrize(
    ("told", "after"), [("3600", 3600), ("0", 0), ("999999999", 86_400), ("soon", None), ("", None)]
)
@pytest.mark.parametrize("status", [429, 503])
def test_how_long_to_wait_is_a_floor_and_is_not_waited_for(
    one: World, status: int, told: str, after: int | None
) -> None:
    one.stand.graph.fail(status, path="/me/calendar", retry_after=told)
    with pytest.raises(TryLater) as error:
        one.opened.health()
    assert error.value.after == (None if after is None else timedelta(seconds=after))


def test_how_long_to_wait_may_be_a_date(one: World) -> None:
    one.stand.graph.fail(429, path="/me/calendar", retry_after="Wed, 21 Oct 2015 07:28:00 GMT")
    with pytest.raises(TryLater) as error:
        one.opened.health()
    assert error.value.after == timedelta(0)


def test_more_than_four_requests_at_once_are_too_many_for_a_mailbox() -> None:
    with world() as one:
        one.stand.graph.slow_seconds = 0.5
        refused: list[TryLater] = []
        accounts = [again(one) for _ in range(7)]

        def ask(number: int) -> None:
            try:
                accounts[number].health()
            except TryLater as error:
                refused.append(error)

        threads = [threading.Thread(target=ask, args=(number,)) for number in range(7)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert refused
        assert {error.after for error in refused} == {timedelta(seconds=1)}
        one.stand.graph.refusals.clear()
        for each in accounts:
            each.close()


def test_a_body_that_is_no_answer_is_no_reading(one: World) -> None:
    for body in (b"", b"<html>Sign in</html>", b"[]", b'{"value": [{"id": 7}]}', b'{"value": null}'):
        one.stand.graph.garbage = body
        with pytest.raises(NotACalendar):
            one.opened.health()


def test_a_missing_scope_is_said_to_be_missing(one: World) -> None:
    who = one.stand.directory.user(ANA)
    before = one.stand.directory.allowed[who.oid]
    opened = again(one)
    directory = opened.directory
    assert directory is not None
    with pytest.raises(ConsentNeeded):
        directory.rooms()
    one.stand.directory.allowed[who.oid] = {"Calendars.ReadBasic"}
    one.stand.tokens.end_accesses(who.oid)
    with pytest.raises(ConsentNeeded):
        opened.put(one.remote, DRAFT)
    one.stand.directory.allowed[who.oid] = before
    opened.close()
