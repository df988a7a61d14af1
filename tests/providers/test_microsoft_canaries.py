"""Nothing that opens an account, and nothing that stands in one, reaches a log or an error's words."""

import logging
from dataclasses import replace

import pytest

from bot.core.errors import OverlapError
from bot.core.events import Response
from bot.providers.base import shared
from tests.contracts.microsoft_stage import dead, signed_in
from tests.providers.microsoft import ALEX, DRAFT, HOME, NINE, TEN, WINDOW, ZONE, again, drafted, guest, world

CANARY = "canary-7f3a"


def test_nothing_secret_or_private_is_said(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    caplog.set_level(logging.DEBUG, "bot")
    said: list[str] = []
    with world() as one:
        theirs = one.stand.calendar(ALEX)
        one.stand.place(theirs, NINE.start, NINE.end, f"{CANARY} title", show_as="unheardOf")
        one.stand.place(one.remote, TEN.start, TEN.end, f"{CANARY} title", show_as="unheardOf", ical_uid="x")
        invited = drafted(
            title=f"{CANARY} ours", invitees=(guest(f"{CANARY}@elsewhere.example"), guest(ALEX)), wants_video=True
        )
        here = one.read().cursor
        assert here is not None
        one.opened.put(one.remote, invited)
        one.opened.title(one.remote, "x", TEN.start)
        one.opened.read(shared(ALEX), WINDOW, ZONE)
        broken = again(one, replace(one.account, grant=dead(one.account.grant)))
        calls = [
            lambda: one.opened.answer(one.remote, "x", Response.DECLINED),
            lambda: one.opened.read(shared(f"{CANARY}@elsewhere.example"), WINDOW, ZONE),
            lambda: one.opened.put(one.remote, replace(invited, title=f"{CANARY} again")),
            lambda: one.opened.changed(one.remote, here),
            broken.health,
        ]
        for status in (None, 400, 403, 409, 412, 429, 500):
            for call in calls:
                if status is not None:
                    one.stand.graph.fail(status, f"{CANARY}", path="/me")
                try:
                    call()
                except OverlapError as error:
                    said.append(f"{error} {error!r}")
        one.stand.graph.mend()
        broken.close()
        signed_in(one.stand, HOME)
        secrets = [*one.stand.tokens.accesses, *one.stand.tokens.refreshes, *one.stand.deltas.tokens]
        secrets += [*one.stand.tokens.codes, one.stand.directory.client_secret, HOME, ALEX, "ana@acme"]
    assert len(said) > 10
    words = "\n".join([*said, *(record.getMessage() for record in caplog.records), caplog.text])
    assert not [each for each in [*secrets, f"{CANARY} ", f"{CANARY}@", DRAFT.description] if each in words]
