"""How much is asked at once, and of whom nothing is asked for a while."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta

import pytest

from bot.core.errors import Crowded, NotFound, TryLater, Untold
from bot.people.limits import AT_ONCE, TROUBLE, Limits

ANA, ALEX, KIM, SAM = (("memory:acme", name) for name in ("ana", "alex", "kim", "sam"))
GOOGLE, APPLE = "google", "caldav caldav.icloud.com"


class Watch:
    """Seconds, as the test tells them."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def limits(watch: Watch) -> Limits:
    return Limits(monotonic=watch)


def asked(limits: Limits, account: tuple[str, ...] = ANA, service: str = GOOGLE) -> None:
    with limits.turn(account, service, at_once=3, patience=0):
        pass


def fails(
    limits: Limits, account: tuple[str, ...] = ANA, service: str = GOOGLE, error: Exception | None = None
) -> None:
    with pytest.raises(type(error or TryLater(""))), limits.turn(account, service, at_once=3, patience=0):
        raise error or TryLater("down")


@pytest.fixture
def crowd(limits: Limits) -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def test_a_mailbox_takes_three_at_once_and_the_fourth_comes_back(limits: Limits, crowd: ExitStack) -> None:
    for _ in range(3):
        crowd.enter_context(limits.turn(ANA, GOOGLE, at_once=3, patience=0))
    with pytest.raises(Crowded) as told:
        asked(limits)
    assert told.value.after == timedelta(seconds=1)
    asked(limits, ALEX)


def test_a_service_that_hangs_holds_a_few_and_another_is_served(limits: Limits, crowd: ExitStack) -> None:
    for number in range(AT_ONCE):
        crowd.enter_context(limits.turn(("memory:acme", f"p{number}"), APPLE, at_once=3, patience=0))
    with pytest.raises(Crowded):
        asked(limits, KIM, APPLE)
    asked(limits, KIM, GOOGLE)


def test_whoever_is_patient_gets_the_place_that_is_given_back() -> None:
    limits, has_entered, may_go = Limits(), threading.Event(), threading.Event()

    def hold() -> None:
        with limits.turn(ANA, GOOGLE, at_once=1, patience=0):
            has_entered.set()
            may_go.wait()

    holding = threading.Thread(target=hold)
    holding.start()
    has_entered.wait()
    threading.Timer(0.05, may_go.set).start()
    with limits.turn(ANA, GOOGLE, at_once=1, patience=30):
        pass
    holding.join()


def test_after_three_failures_an_account_rests_longer_each_time(limits: Limits, watch: Watch) -> None:
    rests = []
    for _ in range(TROUBLE - 1):
        fails(limits)
    for _ in range(4):
        fails(limits)
        with pytest.raises(Crowded) as told:
            asked(limits)
        assert told.value.after is not None
        rests.append(told.value.after.total_seconds())
        watch.now += rests[-1]
    assert rests == [1, 2, 4, 8]
    asked(limits, ALEX)


def test_after_a_rest_one_goes_first(limits: Limits, watch: Watch) -> None:
    for _ in range(TROUBLE):
        fails(limits)
    watch.now += 1
    with limits.turn(ANA, GOOGLE, at_once=3, patience=0), pytest.raises(Crowded):
        asked(limits)
    asked(limits)


def test_an_answer_of_any_kind_ends_the_trouble(limits: Limits) -> None:
    for _ in range(TROUBLE - 1):
        fails(limits)
    fails(limits, error=NotFound("no such calendar"))
    fails(limits)
    asked(limits)


def test_what_a_service_cannot_tell_of_one_colleague_is_no_trouble_of_the_account(limits: Limits) -> None:
    for _ in range(2 * TROUBLE):
        fails(limits, error=Untold("of that schedule"))
    asked(limits)


def test_the_services_own_word_is_a_floor_and_holds_no_thread(limits: Limits, watch: Watch) -> None:
    fails(limits, error=TryLater("slow down", timedelta(hours=1)))
    for _ in range(2):
        with pytest.raises(Crowded) as told:
            asked(limits)
        assert told.value.after is not None
        assert told.value.after <= timedelta(hours=1)
        watch.now += 1700
    watch.now += 300
    asked(limits)


def test_a_service_that_fails_for_several_rests_for_all(limits: Limits, watch: Watch) -> None:
    for account in (ANA, ALEX, KIM):
        fails(limits, account)
    with pytest.raises(Crowded):
        asked(limits, SAM)
    asked(limits, SAM, APPLE)
    watch.now += 1
    asked(limits, SAM)
    asked(limits, ANA)


def test_one_account_in_trouble_is_not_the_services(limits: Limits) -> None:
    for _ in range(TROUBLE):
        fails(limits, ANA)
    asked(limits, ALEX)
