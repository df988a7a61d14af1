"""What is said when a sign-in at a service connected nothing: what happened, and what to do; one plain page each."""

from dataclasses import dataclass
from typing import assert_never

from bot.people.signing_in import NoSignIn, Trouble


@dataclass(frozen=True, slots=True)
class Says:
    """One page."""

    status: int
    title: str
    words: tuple[str, ...]
    button: str


def told(found: NoSignIn, service: str) -> Says:
    """The page for that trouble."""
    match found.trouble:
        case Trouble.DENIED:
            no = f"You said no on {service}’s page, so nothing was connected and nothing was kept."
            approval = "If it said that an administrator has to approve, try again: there is a link for them below."
            return _says(403, "Not connected", no, *((approval,) if found.provider == "microsoft" else ()))
        case Trouble.NOTHING_GRANTED:
            return _says(
                403,
                "Nothing was allowed",
                f"Every box was unticked on {service}’s page, so Overlap could not see when you are busy.",
                "Nothing was kept. Try again and leave at least the box about seeing your calendars ticked.",
            )
        case Trouble.ADMIN_NEEDED:
            title = "Your administrator has to allow it"
            return _says(403, title, *_admin(found, service), button="I have been allowed")
        case Trouble.POLICY:
            return _says(
                403,
                "Your organisation’s rules forbid it",
                f"The rules of your organisation at {service} did not let you sign in to Overlap from here. They may"
                " ask for another device or network, or for a further step of sign-in.",
                "Nothing was kept. Try again from there, or ask your administrator.",
            )
        case Trouble.NO_MAILBOX:
            return _says(
                422,
                "This account has no calendar",
                f"Overlap can reach no calendar of this {service} account: its mailbox may not have been made yet, or"
                " be on a server of your own.",
                "Nothing was kept. Sign in with another account.",
                button="Use another account",
            )
        case Trouble.STALE:
            return _says(
                410,
                "This sign-in is over",
                "It was used already, took longer than ten minutes, or was not started here.",
                "Nothing was connected by it. Start again.",
                button="Start again",
            )
        case Trouble.OURS:
            return _says(
                502,
                "Something is wrong on our side",
                f"{service} does not accept Overlap’s own registration. You can do nothing about it, and nothing is"
                " wrong with your account.",
                "The people who run Overlap have been told. Nothing was kept.",
            )
        case Trouble.UNREACHABLE:
            words = f"{service} did not answer as it should. Nothing was kept. Try again in a few minutes."
            return _says(502, f"{service} does not answer", words)
        case Trouble.ANOTHER:
            return _says(
                409,
                "That was another account",
                f"You wanted to open {_named(found.expected)}, and signed in as {_named(found.came)}.",
                "Nothing was changed. Try again and choose the right account there.",
            )
        case Trouble.DOMAIN:
            return _says(
                403,
                "This account may not be connected here",
                f"Only accounts of certain domains may be, and {_named(found.came)} is of another one.",
                "Nothing was kept. Sign in with your work account.",
                button="Use another account",
            )
        case Trouble.TOO_MANY_TRIES:
            return _says(429, "That were many tries", "Ask for a new link in your chat and start again.")
        case _:
            assert_never(found.trouble)


def _says(status: int, title: str, *words: str, button: str = "Try again") -> Says:
    return Says(status, title, words, button)


def _admin(found: NoSignIn, service: str) -> tuple[str, ...]:
    if found.admin_url:
        return (
            f"At {service}, only an administrator of your organisation may let Overlap see calendars. Send them the"
            " link below: it asks for everything at once, for everybody.",
            "As soon as they have said yes, you are told in your chat, and your request goes on.",
        )
    return (
        f"Your organisation lets only apps that its administrator trusts reach {service} Calendar. Ask them to trust"
        " Overlap in the admin console: Security, Access and data control, API controls.",
        "Then try again here. Nothing was kept.",
    )


def _named(account: str) -> str:
    return account.partition(" · ")[0] or "another account"
