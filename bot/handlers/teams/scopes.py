"""What the Teams app may do, as an administrator reads of it: its manifest asks for no permission beyond being a bot.

learn.microsoft.com/microsoftteams/platform/graph-api/rsc/resource-specific-consent
"""

from bot.providers.oauth import Asked

SCOPES = (
    Asked(
        scope="bot, personal scope",
        why="to be written to, and to write, in a chat with one person; it hears no other chat and no channel",
        when="when the app is installed",
        stored="the words typed, sealed, for a day after they were answered; name, address and where the chat is",
    ),
)
