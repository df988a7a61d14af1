"""Every variable of the environment that Overlap reads: the one list that code and documentation are made from."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """One variable of the environment, as `docs/reference/settings.md` tells it."""

    name: str
    means: str
    default: str | None = None
    example: str = ""
    is_secret: bool = False


_V = Variable
VARIABLES: tuple[Variable, ...] = (
    _V(
        name="OVERLAP_DATABASE_URL",
        means="Where everything is kept.",
        default="sqlite:///overlap.sqlite3",
        example="sqlite:////var/lib/overlap/overlap.sqlite3",
    ),
    _V(
        name="OVERLAP_KEYS",
        means="Keys that seal secrets at rest: `id:base64(32 bytes)`, several with commas; the first one writes.",
        example="k1:$(head -c 32 /dev/urandom | base64)",
        is_secret=True,
    ),
    _V(
        name="OVERLAP_PUBLIC_URL",
        means="The address under which people and platforms reach this server.",
        example="https://overlap.example.com",
    ),
    _V(name="OVERLAP_HOST", means="The address to listen on.", default="127.0.0.1"),
    _V(name="OVERLAP_PORT", means="The port to listen on.", default="8000"),
    _V(
        name="OVERLAP_SLACK_SIGNING_SECRET",
        means="The app's signing secret. Slack is off without it and the token.",
        is_secret=True,
    ),
    _V(name="OVERLAP_SLACK_BOT_TOKEN", means="The bot token, `xoxb-…`.", is_secret=True),
    _V(
        name="OVERLAP_SLACK_API_URL",
        means="Slack's Web API; it ends in `/api/`.",
        default="https://slack.com/api/",
    ),
    _V(
        name="OVERLAP_SLACK_TRANSPORT",
        means="How Slack reaches us: `http`, or `socket` where there is no public address (Socket Mode).",
        default="http",
    ),
    _V(
        name="OVERLAP_SLACK_APP_TOKEN",
        means="The app-level token, `xapp-…`, for `socket`; it needs no signing secret.",
        is_secret=True,
    ),
    _V(name="OVERLAP_TEAMS_APP_ID", means="The bot's app id. Teams is off without it and the password."),
    _V(name="OVERLAP_TEAMS_APP_PASSWORD", means="The app's client secret.", is_secret=True),
    _V(
        name="OVERLAP_TEAMS_TENANTS",
        means="Tenants that may use the bot, with commas; empty means all. With one, tokens come from its authority.",
        default="",
    ),
    _V(
        name="OVERLAP_TEAMS_OPENID_URL",
        means="OpenID metadata of the keys that sign what Teams sends.",
        default="https://login.botframework.com/v1/.well-known/openidconfiguration",
    ),
    _V(
        name="OVERLAP_TEAMS_TOKEN_ISSUER",
        means="Who must have issued those tokens.",
        default="https://api.botframework.com",
    ),
    _V(
        name="OVERLAP_TEAMS_LOGIN_URL",
        means="Where the bot's own tokens come from.",
        default="https://login.microsoftonline.com",
    ),
    _V(
        name="OVERLAP_TEAMS_SERVICE_HOSTS",
        means="Hosts (`name[:port]`) that a service URL may have; a leading dot means all below it.",
        default="smba.trafficmanager.net,.botframework.com",
    ),
    _V(
        name="OVERLAP_GOOGLE_CLIENT_ID",
        means="The OAuth client of a Google Cloud project. Google Calendar is off without it and its secret.",
    ),
    _V(name="OVERLAP_GOOGLE_CLIENT_SECRET", means="Its client secret.", is_secret=True),
    _V(
        name="OVERLAP_GOOGLE_API_URL",
        means="Another server in place of `https://www.googleapis.com`.",
        default="",
    ),
    _V(
        name="OVERLAP_GOOGLE_OAUTH_URL",
        means="Another server in place of Google's sign-in: `/o/oauth2/v2/auth`, `/token` and `/revoke` below it.",
        default="",
    ),
    _V(
        name="OVERLAP_MICROSOFT_CLIENT_ID",
        means="The application in Microsoft Entra. Microsoft calendars are off without it and its secret.",
    ),
    _V(name="OVERLAP_MICROSOFT_CLIENT_SECRET", means="Its client secret.", is_secret=True),
    _V(name="OVERLAP_GRAPH_URL", means="Microsoft Graph.", default="https://graph.microsoft.com"),
    _V(
        name="OVERLAP_MICROSOFT_AUTHORITY",
        means="Where people sign in to Microsoft.",
        default="https://login.microsoftonline.com/common",
    ),
    _V(
        name="OVERLAP_CONSENT",
        means="What a Google or Microsoft sign-in asks for: `full`, `freebusy`, or `ask`, which lets people choose.",
        default="ask",
    ),
    _V(
        name="OVERLAP_PROVIDERS",
        means="Which calendars may be connected, with commas: `google,microsoft,icloud,caldav,ics,import`. Empty: all."
        " What was connected before and is no longer among them is not read: its owner is told, nothing is deleted.",
        default="",
    ),
    _V(
        name="OVERLAP_ACCOUNT_DOMAINS",
        means="Domains that a connected account's address must have, with commas. Empty: any. An account of another"
        " domain that was connected before is not read any more.",
        default="",
        example="acme.example,acme.org",
    ),
    _V(
        name="OVERLAP_ADMINS",
        means="Who administers, besides those the platform calls admins: chat ids, with commas.",
        default="",
        example="U012AB3CD",
    ),
    _V(
        name="OVERLAP_ALLOW_PRIVATE_HOSTS",
        means="Calendar hosts (`name[:port]`) that may be private addresses and may use http.",
        default="",
    ),
    _V(name="OVERLAP_CA_FILE", means="A PEM file of further certificate authorities to trust.", default=""),
    _V(
        name="OVERLAP_SYNC_SECONDS",
        means="How often every calendar is read, instead of each provider's own cadence.",
        default="",
    ),
    _V(
        name="OVERLAP_TITLE_TEMPLATE",
        means="The title of a meeting that was given none; it may name `{asker}` and `{people}`.",
        default="{asker} / {people}",
    ),
    _V(
        name="OVERLAP_MEETING_URL_TEMPLATE",
        means="The video link of a meeting; `{id}` becomes a word of its own for each. Empty means no link.",
        default="",
        example="https://meet.example.com/{id}",
    ),
)
