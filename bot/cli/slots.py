"""`overlap slots`: the search by itself, from one JSON document to another; no database, no network.

Only where a proposal's recording is asked for is a database opened, and read.
"""

import argparse
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bot.availability.document.answering import Worded
    from bot.availability.document.world import World
    from bot.availability.terms import Search

ABOUT = """\
Find the times at which everybody in a JSON document can meet, and say of each how everybody stands to it.

  overlap slots WORLD.json                                  the best slots, best first
  overlap slots WORLD.json --all                            every start that fits, by time
  overlap slots WORLD.json --explain 2026-12-01T10:00:00Z   why that start fits, or everything against it
  … | overlap slots -                                       the same, from standard input

  overlap slots --proposal ID                               what the bot answered to that request when it last looked
  overlap slots --proposal ID --document                    the document of it, so that it can be asked elsewhere

The answer is one JSON document on standard output. The exit status is 0, also where nothing fits, and 2 where the
document is wrong: the answer is then {"error": {"code", "field", "person", "message"}}.
It needs no database and no network; only a proposal's recording is read from the database of OVERLAP_DATABASE_URL,
where it is kept for 7 days, and no longer than the calendars behind it are connected.
docs/reference/slots.md describes both documents.
"""


def add(commands: Any) -> None:
    """The command and its words."""
    command = commands.add_parser(
        "slots",
        help="search a JSON document for times, or have one explained",
        description=ABOUT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    asked = command.add_mutually_exclusive_group(required=True)
    asked.add_argument("world", metavar="WORLD.json", nargs="?", help="the document; - is standard input")
    asked.add_argument("--proposal", metavar="ID", help="what was recorded of that proposal, instead of a document")
    command.add_argument("--all", action="store_true", help="every feasible start by time, whatever the limit")
    command.add_argument("--explain", metavar="INSTANT", help="one start, as in 2026-12-01T10:00:00Z")
    command.add_argument("--document", action="store_true", help="the document itself instead of its answer")
    command.set_defaults(run=run)


def run(chosen: argparse.Namespace, environment: Mapping[str, str]) -> int:
    """Answer, or say what is wrong; 2 when something is."""
    from bot.availability.document.answering import complaint
    from bot.availability.document.wrong import Wrong

    try:
        _tell(_answered(chosen, environment))
    except Wrong as wrong:
        _tell([complaint(wrong)])
        return 2
    except BrokenPipeError:
        # Whoever reads has read enough, as head does; Python would complain once more when it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def _answered(chosen: argparse.Namespace, environment: Mapping[str, str]) -> Iterable[bytes]:
    from bot.availability.document import answering, asking, instants, reading, writing

    if chosen.proposal is not None:
        world = _recorded(chosen.proposal, environment)
    else:
        world = reading.read(_document(chosen.world, reading.MOST_BYTES + 1))
    search = asking.search_of(world)
    if chosen.document:
        return [writing.written(world)]
    if chosen.explain is not None:
        return [answering.explanation(search, instants.instant(chosen.explain, "--explain"))]
    if chosen.all:
        return answering.answer_all(world, search)
    return answering.answer(world, search, _words(search))


def _recorded(proposal: str, environment: Mapping[str, str]) -> "World":
    """The document that was kept with that proposal."""
    from bot.availability.document.wrong import Fault, Wrong
    from bot.core.errors import NotFound
    from bot.core.ids import ProposalId
    from bot.scheduling import recording
    from bot.storage.database import Database
    from bot.storage.migrations import history
    from bot.wiring import settings

    url = settings.database_url(environment)
    if not history.is_newest(url):
        message = "There is no database of this version at OVERLAP_DATABASE_URL."
        raise Wrong(Fault.UNREADABLE, "--proposal", message)
    database = Database(url)
    try:
        with database.reading() as tx:
            return recording.document(tx, ProposalId(proposal))
    except NotFound as error:
        raise Wrong(Fault.UNKNOWN_PROPOSAL, "--proposal", str(error)) from error
    finally:
        database.close()


def _document(name: str, most: int) -> bytes:
    """What stands there, and never more than that of it."""
    from bot.availability.document.wrong import Fault, Wrong

    try:
        if name == "-":
            with open(0, "rb", closefd=False) as given:
                return given.read(most)
        with Path(name).open("rb") as file:
            return file.read(most)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "there can be no such file"
        raise Wrong(Fault.UNREADABLE, "", f"The document cannot be read: {why}.") from error


def _words(search: "Search") -> "Worded":
    """Everybody by their id, since a document has no names."""
    from datetime import timedelta

    from bot.availability.clock import zone_at
    from bot.availability.document.answering import Worded
    from bot.language.wording import reasons

    called = {one.person: str(one.person) for one in search.people}
    asked = timedelta(seconds=search.length)
    return Worded(
        point=lambda point: reasons.spelled(point, called),
        way=lambda way: reasons.way(
            way, asked, called, {one.person: zone_at(one.rules, way.start) for one in search.people}
        ),
    )


def _tell(pieces: Iterable[bytes]) -> None:
    """Piece by piece, as they are found."""
    sys.stdout.flush()
    for piece in _ended(pieces):
        sys.stdout.buffer.write(piece)
    sys.stdout.buffer.flush()


def _ended(pieces: Iterable[bytes]) -> Iterator[bytes]:
    yield from pieces
    yield b"\n"
