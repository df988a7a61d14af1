"""Writes docs/how-to/admins.md: what an administrator asks, from the code that asks for it."""

from pathlib import Path

from bot.cli.scopes import Section, sections

PAGE = Path(__file__).parent.parent / "docs" / "how-to" / "admins.md"

HEAD = """# For administrators

<!-- Written by scripts/write_admins.py from the code that asks; `make fix` writes it anew. -->

Overlap finds meeting times that are free on every calendar that people keep, and books the one they choose. It runs on
a server of yours: nothing goes to anybody else. This page says what it asks for, why, what it keeps, and where to
click. What a person has not connected, Overlap cannot see; other people's titles are never stored, shown or logged.

`OVERLAP_PROVIDERS` limits which calendars may be connected, `OVERLAP_ACCOUNT_DOMAINS` to which domains an account must
belong, and `OVERLAP_CONSENT=freebusy` asks nobody for more than when they are busy. Whatever is not allowed is not
shown. `OVERLAP_ADMINS` names who may import rooms, besides those whom the platform calls administrators.

## Slack

1. `overlap manifest slack --url https://overlap.example.com` prints the manifest (`--socket` where Slack cannot reach
   the server). api.slack.com/apps → Create New App → From a manifest → paste it.
2. Basic Information → App Credentials → Signing Secret: `OVERLAP_SLACK_SIGNING_SECRET`. With `--socket` instead: Basic
   Information → App-Level Tokens → Generate, with `connections:write`: `OVERLAP_SLACK_APP_TOKEN`, and
   `OVERLAP_SLACK_TRANSPORT=socket`.
3. Install App → Install to Workspace → Bot User OAuth Token: `OVERLAP_SLACK_BOT_TOKEN`.
4. Where apps need approval: Settings & administration → Manage apps → App approval → Approve.

## Microsoft Teams

1. portal.azure.com → Create a resource → Azure Bot, with the messaging endpoint
   `https://overlap.example.com/teams/messages`, and Channels → Microsoft Teams. The app id and a client secret are
   `OVERLAP_TEAMS_APP_ID` and `OVERLAP_TEAMS_APP_PASSWORD`.
2. `overlap manifest teams --url … --app-id … --package overlap.zip`; then admin.teams.microsoft.com → Teams apps →
   Manage apps → Actions → Upload new app.
3. Teams apps → Permission policies or App centric management → allow it for whom it is meant.

## Google Calendar

A project of your own keeps it in the family:

1. console.cloud.google.com → a new project → APIs & Services → Library → **Google Calendar API** → Enable (and **Admin
   SDK API**, should rooms be imported from the directory).
2. APIs & Services → OAuth consent screen → User type **Internal**: only accounts of your Workspace, no verification by
   Google, no limit of 100 people, and no grant that ends after seven days, as it does while an External app is in
   *Testing*.
3. Credentials → Create credentials → OAuth client ID → Web application, with the redirect address
   `https://overlap.example.com/connect/google/callback`: `OVERLAP_GOOGLE_CLIENT_ID` and `OVERLAP_GOOGLE_CLIENT_SECRET`.
4. Where third-party access is restricted: admin.google.com → Security → Access and data control → API controls →
   Manage Third-Party App Access → Add app by its client id → **Trusted**.
5. For push, the server needs a public https address with a valid certificate; without one Google is polled.

## Microsoft 365 and Outlook.com

1. entra.microsoft.com → Identity → Applications → App registrations → New registration. Supported account types:
   *Accounts in any organizational directory and personal Microsoft accounts*. Redirect address (Web):
   `https://overlap.example.com/connect/microsoft/callback`; a second one,
   `https://overlap.example.com/connect/microsoft/admin`, for the consent of an administrator.
2. Certificates & secrets → New client secret: `OVERLAP_MICROSOFT_CLIENT_SECRET`; the application id is
   `OVERLAP_MICROSOFT_CLIENT_ID`. Note when the secret ends: afterwards nobody's calendar can be read.
3. API permissions → Microsoft Graph → Delegated → the permissions below.
4. Where people may not consent themselves, they are shown a link for you: it allows everything at once for the whole
   organisation, and whoever waited goes on by themselves. The same by hand: Enterprise applications → Overlap →
   Permissions → Grant admin consent.

## Everything that is asked for

"""


def section(told: Section) -> str:
    """One service as a table."""
    rows = "".join(f"| `{one.scope}` | {one.why} | {one.when} | {one.stored} |\n" for one in told.asks)
    heads = "| Scope | Why | When it is asked | What is stored, how long |\n|---|---|---|---|\n"
    return f"### {told.title}\n\n{told.about}\n\n{heads}{rows}\n"


def page() -> str:
    """The whole page."""
    return HEAD + "".join(section(told) for told in sections()).rstrip() + "\n"


def main() -> None:
    """Write it."""
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(page())


if __name__ == "__main__":
    main()
