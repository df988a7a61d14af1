"""The page on which people say yes or no, box by box.

https://developers.google.com/identity/protocols/oauth2/resources/granular-permissions
"""

from dataclasses import dataclass
from html import escape
from urllib.parse import urlencode

from starlette.responses import RedirectResponse, Response

SIGN_IN = ("openid", "email", "profile")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """A request for consent that is on somebody's screen."""

    scopes: tuple[str, ...]
    redirect_uri: str
    state: str
    challenge: str
    nonce: str
    is_offline: bool
    is_prompted: bool
    keeps_granted: bool
    hint: str


def back(asking: Asking, told: dict[str, str]) -> Response:
    """The browser goes back to who sent it."""
    return RedirectResponse(f"{asking.redirect_uri}?{urlencode({'state': asking.state, **told})}", status_code=302)


def drawn(named: str, asking: Asking, emails: list[str]) -> str:
    """The page; boxes only where there is more than one thing to allow."""
    options = "".join(
        f'<option value="{escape(one)}"{" selected" if one == asking.hint else ""}>{escape(one)}</option>'
        for one in emails
    )
    wanted = [one for one in asking.scopes if one not in SIGN_IN]
    kind = "checkbox" if len(wanted) > 1 else "hidden"
    boxes = "".join(
        f'<p><label><input type="{kind}" name="scope" value="{escape(one)}" checked> '
        f"{escape(one.rpartition('/')[2])}</label></p>"
        for one in wanted
    )
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>Sign in with Google (stand-in)</title>'
        '<meta name="viewport" content="width=device-width">'
        "<h1>Overlap wants access to your Google Account</h1>"
        f'<form method="post" action="/o/oauth2/v2/consent"><input type="hidden" name="asking" value="{named}">'
        f'<p><label>Account <select name="email">{options}</select></label></p>{boxes}'
        '<p><button name="answer" value="allow">Continue</button> '
        '<button name="answer" value="deny">Cancel</button></p></form></html>'
    )
