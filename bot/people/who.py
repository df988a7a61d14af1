"""Which person a chat identity is, and who the people are that a request names."""

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Protocol, assert_never

from bot.core.clock import Clock
from bot.core.errors import NotFound, TryLater, Unreachable
from bot.core.ids import TenantId
from bot.core.people import ChatIdentity, Person, Profile, Standing
from bot.core.requests import Named, Source
from bot.core.rooms import MARK
from bot.storage import people
from bot.storage.database import Database, Tx

FRESH = timedelta(hours=1)
"""How long a looked-up profile is believed."""

ROOM = "room-"
"""What may stand before the handle of a room, so that it is no person's: `@room-elbe`."""
MOST = 30
"""The most people that one request may name."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """Nobody of that name or id is known here."""

    typed: str


@dataclass(frozen=True, slots=True)
class IsBot:
    """An app or a bot, which keeps no calendar."""

    typed: str
    name: str


@dataclass(frozen=True, slots=True)
class Deactivated:
    """An account that nobody uses any more."""

    typed: str
    name: str


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """A handle that several people go by."""

    typed: str
    choices: tuple[Person, ...]


@dataclass(frozen=True, slots=True)
class OnlyYourself:
    """Nobody but the asker was named; `typed` is empty when nobody was named at all."""

    typed: str


@dataclass(frozen=True, slots=True)
class TooMany:
    """More people than one request may name; nobody was looked up."""

    typed: str
    count: int
    most: int = MOST


@dataclass(frozen=True, slots=True)
class GuestAsker:
    """The asker is a guest, who may be invited but may not ask about others' times; nobody was looked up."""

    typed: str


Problem = Unknown | IsBot | Deactivated | Ambiguous | OnlyYourself | TooMany | GuestAsker


@dataclass(frozen=True, slots=True)
class Found:
    """The people that were named, without the asker and each once, and what is wrong with the other names."""

    people: tuple[Person, ...]
    problems: tuple[Problem, ...] = ()


class Directory(Protocol):
    """What is needed of a chat platform here; every `chat/surface` is one."""

    def profile(self, identity: ChatIdentity, *, home: Any = None) -> Profile:
        """Who that is now; `NotFound` where nobody is. `home` is where they were last seen, as the surface knows it."""
        ...

    def find(self, tenant: TenantId, email: str) -> Profile | None:
        """The member with that address, where the platform can tell."""
        ...


@dataclass(frozen=True)
class Who:
    """Knows people: keeps their profiles for an hour, and never looks one up inside a transaction."""

    database: Database
    clock: Clock
    surfaces: Mapping[str, Directory]

    def person(self, identity: ChatIdentity, profile: Profile | None = None, home: object = None) -> Person:
        """Who has just typed or pressed, and where (`home`); `profile` is what the payload itself told of them.

        A payload knows the zone best and says nothing of standing: a guest's looks like anybody's.
        """
        known = self._known(identity)
        if profile is None:
            return self._fresh(identity, home)
        if known is None or not self._is_fresh(known):
            return self._keep(self._looked_up(profile, known, home))
        return self._told(profile, known)

    def told(self, identity: ChatIdentity, profile: Profile | None = None) -> Person:
        """The same from what is known and what the payload told, for an answer that cannot wait for a look-up."""
        known = self._known(identity)
        if profile is not None:
            return self._told(profile, known)
        if known is None:
            raise NotFound("I don't know you yet. Please write to me first.")
        return known

    def _told(self, profile: Profile, known: Person | None) -> Person:
        if known is not None and (profile.name, profile.zone or known.zone) == (known.name, known.zone):
            return known
        with self.database.transaction() as tx:
            return people.believe(tx, _believed(profile, known))

    def people(self, asker: Person, named: Sequence[Named]) -> Found:
        """Everybody who is named, as far as they can be known."""
        typed = " ".join(one.shown for one in named)
        distinct = list({(one.source, one.value.casefold()): one for one in named}.values())
        if asker.standing in (Standing.GUEST, Standing.STRANGER) and any(one.source != Source.ME for one in named):
            return Found((), (GuestAsker(typed),))
        if len(distinct) > MOST:
            return Found((), (TooMany(typed, len(distinct)),))
        answers = self._all(asker, distinct)
        found = {one.id: one for one in answers if isinstance(one, Person) and one.id != asker.id}
        problems = tuple(one for one in answers if not isinstance(one, Person))
        if not found and not problems:
            problems = (OnlyYourself(typed),)
        return Found(tuple(found.values()), problems)

    def _all(self, asker: Person, named: Sequence[Named]) -> list[Person | Problem]:
        if len(named) < 2:
            return [self._one(asker, one) for one in named]
        with ThreadPoolExecutor(min(8, len(named))) as pool:  # thirty look-ups in a row would outlast the asker
            return list(pool.map(lambda one: self._one(asker, one), named))

    def _one(self, asker: Person, named: Named) -> Person | Problem:
        try:
            match named.source:
                case Source.ME:
                    return asker
                case Source.MENTION:
                    if named.value == asker.identity.user:
                        return asker
                    return _usable(self._fresh(ChatIdentity(asker.tenant, named.value)), named)
                case Source.ADDRESS:
                    return _usable(self._by_address(asker, named.value), named)
                case Source.HANDLE:
                    return self._by_handle(asker, named)
                case _:
                    assert_never(named.source)
        except NotFound:
            return Unknown(named.shown)

    def _by_address(self, asker: Person, address: str) -> Person:
        """The member with that address, else whoever of this tenant told us it, else a person by address alone."""
        email = address.strip().casefold()
        if asker.email is not None and asker.email.casefold() == email:
            return asker
        by_address = ChatIdentity(asker.tenant, f"mailto:{email}")
        with self.database.reading() as tx:
            known = people.by_email(tx, asker.tenant, email) or people.by_identity(tx, by_address)
        try:
            told = self._directory(asker.tenant).find(asker.tenant, email)
        except TryLater:
            if known is None:
                raise
            return known
        if told is not None:
            return self._keep(told)
        if known is not None:
            return known
        return self._keep(
            Profile(identity=by_address, name=email, zone=asker.zone, standing=Standing.ADDRESS, email=email)
        )

    def _by_handle(self, asker: Person, named: Named) -> Person | Problem:
        typed = named.value.strip().lstrip("@")
        with self.database.reading() as tx:
            matches = _of_that_name(tx, asker.tenant, typed)
        able = _able(matches)
        if len(able) > 1:
            return Ambiguous(named.shown, tuple(able))
        if not matches:
            return Unknown(named.shown)
        match = (able or matches)[0]
        return match if match.id == asker.id else _usable(self._fresh(match.identity), named)

    def _fresh(self, identity: ChatIdentity, home: object = None) -> Person:
        """The person as kept, looked up again when that is more than an hour ago and the platform can tell."""
        known = self._known(identity)
        if known is not None and (known.standing in (Standing.ADDRESS, Standing.ROOM) or self._is_fresh(known)):
            return known
        try:
            told = self._directory(identity.tenant).profile(identity, home=home)
        except (TryLater, Unreachable, NotFound):
            if known is None:
                raise
            return known
        return self._keep(_completed(told, known))

    def _looked_up(self, told: Profile, known: Person | None, home: object) -> Profile:
        """What the platform tells of somebody whose payload told `told`; that alone where it can tell nothing."""
        try:
            found = self._directory(told.identity.tenant).profile(told.identity, home=home)
        except TryLater:
            if known is None:
                raise  # they may be a guest, which only a look-up tells
            return _believed(told, known)
        except (Unreachable, NotFound):
            return _believed(told, known)
        return _completed(replace(found, zone=told.zone or found.zone), known)

    def _known(self, identity: ChatIdentity) -> Person | None:
        with self.database.reading() as tx:
            return people.by_identity(tx, identity)

    def _is_fresh(self, person: Person) -> bool:
        with self.database.reading() as tx:
            at = people.looked_up_at(tx, person.tenant, person.id)
        return at is not None and self.clock.now() - at < FRESH

    def _keep(self, profile: Profile) -> Person:
        with self.database.transaction() as tx:
            return people.keep(tx, profile, self.clock.now())

    def _directory(self, tenant: TenantId) -> Directory:
        platform = tenant.partition(":")[0]
        if platform not in self.surfaces:
            raise NotFound(f"no chat platform called {platform} is set up here")
        return self.surfaces[platform]


def _completed(told: Profile, known: Person | None) -> Profile:
    """What was told, and what was known already where that is silent."""
    if known is None:
        return replace(told, zone=told.zone or "UTC")
    return replace(told, zone=told.zone or known.zone, email=told.email or known.email)


def _believed(payload: Profile, known: Person | None) -> Profile:
    """What a payload tells, which is not their standing."""
    told = _completed(payload, known)
    return told if known is None else replace(told, standing=known.standing)


def _able(matches: Iterable[Person]) -> list[Person]:
    return [one for one in matches if one.standing not in (Standing.BOT, Standing.DEACTIVATED)]


def _of_that_name(tx: Tx, tenant: TenantId, typed: str) -> list[Person]:
    """Everybody who is called so. Of rooms of one name the one with that very handle; none that is kept no longer."""
    matches = [one for one in people.by_handle(tx, tenant, typed) if not _was_room(one)]
    wanted = typed.casefold()
    if not matches and wanted.startswith(ROOM):
        wanted = wanted.removeprefix(ROOM)
        matches = [one for one in people.by_handle(tx, tenant, wanted) if one.standing is Standing.ROOM]
    if len(matches) > 1 and all(one.standing is Standing.ROOM for one in matches):
        return [one for one in matches if people.handle(tx, tenant, one.id) == wanted] or matches
    return matches


def _was_room(person: Person) -> bool:
    return person.standing is Standing.DEACTIVATED and person.identity.user.startswith(MARK)


def _usable(person: Person, named: Named) -> Person | Problem:
    match person.standing:
        case Standing.BOT:
            return IsBot(named.shown, person.name)
        case Standing.DEACTIVATED:
            return Deactivated(named.shown, person.name)
        case _:
            return person
