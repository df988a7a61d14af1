"""What is said when a calendar account cannot be signed in to: what happened, what to do, and at which field."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType

from bot.people.services import SERVICES, SignIn, Why
from bot.web.forms import Mistake

SIGN_IN: Mapping[Why, Mistake] = MappingProxyType(
    {
        Why.NO_ADDRESS: Mistake("url", "The address of your calendar server is missing. Copy it from its settings."),
        Why.NOT_AN_ADDRESS: Mistake(
            "url", "That is not the address of a server. It looks like https://cloud.example.com or cloud.example.com."
        ),
        Why.USER_IN_ADDRESS: Mistake(
            "url", "The address holds a user name. Put user name and password into their own fields below."
        ),
        Why.GOOGLE: Mistake(
            "url",
            "Google does not let other apps sign in with a password. Go back and choose Google there; where it is not"
            " offered, ask whoever runs Overlap for it.",
        ),
        Why.MICROSOFT: Mistake(
            "url",
            "Outlook and Microsoft 365 do not speak CalDAV. Go back and choose Microsoft there; where it is not"
            " offered, ask whoever runs Overlap for it.",
        ),
        Why.NO_USER: Mistake("user", "The user name is missing. It is often your whole e-mail address."),
        Why.NO_PASSWORD: Mistake("password", "The app password is missing. Make one at your service and paste it."),
        Why.NOT_SECURE: Mistake(
            "url", "The address starts with http://, which would send your password in the open. Use https://."
        ),
        Why.ADDRESS_REFUSED: Mistake(
            "url",
            "That address lies in a private network, so it was not contacted. Use the public address of your server,"
            " or ask whoever runs Overlap to allow it.",
        ),
        Why.SENT_AWAY: Mistake(
            "url",
            "The server at this address sends us on to another one, which was not contacted. Use the address to which"
            " it leads, or ask whoever runs the server.",
        ),
        Why.WRONG_PASSWORD: Mistake(
            "password",
            "The server did not accept this user name and password. Check both, and use an app password:"
            " many services refuse your usual one here.",
        ),
        Why.FORBIDDEN: Mistake(
            "user",
            "The server knows you but does not let this account use CalDAV. Ask whoever runs it to allow that.",
        ),
        Why.NOT_CALDAV: Mistake(
            "url",
            "There is a server at this address, but it does not answer as a calendar server."
            " Copy the CalDAV address from your calendar's settings.",
        ),
        Why.NO_CALENDARS: Mistake(
            "user", "You are signed in, but this account has no calendar. Make one at your service and try again."
        ),
        Why.TOO_MANY_CALENDARS: Mistake(
            "user",
            "This account lists more than 500 calendars, which is more than can be read. Use the account that is"
            " yours alone.",
        ),
        Why.UNREACHABLE: Mistake(
            "url", "The server does not answer. Check the address; if it is right, try again in a few minutes."
        ),
        Why.TOO_MANY_TRIES: Mistake(
            "password", "That were many tries. Ask for a new link in your chat and start again with a new app password."
        ),
        Why.DOMAIN: Mistake(
            "user",
            "Only accounts of certain domains may be connected here, and this is of another. Use your work account.",
        ),
        Why.NOT_OFFERED: Mistake(
            "url", "Accounts of this service may not be connected here. Ask whoever runs Overlap, or use another one."
        ),
        Why.ANOTHER: Mistake(
            "user",
            "That is another account than the one that was to be connected again. Sign in as that one, or go back and"
            " connect this one as a new calendar.",
        ),
    }
)


_TOO_MANY = "That were many tries. Ask for a new link in your chat and start again."
_NOT_MAIL = Mistake("addresses", "These are no e-mail addresses. Put a space between two of them.")

FEED: Mapping[Why, Mistake] = MappingProxyType(
    {
        Why.NO_ADDRESS: Mistake("url", "The calendar’s link is missing. Copy it from where the calendar is published."),
        Why.NOT_AN_ADDRESS: Mistake("url", "That is no link of a calendar. It starts with https:// or webcal://."),
        Why.USER_IN_ADDRESS: Mistake("url", "The link holds a user name or password, which cannot be used here."),
        Why.NOT_MAIL: _NOT_MAIL,
        Why.NOT_SECURE: Mistake(
            "url", "The link starts with http://, which anybody on the way can read. Use https://."
        ),
        Why.ADDRESS_REFUSED: SIGN_IN[Why.ADDRESS_REFUSED],
        Why.SENT_AWAY: SIGN_IN[Why.SENT_AWAY],
        Why.WRONG_PASSWORD: Mistake("url", "The server asks for a password there. Copy the private or secret link."),
        Why.FORBIDDEN: Mistake("url", "The server does not give this calendar out. Check that it is still published."),
        Why.NOT_CALDAV: Mistake(
            "url", "There is no calendar at this link. Copy the link of the calendar itself, which often ends in .ics."
        ),
        Why.NO_CALENDARS: Mistake("url", "There is no calendar at this link."),
        Why.UNREACHABLE: Mistake(
            "url", "The server does not answer. Check the link; if it is right, try again in a few minutes."
        ),
        Why.TOO_MANY_TRIES: Mistake("url", _TOO_MANY),
        Why.CONNECTED: Mistake("url", "This link is another calendar of yours already. Copy the one of this calendar."),
    }
)

FILE: Mapping[Why, Mistake] = MappingProxyType(
    {
        Why.NO_FILE: Mistake("file", "Choose a file: it ends in .ics, or is a .zip of such files."),
        Why.NOT_MAIL: _NOT_MAIL,
        Why.NOT_CALDAV: Mistake("file", "There is no calendar in this file."),
        Why.NO_CALENDARS: Mistake("file", "There is no calendar in this file."),
        Why.UNREACHABLE: Mistake("file", "This file cannot be read. Export it once more, and try again."),
        Why.TOO_MANY_TRIES: Mistake("file", _TOO_MANY),
    }
)


def of_sign_in(typed: SignIn, reasons: Iterable[Why], *, shows_service: bool = True) -> list[Mistake]:
    """What is wrong with what was typed, at fields that the page shows: it asks no address of a known service."""
    return [_shown(typed, reason, "services" if shows_service else "user") for reason in reasons]


def _shown(typed: SignIn, reason: Why, instead: str) -> Mistake:
    service = SERVICES.get(typed.service)
    if service is None and reason is Why.NO_ADDRESS:
        return Mistake("services", "Choose where your calendar is.")
    mistake = SIGN_IN[reason]
    return replace(mistake, field=instead) if service and service.url and mistake.field == "url" else mistake
