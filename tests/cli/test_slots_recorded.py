"""`overlap slots --proposal ID`: what the bot answered, from what it kept; and the document of it, for anybody else."""

import json
from pathlib import Path
from typing import Any

import pytest

from bot.availability.document import asking, reading
from bot.cli.main import main, parser
from bot.core.proposals import Proposal
from bot.storage import recordings
from bot.storage.migrations import history
from tests.builders import NOW, TENANT, TUESDAY, instance, request
from tests.scheduling.test_recording import asked, has
from tests.scheduling.town import Town


class Recorded:
    """A proposal of a town whose database is where it belongs."""

    def __init__(self, folder: Path, console: pytest.CaptureFixture[bytes]) -> None:
        self.url = f"sqlite:///{folder / 'town.db'}"
        history.upgrade(self.url)
        self.town = Town(folder)
        has(self.town, self.town.ben, instance("09:00-12:00"))
        self.proposal: Proposal = asked(self.town, request("ben", last=TUESDAY))
        self._console = console

    def told(self, *words: str, url: str = "") -> tuple[int, Any]:
        """The exit status, and what stood on standard output."""
        chosen = parser().parse_args(["slots", *words])
        self._console.readouterr()
        status = chosen.run(chosen, {"OVERLAP_DATABASE_URL": url or self.url})
        told = self._console.readouterr()
        assert told.err == b""
        return status, json.loads(told.out)


@pytest.fixture
def recorded(tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> Recorded:
    return Recorded(tmp_path, capsysbinary)


def test_it_gives_the_slots_that_were_offered_in_their_order(recorded: Recorded) -> None:
    status, answer = recorded.told("--proposal", recorded.proposal.id)
    offered = [f"{one.when.start:%Y-%m-%dT%H:%M:%SZ}" for one in recorded.proposal.slots]
    scores = [sum(point.points for point in one.points) for one in recorded.proposal.slots]
    assert status == 0
    assert [one["start"] for one in answer["slots"]] == offered
    assert [one["score"] for one in answer["slots"]] == scores
    assert answer["rests_on"]["oldest"] == "2026-12-01T08:00:00Z"


def test_its_document_is_answered_the_same_wherever_it_goes(recorded: Recorded, tmp_path: Path) -> None:
    status, document = recorded.told("--proposal", recorded.proposal.id, "--document")
    file = tmp_path / "world.json"
    file.write_text(json.dumps(document))
    assert status == 0
    assert recorded.told(str(file)) == recorded.told("--proposal", recorded.proposal.id)
    assert recorded.told(str(file), "--all") == recorded.told("--proposal", recorded.proposal.id, "--all")


def test_it_says_why_a_time_was_not_offered(recorded: Recorded) -> None:
    words = ("--proposal", recorded.proposal.id, "--explain", "2026-12-01T11:00:00Z")
    because = [{"who": recorded.town.ben, "code": "busy", "until": "2026-12-01T12:00:00Z"}]
    assert recorded.told(*words) == (0, {"fits": False, "because": because})


def test_what_was_forgotten_is_said_to_be(recorded: Recorded) -> None:
    with recorded.town.database.transaction() as tx:
        recordings.forget(tx, NOW + recordings.KEPT_FOR * 2)
    for name in (recorded.proposal.id, "no such one"):
        status, answer = recorded.told("--proposal", name)
        assert (status, answer["error"]["code"], answer["error"]["field"]) == (2, "unknown_proposal", "--proposal")


def test_where_there_is_no_database_none_is_made(recorded: Recorded, tmp_path: Path) -> None:
    status, answer = recorded.told("--proposal", "x", url=f"sqlite:///{tmp_path / 'elsewhere.db'}")
    assert (status, answer["error"]["code"]) == (2, "unreadable")
    assert not (tmp_path / "elsewhere.db").exists()


@pytest.mark.parametrize("content", [b"", b"not a database at all, but long enough to look at" * 40])
def test_a_file_that_is_no_database_of_ours_is_refused(content: bytes, recorded: Recorded, tmp_path: Path) -> None:
    (tmp_path / "other.db").write_bytes(content)
    status, answer = recorded.told("--proposal", "x", url=f"sqlite:///{tmp_path / 'other.db'}")
    assert (status, answer["error"]["code"]) == (2, "unreadable")


def test_one_may_give_a_document_or_name_a_proposal(capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["slots"], ["slots", "-", "--proposal", "x"]):
        with pytest.raises(SystemExit):
            main(words)
    assert "--proposal" in capsys.readouterr().err


def test_a_document_can_be_read_after_it_was_written(recorded: Recorded) -> None:
    _, document = recorded.told("--proposal", recorded.proposal.id, "--document")
    world = reading.read(json.dumps(document).encode())
    assert [one.person for one in asking.search_of(world).people] == [recorded.town.ana, recorded.town.ben]
    assert TENANT not in json.dumps(document)
