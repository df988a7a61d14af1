"""The whole demo on its feet: calendar servers, stand-ins for Slack and Teams, and the bot between them."""

import base64
import secrets
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.playground.process import BotProcess, free_port
from bot.playground.stands.slack.people import SlackUser
from bot.playground.stands.slack.stand import SlackStand
from bot.playground.stands.teams.office import TeamsUser
from bot.playground.stands.teams.stand import TeamsStand
from bot.playground.world import Account, World

SYNC_SECONDS = 2
MEETING_URL = "https://meet.example.com/{id}"

EXTRAS = (
    SlackUser(id="U0DEMOBO01", handle="bo", name="Bo Lund", tz="Europe/Oslo", email="bo@acme.example"),
    SlackUser(id="U0DEMODEP1", handle="deploybot", name="Deploy bot", is_bot=True),
    SlackUser(id="U0DEMOLI01", handle="li", name="Li Wei", is_deactivated=True),
    SlackUser(id="U0DEMOGUE1", handle="gus", name="Gus Guest", tz="Europe/Paris", is_guest=True),
)
"""Who else is in the workspace: nobody of them has a calendar here."""


@dataclass(frozen=True)
class Stage:
    """Everything that runs."""

    world: World
    slack: SlackStand
    teams: TeamsStand
    bot: BotProcess


@contextmanager
def stage(
    *,
    sync_seconds: float = SYNC_SECONDS,
    settings: Mapping[str, str] | None = None,
    hosts: Sequence[str] = (),
    by_socket: bool = False,
) -> Iterator[Stage]:
    """Start everything, and stop everything that was started, whatever happens between.

    `hosts` are further calendar hosts that the bot may contact although they are on loopback. `by_socket`: Slack
    reaches the bot by Socket Mode.
    """
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="overlap-")))
        world = World()
        world.start()
        stack.callback(world.stop)
        slack = SlackStand([*map(_slack_user, world.accounts.values()), *EXTRAS], by_socket=by_socket)
        stack.enter_context(slack)
        teams = stack.enter_context(TeamsStand([*map(_teams_user, world.accounts.values())]))
        port = free_port()
        bot = BotProcess(
            environment={
                **_environment(folder, port, [*world.hosts, *hosts], sync_seconds),
                **world.environment,
                **slack.environment,
                **teams.environment,
            }
            | dict(settings or {}),
            port=port,
            folder=folder,
        )
        slack.bot_url = teams.bot_url = bot.url
        stack.callback(bot.stop)
        bot.start()
        yield Stage(world, slack, teams, bot)


def _environment(folder: Path, port: int, hosts: Sequence[str], sync_seconds: float) -> dict[str, str]:
    return {
        "OVERLAP_DATABASE_URL": f"sqlite:///{folder}/overlap.sqlite3",
        "OVERLAP_KEYS": f"demo:{base64.b64encode(secrets.token_bytes(32)).decode()}",
        "OVERLAP_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "OVERLAP_HOST": "127.0.0.1",
        "OVERLAP_PORT": str(port),
        "OVERLAP_ALLOW_PRIVATE_HOSTS": ",".join(hosts),
        "OVERLAP_SYNC_SECONDS": str(sync_seconds),
        "OVERLAP_MEETING_URL_TEMPLATE": MEETING_URL,
    }


def _slack_user(account: Account) -> SlackUser:
    return SlackUser(
        id=account.slack_id, handle=account.handle, name=account.name, tz=account.zone, email=account.email
    )


def _teams_user(account: Account) -> TeamsUser:
    return TeamsUser(handle=account.handle, name=account.name, email=account.email, tz=account.zone)
