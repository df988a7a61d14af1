"""Writes docs/how-to/admins.md: what an administrator asks, from the code that asks for it."""

from pathlib import Path

from bot.cli.scopes import Section, sections

PAGE = Path(__file__).parent.parent / "docs" / "how-to" / "admins.md"

HEAD = """# For administrators

<!-- Written by scripts/write_admins.py from the code that asks; `make fix` writes it anew. -->

Overlap finds meeting times that are free on every calendar that people keep, and books the one they choose. It runs on
a server of yours: nothing goes to anybody else. This page says what it asks for, why, what it keeps, and where to
click. What a person has not connected, Overlap cannot see; other people's titles are never stored, shown or logged.

With each answer it keeps what the answer rests on, so that doubts can be looked into: the length and the time asked
for, everybody's rules, and when they were busy, by ids of its own and without any title or name. That is dropped after
7 days, and at once when an account behind it is disconnected or one of its people leaves. Whoever can read the server's
database can [ask it again](../reference/slots.md#what-the-bot-answered).

`OVERLAP_PROVIDERS` limits which calendars may be connected, `OVERLAP_ACCOUNT_DOMAINS` to which domains an account must
belong. Whatever is not allowed is not shown; an account that was connected before is not read any more, which its
owner is told once. `OVERLAP_CONSENT=freebusy` asks nobody for more than when they are busy,
until a booking has to be written. `OVERLAP_ADMINS` names who may add rooms, besides those whom the platform calls
administrators. Every variable: [settings](../reference/settings.md). The same list of permissions in a terminal:
`overlap scopes`.

In the addresses below, `https://overlap.example.com` stands for your `OVERLAP_PUBLIC_URL`, with its path if it has one.
They must match to the letter: a redirect address with a slash more is another one. What works without a public address:
[push](push.md). What people see of all this: [calendars](calendars.md).

## Slack

1. `overlap manifest slack --url https://overlap.example.com` prints the manifest (`--socket` where Slack cannot reach
   the server). api.slack.com/apps → Create New App → From a manifest → paste it.
2. Basic Information → App Credentials → Signing Secret: `OVERLAP_SLACK_SIGNING_SECRET`. With `--socket` instead: Basic
   Information → App-Level Tokens → Generate Token and Scopes → Add Scope → `connections:write` → Generate:
   `OVERLAP_SLACK_APP_TOKEN`, and `OVERLAP_SLACK_TRANSPORT=socket`.
3. Install App → Install to Workspace → Allow → Bot User OAuth Token: `OVERLAP_SLACK_BOT_TOKEN`.
4. Where apps need approval, whoever installs it is asked to send a request. Approve it under: the workspace's name →
   Tools & settings → Manage apps → Requests → Approve.

Slack's own administrators and owners may add rooms.

## Microsoft Teams

1. portal.azure.com → Create a resource → Azure Bot → Type of app: Single tenant. Configuration → Microsoft App ID:
   `OVERLAP_TEAMS_APP_ID`; Manage Password → New client secret: `OVERLAP_TEAMS_APP_PASSWORD`; the App Tenant ID:
   `OVERLAP_TEAMS_TENANTS`.
2. Configuration → Messaging endpoint: `https://overlap.example.com/api/messages`. Channels → Microsoft Teams → Apply.
   Microsoft must reach it: a public https address.
3. `overlap manifest teams --url https://overlap.example.com --app-id … --package overlap.zip`; then
   admin.teams.microsoft.com → Teams apps → Manage apps → Actions → Upload new app.
4. The app's page → Users and groups → Edit availability: whom it is meant for.

Teams tells a bot of no administrators: name those who may add rooms in `OVERLAP_ADMINS`.

## Google Calendar

A project of your own keeps it in the family:

1. console.cloud.google.com → a new project → APIs & Services → Library → **Google Calendar API** → Enable (and **Admin
   SDK API**, should rooms be imported from the directory).
2. APIs & Services → OAuth consent screen (Google Auth Platform) → Audience → **Internal**: only accounts of your
   Workspace, no verification by Google, no limit of 100 people. An External app that is left in *Testing* ends every
   grant after seven days; Overlap notices, tells you in its log, tells administrators in `/meet status`, and does not
   tell people of it every week anew.
3. Data access → Add or remove scopes → those of Google in the list below.
4. Clients → Create client → Web application → Authorised redirect URIs →
   `https://overlap.example.com/connect/google/callback`. The client id and secret are `OVERLAP_GOOGLE_CLIENT_ID` and
   `OVERLAP_GOOGLE_CLIENT_SECRET`. Google takes https with a public name here, or `http://localhost`.
5. Where third-party access is restricted: admin.google.com → Security → Access and data control → API controls →
   Manage app access → Configure new app → its client id → **Trusted**.
6. For push, the server needs a public https address with a valid certificate; without one Google is asked regularly.

## Microsoft 365 and Outlook.com

1. entra.microsoft.com → App registrations → New registration. Supported account types: *Accounts in any
   organizational directory and personal Microsoft accounts*. Redirect URI, platform **Web**:
   `https://overlap.example.com/connect/microsoft/callback`.
2. Authentication → Web → Add URI → `https://overlap.example.com/connect/microsoft/admin`: where an administrator comes
   back to after they have allowed it for everybody.
3. Overview → Application (client) ID: `OVERLAP_MICROSOFT_CLIENT_ID`. Certificates & secrets → New client secret → its
   **Value**: `OVERLAP_MICROSOFT_CLIENT_SECRET`. Note when it ends: afterwards nobody's calendar can be read, and the
   log says that Microsoft refuses the registration.
4. API permissions → Add a permission → Microsoft Graph → Delegated permissions → those of Microsoft in the list below.
5. For one organisation alone, register *Accounts in this organizational directory only* and set
   `OVERLAP_MICROSOFT_AUTHORITY=https://login.microsoftonline.com/<Directory (tenant) ID>`.

Where people may not consent themselves, Overlap shows them a link for you. It asks for everything in the list at once,
for the whole organisation, and works for two weeks; as soon as you have pressed *Accept*, whoever waited is told in
chat and goes on. The same by hand: Enterprise applications → Overlap → Permissions → Grant admin consent; then nobody
is told, and people simply try again.

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
