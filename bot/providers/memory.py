"""The twin of a calendar service, in memory: as forgetful and as strict as a real one, and told when to fail.

service = memory.Service()
work = service.calendar("ana", "Work", zone="Europe/Berlin")     # makes the account of "ana" when it is new
service.place(work, uid="dentist", when=nine_to_ten)             # somebody else's event, straight into it
service.shift(work, "meeting-uid", to=ten_to_eleven)             # its owner moves a copy of ours by hand
with service.connect(service.account("ana")) as calendar: ...    # or Grants(providers={"memory": service.connect})

service.trouble("ana", TryLater("down"))                         # every call fails so, until trouble("ana", None)
service.lose_answer("ana")                                       # the next write happens, its answer does not come
service.race(lambda: service.shift(...))                         # happens between the next write's look and its write
service.forget()                                                 # every cursor is expired

Service(Abilities(invites=True, keeps_uid=False, video="Twin Meet"))   # as Google and Graph: it delivers invitations
service.makes_links = False                                      # video links are promised and do not come yet
service.make_links()                                             # now they do
service.halls["elbe@example.org"] = Response.ACCEPTED            # a room, and what it answers (NEEDS_ACTION: not yet)
service.hall_answers("elbe@example.org", Response.DECLINED)      # it makes up its mind
service.respond(work, "uid", Response.TENTATIVE)                 # a guest answers in their own calendar, by hand

Service(Abilities(sees_colleagues=True))                         # `shared` addresses can be read
service.shows["kim@example.org"] = "kim"                         # everybody's account sees when that user is busy
service.shows["kim@example.org"] = Refused("no")                 # the same address fails so; of any other none is known
"""

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from bot.core.errors import NotFound, OverlapError, SignInNeeded, TryLater
from bot.core.events import BusyCause, Draft, Instance, Kind, Response
from bot.core.intervals import Interval
from bot.core.rules import WorkingHours
from bot.providers.base import (
    Abilities,
    Account,
    Keeper,
    Remote,
    RemoteCalendar,
    Room,
)
from bot.providers.memory_account import Opened

PASSWORD = "app-password"  # noqa: S105 - the twin's accounts all open with it
_ANSWERED = {
    Response.ACCEPTED: (Kind.HARD, BusyCause.PLAIN),
    Response.TENTATIVE: (Kind.SOFT, BusyCause.TENTATIVE),
    Response.NEEDS_ACTION: (Kind.SOFT, BusyCause.UNANSWERED),
    Response.DECLINED: (Kind.SOFT, BusyCause.PLAIN),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One stored object: every instance of one UID, its title, and how often it was written."""

    title: str
    instances: tuple[Instance, ...]
    version: int
    guests: tuple[tuple[str, Response], ...] = ()
    """Its ATTENDEEs, and what each answered."""
    wants_video: bool = False
    link: str | None = None
    host: tuple[Remote, str] | None = None
    """Of an invitation: the calendar and the UID of the event that it is to."""

    @property
    def first(self) -> Instance:
        return self.instances[0]


@dataclass(slots=True)
class Calendar:
    """What the service holds of one calendar."""

    owner: str
    shown: RemoteCalendar
    events: dict[str, Event] = field(default_factory=dict)
    changes: int = 0
    oldest_cursor: int = 0


class Service:
    """The server's side: accounts, calendars, events; safe to use from several threads."""

    def __init__(self, abilities: Abilities | None = None) -> None:
        self.abilities = abilities or Abilities()
        self.renews = True
        """Whether a channel can be renewed, as at Microsoft; if not a new one takes its place, as at Google."""
        self.ringing: dict[str, tuple[Remote, str, str]] = {}
        """Its open channels: of which calendar, with which secret, told where."""
        self.rooms: Sequence[Room] | None = None
        self.answers: dict[tuple[Remote, str], Response] = {}
        """What owners answered to invitations through us."""
        self.makes_links = True
        """Whether a video link is there with the event that wants it, or comes later."""
        self.halls: dict[str, Response] = {}
        """The rooms that can be invited by address, and what each answers at once."""
        self.shows: dict[str, str | OverlapError] = {}
        """Whose free/busy an address shows to every account of a service that `sees_colleagues`, or why it does not."""
        self.calls = 0
        """How many calls came in, refused ones too."""
        self._calendars: dict[Remote, Calendar] = {}
        self._troubles: dict[str, OverlapError] = {}
        self._losing: set[str] = set()
        self._race: Callable[[], None] | None = None
        self._open = threading.Event()
        self._open.set()
        self._lock = threading.RLock()

    def account(self, user: str) -> Account:
        """What opens that user's account."""
        return Account(
            provider="memory",
            url="memory://service/",
            user=user,
            password=PASSWORD,
            addresses=(_address(user),),
        )

    def connect(self, account: Account, _keeper: Keeper | None = None, /) -> "Opened":
        """Opens an account; a wrong password is noticed at the first call, as on a real server."""
        return Opened(self, account)

    def calendar(
        self,
        user: str,
        name: str,
        *,
        zone: str | None = None,
        is_writable: bool = True,
        is_transparent: bool = False,
        hours: WorkingHours | None = None,
    ) -> Remote:
        """A new, empty calendar of that user."""
        remote = Remote(f"memory://service/{user}/{name.lower().replace(' ', '-')}/")
        shown = RemoteCalendar(
            remote=remote,
            name=name,
            zone=zone,
            is_writable=is_writable,
            is_transparent=is_transparent,
            hours=hours,
        )
        with self._lock:
            self._calendars[remote] = Calendar(user, shown)
        return remote

    def place(
        self,
        remote: Remote,
        *,
        uid: str,
        when: Interval,
        title: str = "Something",
        kind: Kind = Kind.HARD,
        also: Iterable[Instance] = (),
    ) -> None:
        """An event that is not ours, put straight in; `also` are further instances of the same series."""
        first = Instance(uid=uid, starts=when.start, when=when, kind=kind)
        self.store(remote, (first, *also), title)

    def store(self, remote: Remote, instances: Sequence[Instance], title: str = "Something") -> None:
        """Any event, exactly as given; it replaces the one of the same UID."""
        with self._lock:
            held = self._held(remote)
            held.changes += 1
            before = held.events.get(instances[0].uid) or Event(title=title, instances=(), version=0)
            stored = replace(before, title=title, instances=tuple(instances), version=held.changes)
            held.events[instances[0].uid] = stored

    def shift(self, remote: Remote, uid: str, to: Interval) -> None:
        """Its owner moves a single event by hand, which raises SEQUENCE and keeps our tag."""
        with self._lock:
            event = self._event(remote, uid)
            moved = replace(event.first, starts=to.start, when=to, sequence=event.first.sequence + 1)
            self.store(remote, (moved,), event.title)

    def decline(self, remote: Remote, uid: str) -> None:
        """Its owner declines it; it stays in the calendar, as declined invitations do."""
        self.respond(remote, uid, Response.DECLINED)

    def respond(self, remote: Remote, uid: str, response: Response) -> None:
        """Its owner answers it; whose event it is hears of that, if the service delivered it."""
        with self._lock:
            event, declines = self._event(remote, uid), response is Response.DECLINED
            kind, cause = _ANSWERED[response]
            answered = [
                replace(one, blocks=not declines, is_declined=declines, kind=kind, cause=cause)
                for one in event.instances
            ]
            self.store(remote, answered, event.title)
            if event.host is not None:
                self._hears(*event.host, _address(self._held(remote).owner), response)

    def hall_answers(self, address: str, response: Response) -> None:
        """A room answers every invitation that it has."""
        with self._lock:
            self.halls[address] = response
            for remote, held in self._calendars.items():
                for uid in [uid for uid, event in held.events.items() if address in dict(event.guests)]:
                    self._hears(remote, uid, address, response)

    def make_links(self) -> None:
        """The video links that were promised are there."""
        with self._lock:
            self.makes_links = True
            for held in self._calendars.values():
                for uid, event in held.events.items():
                    if event.wants_video and event.link is None:
                        held.changes += 1
                        held.events[uid] = replace(event, link=_link(uid), version=held.changes)

    def drop(self, remote: Remote, uid: str) -> None:
        """It is deleted by hand, or was never there."""
        with self._lock:
            held = self._held(remote)
            held.changes += 1
            held.events.pop(uid, None)

    def delete_calendar(self, remote: Remote) -> None:
        """The whole calendar goes."""
        with self._lock:
            del self._calendars[remote]

    def events(self, remote: Remote) -> list[Instance]:
        """Everything that stands there, as the server itself knows it."""
        with self._lock:
            return [one for event in self._held(remote).events.values() for one in event.instances]

    def trouble(self, user: str, error: OverlapError | None) -> None:
        """From now on every call of that user fails so; None ends it."""
        with self._lock:
            if error is None:
                self._troubles.pop(user, None)
            else:
                self._troubles[user] = error

    def lose_answer(self, user: str) -> None:
        """The next write of that user happens, but its answer never arrives."""
        with self._lock:
            self._losing.add(user)

    def race(self, act: Callable[[], None]) -> None:
        """`act` happens once, between the look and the write of the next put."""
        with self._lock:
            self._race = act

    def forget(self) -> None:
        """Every cursor given so far is expired."""
        with self._lock:
            for held in self._calendars.values():
                held.changes += 1
                held.oldest_cursor = held.changes

    @contextmanager
    def slow(self) -> Iterator[None]:
        """Within the block every call waits; after it all go on."""
        self._open.clear()
        try:
            yield
        finally:
            self._open.set()

    def shown_as(self, uid: str) -> str | None:
        """The UID under which others see an event of ours, where the service does not keep the one it is given."""
        return None if self.abilities.keeps_uid else f"{uid}#memory"

    def _hears(self, remote: Remote, uid: str, address: str, response: Response) -> None:
        held = self._held(remote)
        event = held.events.get(uid)
        if event is not None:
            held.changes += 1
            guests = tuple((one, response if one == address else told) for one, told in event.guests)
            held.events[uid] = replace(event, guests=guests, version=held.changes)

    def _invite(self, remote: Remote, draft: Draft) -> None:
        """Keep whom it invites, deliver it to those who are here, and let rooms answer."""
        event = self._event(remote, draft.uid)
        known = dict(event.guests) if event.first.when == draft.when else {}
        invited = [one.email.lower() for one in draft.invitees if one.is_invited and one.email]
        told = {one: self.halls.get(one, known.get(one, Response.NEEDS_ACTION)) for one in invited}
        wants = event.wants_video or draft.wants_video
        link = _link(draft.uid) if wants and self.makes_links and event.link is None else event.link
        kept = replace(event, guests=tuple(told.items()), wants_video=wants, link=link)
        self._held(remote).events[draft.uid] = kept
        for address, response in told.items():
            for theirs, held in self._calendars.items():
                if _address(held.owner) == address:
                    self._deliver(theirs, (remote, draft.uid), kept, response)
                    break

    def _deliver(self, theirs: Remote, host: tuple[Remote, str], event: Event, response: Response) -> None:
        uid = self.shown_as(event.first.uid) or event.first.uid
        kind, cause = _ANSWERED[response]
        is_declined = response is Response.DECLINED
        shown = replace(event.first, uid=uid, ours=None, kind=kind, cause=cause, is_declined=is_declined)
        self.store(theirs, (replace(shown, blocks=not shown.is_declined),), event.title)
        held = self._held(theirs)
        held.events[uid] = replace(held.events[uid], host=host)

    def _take_back(self, remote: Remote, uid: str) -> None:
        """The organiser's event is gone, and so is every invitation to it."""
        for theirs, held in self._calendars.items():
            for one in [one for one, event in held.events.items() if event.host == (remote, uid)]:
                self.drop(theirs, one)

    def _held(self, remote: Remote) -> Calendar:
        if remote not in self._calendars:
            raise NotFound("This calendar is not there (any more).")
        return self._calendars[remote]

    def _event(self, remote: Remote, uid: str) -> Event:
        return self._held(remote).events[uid]

    @contextmanager
    def _call(self, account: Account) -> Iterator[None]:
        self._open.wait()
        with self._lock:
            self.calls += 1
            if account.user in self._troubles:
                raise self._troubles[account.user]
            if account.password != PASSWORD:
                raise SignInNeeded("The service does not accept this password.")
            yield

    def _answer(self, account: Account) -> None:
        if account.user in self._losing:
            self._losing.remove(account.user)
            raise TryLater("The connection broke before the answer came.")

    def _meanwhile(self) -> None:
        act, self._race = self._race, None
        if act is not None:
            act()


def _address(user: str) -> str:
    return f"{user}@example.org"


def _link(uid: str) -> str:
    return f"https://video.example.org/{uid}"
