"""What people hand over where a service knows no scopes, as an administrator reads of it."""

from bot.providers.oauth import Asked

CONNECTING = "on the connect page, of each person"
UNTIL = "until it is disconnected, sealed"

ASKS = (
    Asked(
        scope="iCloud: an app-specific password",
        why="to read calendars and to write meetings; Apple lets it open mail and contacts too, which stay untouched",
        when=CONNECTING,
        stored=f"the password, {UNTIL}; when its owner is busy, never the titles of their events",
    ),
    Asked(
        scope="CalDAV: user and password",
        why="to read calendars and to write meetings",
        when=CONNECTING,
        stored=f"both, {UNTIL}; when its owner is busy, never the titles of their events",
    ),
    Asked(
        scope="ICS feed: its address",
        why="to read when its owner is busy; a feed cannot be written",
        when=CONNECTING,
        stored=f"the address, {UNTIL}; when its owner is busy, never the titles of their events",
    ),
    Asked(
        scope="ICS import: a file",
        why="to know when its owner is busy, as of the day of the file",
        when=CONNECTING,
        stored=f"the file, {UNTIL}",
    ),
)
