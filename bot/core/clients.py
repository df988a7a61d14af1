"""Our registrations at calendar services: what makes an OAuth provider available here at all."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class GoogleClient:
    """An OAuth client of a Google Cloud project."""

    client_id: str
    client_secret: str = field(repr=False)
    api_url: str = ""
    """Takes the place of `https://www.googleapis.com` and of the Admin SDK's host; empty for Google's own."""
    oauth_url: str = ""
    """Takes the place of Google's three OAuth hosts: below it are `/o/oauth2/v2/auth`, `/token` and `/revoke`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MicrosoftClient:
    """An application in Microsoft Entra, for accounts of any organisation and personal ones."""

    client_id: str
    client_secret: str = field(repr=False)
    graph_url: str = "https://graph.microsoft.com"
    authority: str = "https://login.microsoftonline.com/common"
