"""What Graph knows while it answers: who asks what, and everything that there is.

The levers here change what is answered; those of the HTTP side are in `graph`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from bot.playground.stands.microsoft import strict
from bot.playground.stands.microsoft.deltas import Deltas
from bot.playground.stands.microsoft.directory import Directory, MicrosoftUser
from bot.playground.stands.microsoft.events import Held, Json, told
from bot.playground.stands.microsoft.mailboxes import Mailboxes
from bot.playground.stands.microsoft.push import Push
from bot.playground.stands.microsoft.schedules import Schedules
from bot.playground.stands.microsoft.strict import Refused
from bot.playground.stands.microsoft.tokens import Access

READS = frozenset({"Calendars.ReadBasic", "Calendars.Read", "Calendars.ReadWrite"})
READS_ALL = READS - {"Calendars.ReadBasic"}
WRITES = frozenset({"Calendars.ReadWrite"})
PAGED = frozenset({"$select", "$top", "$skiptoken"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request, once it is known whose it is."""

    user: MicrosoftUser
    access: Access
    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: Json
    named: tuple[str, ...]
    """What the path names."""


@dataclass
class Office:
    """All that there is behind Graph."""

    directory: Directory
    mailboxes: Mailboxes
    deltas: Deltas
    push: Push
    schedules: Schedules
    url: str = ""
    page_limit: int = 1000
    """No page is longer, whatever was asked."""
    blank_pages: bool = False
    """Whether an empty page comes before each."""
    duplicates: str = "conflict"
    """What a transactionId that was used is answered with: `conflict` (409) or `same` (201 with what was made)."""

    def told(self, event: Held) -> Json:
        """All of it, as it shows now."""
        return told(event, has_links=not self.mailboxes.links_wait)

    def needs(self, asked: Asked, scopes: frozenset[str]) -> None:
        """One of them must have been granted to the token."""
        if not scopes & asked.access.scopes:
            raise Refused(403, "ErrorAccessDenied", f"one of {sorted(scopes)}", is_mistake=False)

    def paged(self, asked: Asked, items: list[Json], query: strict.Query) -> Json:
        """A page of them, short, empty or whole, with the link to the next."""
        if self.blank_pages and not query.is_blank:
            return {"value": [], "@odata.nextLink": self._link(asked, f"blank-{query.skip}")}
        size = min(query.top, self.page_limit)
        page = {"value": items[query.skip : query.skip + size]}
        if query.skip + size < len(items):
            page["@odata.nextLink"] = self._link(asked, str(query.skip + size))  # type: ignore[assignment]
        return page

    def _link(self, asked: Asked, skip: str) -> str:
        return f"{self.url}/v1.0{asked.path}?{urlencode({**asked.query, '$skiptoken': skip})}"
