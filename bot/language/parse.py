"""What somebody wants, from what they typed: a request, a command, or what of it we did not understand.

Nothing is ever dropped in silence: each token belongs to a component, is a filler, or makes the answer `Unclear`, with
their own words and an example that works. The work grows with the length of the text and with nothing else.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from bot.core.requests import PLACEHOLDER, Marked, Named, Request, Source, Window
from bot.language.clean import clean, without_placeholders
from bot.language.examples import attempts, healed, people, quoted, understood
from bot.language.heard import Heard, Line, hear, is_filler
from bot.language.lexicon import en
from bot.language.tokens import Kind, tokens, word_at
from bot.language.trouble import Code, Trouble
from bot.language.when import Hours, Said, clock_at, read, words_of
from bot.language.window import OPEN, resolve

MAX_CHARACTERS = 1_000
MAX_PEOPLE = 100
DEFAULT_LENGTH = timedelta(minutes=30)
DEFAULT_WINDOW = "the next 7 days"


@dataclass(frozen=True, slots=True)
class Command:
    """A way to call us, as a manifest names it; every `verb` and `hint` together parse."""

    verb: str
    hint: str
    description: str


COMMANDS = (
    Command("meet", "@name 30m next week", "Find a time that is free for everyone, and book it"),
    Command(en.CONNECT, "", "Connect a calendar, or change what counts as busy"),
    Command(en.STATUS, "", "See your calendars, how fresh they are, and what is wrong"),
    Command(en.ROOMS, "", "See the rooms that can be booked, and how"),
    Command(en.SETTINGS, "", "Set your hours, lunch, days off, and all else that decides when you are offered"),
    Command(en.WHY, "", "See why your last times were offered; why not 15:00 tells of one that was not"),
    Command(en.HELP, "", "See what you can ask for"),
)


@dataclass(frozen=True, slots=True)
class Meet:
    """A time is wanted."""

    request: Request


@dataclass(frozen=True, slots=True)
class Help:
    """What can be asked."""


@dataclass(frozen=True, slots=True)
class Connect:
    """A calendar is to be connected."""


@dataclass(frozen=True, slots=True)
class Status:
    """How one's calendars are."""


@dataclass(frozen=True, slots=True)
class Rooms:
    """Which rooms there are."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How one wants to be scheduled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """Why the last times were offered; or, with a clock, why that one was not."""

    clock: time | None = None
    day: date | None = None
    """None: any day that was asked about."""
    missed: str = ""
    """What of the question was not understood, in their words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unclear:
    """Not understood, or not possible: to be answered with what was, what was not, and an example that works."""

    code: Code
    understood: str
    """What was read, in their words: "30m with @alex"."""
    missed: str
    """What it stumbled over, in their words, at most 40 characters."""
    example: str
    """Their own request, made right."""
    hint: str = ""
    """A fact about what was missed: "a Wednesday", "30 Nov or 1 Dec", "tomorrow"."""


Ordered = Help | Connect | Status | Rooms | Settings | Why
Intent = Meet | Ordered | Unclear


def understand(said: Marked, *, now: datetime, zone: str, command: str) -> Intent:
    """What they want; `command` is how they call us, for the examples."""
    read = _read(said, now, zone)
    if not isinstance(read, _Misread):
        return read
    heard, trouble = read.heard, read.trouble
    tries = attempts(heard, trouble)
    works = next(one for one in tries if isinstance(_read(_with_somebody(one), now, zone), Meet))
    return Unclear(
        code=trouble.code,
        understood=understood(heard),
        missed=quoted(trouble.words),
        example=f"{command} {people(heard)} {works}",
        hint=trouble.hint,
    )


@dataclass(frozen=True, slots=True)
class _Misread:
    """What was heard, and what is wrong with it."""

    heard: Heard
    trouble: Trouble


def _read(said: Marked, now: datetime, zone: str) -> Meet | Ordered | _Misread:
    if (limit := _limit(said)) is not None:
        return _Misread(Heard(), limit)
    text = clean(said.text)
    line = _addressed(tokens(text))
    if word_at(line, 0) == en.WHY:
        return _why(text, line[1:], now, zone)
    spoken = _spoken(line)
    if spoken is not None:
        return spoken
    heard = hear(text, line, said.named)
    if heard.is_nothing:
        return Help()
    window = resolve(heard.when, now=now, zone=zone)
    if isinstance(window, Trouble):
        return _Misread(heard, _length_trouble(heard) or window)
    trouble = _length_trouble(heard) or _trouble(heard, window)
    return Meet(_request(heard, window)) if trouble is None else _Misread(heard, trouble)


def _with_somebody(words: str) -> Marked:
    return Marked(f"{PLACEHOLDER} {words}", (Named(Source.HANDLE, "somebody", "@somebody"),))


def _limit(said: Marked) -> Trouble | None:
    if (count := len(said.named)) > MAX_PEOPLE:
        hint = f"{count} people; I look at up to {MAX_PEOPLE}"
        return Trouble(code=Code.TOO_MANY_PARTICIPANTS, words="", hint=hint)
    if (count := max(len(said.text), len(clean(said.text[: MAX_CHARACTERS + 1])))) > MAX_CHARACTERS:
        hint = f"{count:,} characters; I read up to {MAX_CHARACTERS:,}"
        return Trouble(code=Code.TOO_LONG, words=clean(without_placeholders(said.text[:100])), hint=hint)
    return None


def _addressed(line: Line) -> Line:
    """What is said to us, without our name."""
    return line[1:] if word_at(line, 0) in en.CALLS else line


def _why(text: str, line: Line, now: datetime, zone: str) -> Why:
    """A question for a reason: about all that was offered, or about one time."""
    clock: time | None = None
    days: list[Said] = []
    missed = ""
    at = 0
    while at < len(line):
        if (pieces := read(line, at)) is not None and not any(isinstance(one, Hours) for one in pieces[0]):
            end = pieces[1]
            days += [Said(piece, text[line[at].start : line[end - 1].end]) for piece in pieces[0]]
        elif (found := clock_at(line, at)) is not None:
            clock, end = found
        else:
            end = at + 1
            if line[at].word not in en.WHY_FILLERS and line[at].kind is not Kind.SIGN:
                missed = missed or text[line[at].start : line[at].end]
        at = end
    window = resolve(days, now=now, zone=zone) if days else None
    if isinstance(window, Trouble):
        return Why(clock=clock, missed=window.words)
    return Why(
        clock=clock, day=window.first if window is not None and window.first == window.last else None, missed=missed
    )


def _spoken(line: Line) -> Connect | Status | Rooms | Settings | Help | None:
    """A command of its own: its verb and nothing else that means something; help when nothing is said at all."""
    if any(token.word not in en.COMMAND_FILLERS and not is_filler(token) for token in line[1:]):
        return None
    match word_at(line, 0):
        case en.CONNECT:
            return Connect()
        case en.STATUS:
            return Status()
        case en.ROOMS:
            return Rooms()
        case en.SETTINGS:
            return Settings()
        case "" | en.HELP | "?":
            return Help()
        case _:
            return None


def _trouble(heard: Heard, window: Window) -> Trouble | None:
    """The first thing that is wrong, the most telling before the rest."""
    if heard.missed:
        words = heard.missed[0]
        return Trouble(code=Code.NOT_UNDERSTOOD, words=words, hint=healed(words))
    if not heard.people:
        return Trouble(code=Code.NO_PARTICIPANTS, words="")
    if _room(window) < heard.length(DEFAULT_LENGTH):
        days = words_of(one for one in heard.when if not isinstance(one.piece, Hours))
        return Trouble(code=Code.WINDOW_TOO_SHORT, words=heard.when_words, instead=days)
    return None


def _length_trouble(heard: Heard) -> Trouble | None:
    for length, words in heard.lengths:
        if not length.is_possible:
            return Trouble(code=Code.INVALID_DURATION, words=words)
    if len({length for length, _ in heard.lengths}) > 1:
        return Trouble(code=Code.CONFLICTING_DURATION, words=" and ".join(words for _, words in heard.lengths))
    return None


def _room(window: Window) -> timedelta:
    """How long the hours of each of its days are, by the clock."""
    start = timedelta(hours=window.from_time.hour, minutes=window.from_time.minute)
    end = timedelta(hours=window.to_time.hour, minutes=window.to_time.minute)
    return (timedelta(days=1) if window.to_time == OPEN else end) - start


def _request(heard: Heard, window: Window) -> Request:
    return Request(
        people=tuple(heard.people),
        length=heard.length(DEFAULT_LENGTH),
        window=window,
        when_words=heard.when_words if _names_a_day(heard) else f"{DEFAULT_WINDOW} {heard.when_words}".strip(),
        title=heard.title,
    )


def _names_a_day(heard: Heard) -> bool:
    return any(not isinstance(one.piece, Hours) for one in heard.when)
