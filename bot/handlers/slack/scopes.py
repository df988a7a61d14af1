"""Every bot scope that the app asks a workspace for, as an administrator reads of it.

docs.slack.dev/reference/scopes
"""

from bot.providers.oauth import Asked

AT_INSTALL = "when the app is installed"
NOTHING = "nothing"

SCOPES = (
    Asked(
        scope="commands",
        why="the slash command",
        when=AT_INSTALL,
        stored="the words typed, sealed, for a day after they were answered",
    ),
    Asked(
        scope="chat:write",
        why="to write direct messages, and to change them when a time goes",
        when=AT_INSTALL,
        stored="where each message stands, while its meeting or request is open",
    ),
    Asked(
        scope="im:write",
        why="to open a direct message with somebody",
        when=AT_INSTALL,
        stored=NOTHING,
    ),
    Asked(
        scope="im:history",
        why="to read what is typed to the app in its own direct messages, and whether one of its own messages is there"
        " already; no other conversation",
        when=AT_INSTALL,
        stored="the words typed, sealed, for a day after they were answered",
    ),
    Asked(
        scope="app_mentions:read",
        why="to answer where somebody mentions the app, also in threads, where commands cannot be typed",
        when=AT_INSTALL,
        stored="the words of that one message, sealed, for a day after they were answered",
    ),
    Asked(
        scope="users:read",
        why="names, time zones, who is a guest and who has left",
        when=AT_INSTALL,
        stored="name, handle and time zone of those who were asked for or asked, while they use Overlap",
    ),
    Asked(
        scope="users:read.email",
        why="to find somebody by address, and to recognise them in invitations",
        when=AT_INSTALL,
        stored="the address of those who were asked for or asked, while they use Overlap",
    ),
)
