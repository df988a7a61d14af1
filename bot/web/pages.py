"""Pages, drawn on the server: templates that escape everything, and headers that let nothing else in."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from starlette.responses import HTMLResponse

from bot.core.people import Person
from bot.core.rules import WorkingHours
from bot.web.forms import DAYS, Form, spans

if TYPE_CHECKING:
    from jinja2 import Environment

HERE = Path(__file__).parent
STATIC = HERE / "static"

HEADERS: Mapping[str, str] = MappingProxyType(
    {
        "Cache-Control": "no-store",
        "Content-Security-Policy": (
            "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none';"
            " frame-ancestors 'none'"
        ),
        "Cross-Origin-Opener-Policy": "same-origin",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "X-Robots-Tag": "noindex",
    }
)

PLATFORMS: Mapping[str, str] = MappingProxyType({"slack": "Slack", "teams": "Teams", "memory": "chat"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Who:
    """A person as a page names them, so that a link that was passed on is noticed."""

    name: str
    initial: str
    email: str | None
    platform: str
    workspace: str
    at: str
    """Where their account is, as it is said behind the word; empty where the workspace's name is not known."""
    command: str
    """What they type to get here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """One weekday's row in the form."""

    number: int
    name: str
    is_on: bool
    spans: tuple[tuple[str, str], ...]
    """From and to, as often as that day has hours."""


@dataclass(frozen=True, slots=True)
class Pages:
    """Draws a page; `base` is the path under which the outside reaches us."""

    base: str

    def draw(self, template: str, *, status: int = 200, **shown: object) -> HTMLResponse:
        """That template with what it shows, and nothing that a browser could keep or pass on."""
        body = _environment().get_template(f"{template}.html").render(base=self.base, style=_style(), **shown)
        return HTMLResponse(body, status_code=status, headers=dict(HEADERS))

    def notice(self, status: int, title: str, *words: str, again: str = "") -> HTMLResponse:
        """A page that only says something: what happened, and what to do; `again` is the page of its button."""
        return self.draw("notice", status=status, title=title, words=words, again=again)


def who(person: Person, workspace_name: str | None) -> Who:
    """How a page names that person; a workspace whose name is not known goes by its id."""
    platform, _, workspace = person.tenant.partition(":")
    return Who(
        name=person.name,
        initial=person.name.strip()[:1].upper(),
        email=person.email,
        platform=PLATFORMS.get(platform, platform.capitalize()),
        workspace=workspace_name or workspace,
        at=f" at {workspace_name}" if workspace_name else "",
        command="/meet connect" if platform == "slack" else "meet connect",
    )


def days(hours: WorkingHours) -> list[Day]:
    """The rows of a week; a day off keeps nine to five, for whoever ticks it."""
    rows: list[Day] = []
    for number, name in enumerate(DAYS):
        spans = tuple((f"{span.start:%H:%M}", f"{span.end:%H:%M}") for span in hours.on(number))
        rows.append(Day(number=number, name=name, is_on=bool(spans), spans=spans or (("09:00", "17:00"),)))
    return rows


def typed_days(form: Form) -> list[Day]:
    """The rows of a week as they were filled in."""
    return [
        Day(number=number, name=name, is_on=bool(form.one(f"on-{number}")), spans=tuple(spans(form, number)))
        for number, name in enumerate(DAYS)
    ]


def week(hours: WorkingHours) -> list[str]:
    """The hours in few words: "Monday – Friday 09:00–17:00"; days that are alike and follow each other together."""
    told: list[str] = []
    for its, run in groupby(range(7), key=hours.on):
        numbers = list(run)
        name = DAYS[numbers[0]] if len(numbers) == 1 else f"{DAYS[numbers[0]]} – {DAYS[numbers[-1]]}"
        if its:
            told.append(f"{name} {', '.join(f'{span.start:%H:%M}–{span.end:%H:%M}' for span in its)}")
    return told or ["none"]


@lru_cache(maxsize=1)
def _environment() -> "Environment":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # nobody waits for it before the first page

    return Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@lru_cache(maxsize=1)
def _style() -> str:
    """The style sheet's name for this version of it, so that browsers may keep it."""
    return hashlib.sha256((STATIC / "overlap.css").read_bytes()).hexdigest()[:12]
