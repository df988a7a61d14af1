"""Who somebody is, and who the people are that a request names."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.core.clock import SetClock
from bot.core.errors import NotFound, OverlapError, TryLater
from bot.core.ids import TenantId
from bot.core.people import ChatIdentity, Person, Profile, Standing
from bot.core.requests import Named, Source
from bot.people import who
from bot.people.who import Who
from bot.storage.database import METADATA, Database
from tests.builders import NOW, TENANT, named


class AddressBook:
    """A chat platform's directory: who is in it, how often it was asked, and what it answers when it fails."""

    def __init__(self, *profiles: Profile) -> None:
        self.profiles = {one.identity.user: one for one in profiles}
        self.asked: list[str] = []
        self.homes: list[object] = []
        self.failure: OverlapError | None = None

    def profile(self, identity: ChatIdentity, *, home: Any = None) -> Profile:
        self.asked.append(identity.user)
        self.homes.append(home)
        if self.failure is not None:
            raise self.failure
        if identity.user not in self.profiles:
            raise NotFound("nobody")
        return self.profiles[identity.user]

    def find(self, tenant: TenantId, email: str) -> Profile | None:
        return next((one for one in self.profiles.values() if one.email == email), None)


def profile(name: str, *, standing: Standing = Standing.MEMBER, zone: str = "Europe/Berlin", **rest: Any) -> Profile:
    """`profile("alex")`: a member of the workspace, in Berlin."""
    told = {"email": f"{name}@example.com", "handle": name} | rest
    identity = ChatIdentity(TENANT, f"U{name.upper()}")
    return Profile(identity=identity, name=name.capitalize(), zone=zone, standing=standing, **told)


ANA, ALEX, SAM = profile("ana"), profile("alex"), profile("sam")


@pytest.fixture
def clock() -> SetClock:
    return SetClock(NOW)


@pytest.fixture
def book() -> AddressBook:
    return AddressBook(
        ANA,
        ALEX,
        SAM,
        profile("robo", standing=Standing.BOT),
        profile("gone", standing=Standing.DEACTIVATED),
        profile("guest", standing=Standing.GUEST),
    )


@pytest.fixture
def everyone(tmp_path: Path, clock: SetClock, book: AddressBook) -> Iterator[Who]:
    database = Database(f"sqlite:///{tmp_path}/who.sqlite3")
    METADATA.create_all(database.engine)
    yield Who(database, clock, {"memory": book})
    database.close()


@pytest.fixture
def ana(everyone: Who) -> Person:
    return everyone.person(ANA.identity)


def by_address(address: str) -> Named:
    return Named(Source.ADDRESS, address, address)


def by_handle(word: str) -> Named:
    return Named(Source.HANDLE, word, f"@{word}")


ME = Named(Source.ME, "me", "me")


def test_a_new_person_is_looked_up_and_kept(everyone: Who, book: AddressBook) -> None:
    person = everyone.person(ALEX.identity)
    assert (person.name, person.zone, person.email) == ("Alex", "Europe/Berlin", "alex@example.com")
    assert everyone.person(ALEX.identity) == person
    assert book.asked == ["UALEX"]


def test_a_profile_is_looked_up_again_after_an_hour(everyone: Who, book: AddressBook, clock: SetClock) -> None:
    everyone.person(ALEX.identity)
    book.profiles["UALEX"] = replace(ALEX, zone="America/New_York")
    clock.move(timedelta(minutes=59))
    assert everyone.person(ALEX.identity).zone == "Europe/Berlin"
    clock.move(timedelta(minutes=1))
    assert everyone.person(ALEX.identity).zone == "America/New_York"


def test_who_is_known_stays_known_while_the_platform_is_down(everyone: Who, book: AddressBook, clock: SetClock) -> None:
    person = everyone.person(ALEX.identity)
    clock.move(timedelta(hours=2))
    book.failure = TryLater("down")
    assert everyone.person(ALEX.identity) == person


def test_who_is_not_known_waits_for_the_platform(everyone: Who, book: AddressBook) -> None:
    book.failure = TryLater("down")
    with pytest.raises(TryLater):
        everyone.person(ALEX.identity)


def test_a_payload_tells_the_zone_and_a_look_up_the_standing(everyone: Who, book: AddressBook) -> None:
    book.profiles["UGUEST"] = replace(book.profiles["UGUEST"], zone="")
    payload = profile("guest", zone="Asia/Kolkata", email=None)
    person = everyone.person(payload.identity, payload, home="their chat")
    assert (person.zone, person.standing, person.email) == ("Asia/Kolkata", Standing.GUEST, "guest@example.com")
    assert book.homes == ["their chat"]


def test_a_payload_moves_somebody_at_once_and_forgets_nothing(everyone: Who, book: AddressBook) -> None:
    everyone.person(book.profiles["UGUEST"].identity)
    person = everyone.person(ChatIdentity(TENANT, "UGUEST"), profile("guest", zone="Asia/Tokyo", email=None))
    assert (person.zone, person.standing, person.email) == ("Asia/Tokyo", Standing.GUEST, "guest@example.com")


def test_somebody_whom_the_directory_does_not_see_is_known_by_what_their_payload_told(everyone: Who) -> None:
    person = everyone.person(ChatIdentity(TENANT, "UKIM"), profile("kim", zone=""))
    assert (person.name, person.zone) == ("Kim", "UTC")


def test_a_mention_is_found_by_its_id(everyone: Who, ana: Person) -> None:
    found = everyone.people(ana, [named("alex"), named("sam")])
    assert [one.name for one in found.people] == ["Alex", "Sam"]
    assert found.problems == ()


def test_an_address_of_a_member_is_that_member(everyone: Who, ana: Person) -> None:
    found = everyone.people(ana, [by_address("Alex@Example.com")])
    assert [one.identity for one in found.people] == [ALEX.identity]


def test_an_address_is_whoever_talked_to_us_when_the_platform_cannot_tell(
    everyone: Who, ana: Person, book: AddressBook
) -> None:
    sam = everyone.person(SAM.identity)
    book.profiles.clear()
    assert everyone.people(ana, [by_address("sam@example.com")]).people == (sam,)


def test_any_other_address_is_a_person_by_address(everyone: Who, ana: Person) -> None:
    (person,) = everyone.people(ana, [by_address("Kim@Elsewhere.example")]).people
    assert person.identity.user == "mailto:kim@elsewhere.example"
    assert (person.standing, person.email, person.zone) == (Standing.ADDRESS, "kim@elsewhere.example", ana.zone)
    assert everyone.people(ana, [by_address("kim@elsewhere.example")]).people == (person,)


def test_a_handle_that_one_person_goes_by_is_that_person(everyone: Who, ana: Person) -> None:
    alex = everyone.person(ALEX.identity)
    assert everyone.people(ana, [by_handle("alex")]).people == (alex,)


def test_a_handle_that_several_go_by_asks_which(everyone: Who, ana: Person, book: AddressBook) -> None:
    book.profiles["UALEX2"] = replace(ALEX, identity=ChatIdentity(TENANT, "UALEX2"), name="Alex Two", email=None)
    both = [everyone.person(ALEX.identity), everyone.person(ChatIdentity(TENANT, "UALEX2"))]
    found = everyone.people(ana, [by_handle("alex")])
    assert found == who.Found((), (who.Ambiguous("@alex", tuple(both)),))


def test_somebody_named_twice_takes_part_once(everyone: Who, ana: Person) -> None:
    found = everyone.people(ana, [named("alex"), by_address("alex@example.com"), named("alex")])
    assert [one.name for one in found.people] == ["Alex"]


def test_the_asker_is_not_counted(everyone: Who, ana: Person) -> None:
    found = everyone.people(ana, [ME, named("ana"), by_address("ana@example.com"), named("alex")])
    assert [one.name for one in found.people] == ["Alex"]


@pytest.mark.parametrize(
    ("names", "problem"),
    [
        pytest.param([named("nobody")], who.Unknown("@nobody"), id="nobody has that id"),
        pytest.param([by_handle("nobody")], who.Unknown("@nobody"), id="nobody goes by that handle"),
        pytest.param([named("robo")], who.IsBot("@robo", "Robo"), id="a bot"),
        pytest.param([named("gone")], who.Deactivated("@gone", "Gone"), id="a deactivated account"),
        pytest.param([ME, named("ana")], who.OnlyYourself("me @ana"), id="oneself alone"),
        pytest.param([], who.OnlyYourself(""), id="nobody"),
        pytest.param(
            [named(f"p{n}") for n in range(31)],
            who.TooMany(" ".join(f"@p{n}" for n in range(31)), 31),
            id="more than thirty",
        ),
    ],
)
def test_what_is_wrong_with_a_name(everyone: Who, ana: Person, names: list[Named], problem: who.Problem) -> None:
    assert everyone.people(ana, names) == who.Found((), (problem,))


def test_who_is_known_is_found_beside_who_is_not(everyone: Who, ana: Person) -> None:
    found = everyone.people(ana, [named("alex"), named("robo")])
    assert [one.name for one in found.people] == ["Alex"]
    assert found.problems == (who.IsBot("@robo", "Robo"),)


@pytest.mark.parametrize("standing", [Standing.GUEST, Standing.STRANGER])
def test_a_guest_may_not_ask_and_nobody_is_looked_up(
    everyone: Who, ana: Person, book: AddressBook, standing: Standing
) -> None:
    asked = list(book.asked)
    found = everyone.people(replace(ana, standing=standing), [named("alex")])
    assert found == who.Found((), (who.GuestAsker("@alex"),))
    assert book.asked == asked


def test_a_guest_may_be_invited(everyone: Who, ana: Person) -> None:
    assert [one.name for one in everyone.people(ana, [named("guest")]).people] == ["Guest"]


def test_an_answer_that_cannot_wait_asks_nobody(everyone: Who, book: AddressBook, clock: SetClock) -> None:
    told = everyone.told(ANA.identity, replace(ANA, zone="America/New_York"))
    assert (told.name, told.zone, book.asked) == ("Ana", "America/New_York", [])
    assert everyone.told(ANA.identity) == told
    everyone.person(ANA.identity, ANA)
    clock.move(timedelta(hours=2))
    assert everyone.told(ANA.identity, ANA).zone == "Europe/Berlin"
    assert book.asked == [ANA.identity.user]


def test_what_a_payload_told_is_no_look_up(everyone: Who, book: AddressBook) -> None:
    guest = book.profiles["UGUEST"]
    everyone.told(guest.identity, replace(guest, standing=Standing.MEMBER))
    assert everyone.person(guest.identity, guest).standing is Standing.GUEST


def test_nobody_is_known_who_never_told(everyone: Who) -> None:
    with pytest.raises(NotFound):
        everyone.told(SAM.identity)
