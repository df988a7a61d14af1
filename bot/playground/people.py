"""Who lives in the demo."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Resident:
    """Somebody with a chat account and a calendar account."""

    handle: str
    name: str
    zone: str
    slack_id: str
    server: str
    """Which calendar server holds their account."""
    google: str = ""
    """The address of a Google account that is theirs too."""
    microsoft: str = ""
    """The address of a Microsoft account that is theirs too."""

    @property
    def email(self) -> str:
        """Their address, and, as at most services, what they sign in to their calendars with."""
        return f"{self.handle}@acme.example"


OFFICE, KIMS = "office", "kim"

RESIDENTS = (
    Resident(
        handle="ana",
        name="Ana Brandt",
        zone="Europe/Berlin",
        slack_id="U0DEMOANA1",
        server=OFFICE,
        google="ana.brandt@gmail.example",
    ),
    Resident(
        handle="alex",
        name="Alex Rivera",
        zone="America/New_York",
        slack_id="U0DEMOALEX",
        server=OFFICE,
        microsoft="alex.rivera@outlook.example",
    ),
    Resident(handle="sam", name="Sam Okafor", zone="Europe/London", slack_id="U0DEMOSAM1", server=OFFICE),
    Resident(handle="kim", name="Kim Rao", zone="Asia/Kolkata", slack_id="U0DEMOKIM1", server=KIMS),
)
