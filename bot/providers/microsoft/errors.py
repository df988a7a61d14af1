"""What Microsoft's sign-in means by its AADSTS codes.

https://learn.microsoft.com/entra/identity-platform/reference-error-codes
Codes change: `error` and `suberror` decide first where they are clear, the codes after them.
"""

import re
from collections.abc import Mapping
from typing import Any

from bot.core.errors import ConsentNeeded, OurFault, OverlapError, SignInNeeded, TryLater
from bot.providers.oauth import Refusal

_CODE = re.compile(r"AADSTS(\d{4,7})")
NOT_CONSENTED = frozenset({65001, 65004})
ADMIN = frozenset({90094, 90095})
STEP = frozenset({50076, 50079, 50158, 53000, 53001, 53002, 53003, 53004, 50074, 50072, 50105, 50020})
"""Another step is wanted (MFA), or the organisation's rules forbid it (conditional access)."""
OVER = frozenset({70008, 700082, 50173, 700084, 700003, 70043, 50132, 50133, 50078})
"""The refresh token ended, or what it rested on was changed."""
NOBODY = frozenset({50034, 50057, 50053, 50055, 50056})
"""The user is missing, disabled or locked."""
OURS = frozenset({7000215, 7000222, 7000218, 7000112, 700016, 700027, 50011, 90013, 900144})
"""Our own secret or registration."""
USED = frozenset({54005, 70000, 9002313, 50148, 501481})
"""A code that was redeemed already, or a verifier that is another's."""
LATER = frozenset({90033, 90055, 50196, 90012, 90036, 900382})


def codes(answer: Mapping[str, Any]) -> frozenset[int]:
    """Every AADSTS code that an answer names."""
    listed = answer.get("error_codes")
    told = {one for one in listed if isinstance(one, int)} if isinstance(listed, list) else set()
    return frozenset(told | {int(one) for one in _CODE.findall(str(answer.get("error_description", "")))})


def refresh_refused(answer: Mapping[str, Any]) -> OverlapError:
    """Why no token came of a grant that was good once."""
    named, error = codes(answer), str(answer.get("error", ""))
    suberror = str(answer.get("suberror", ""))
    if named & OURS or error in ("invalid_client", "unauthorized_client"):
        return OurFault("Microsoft refuses Overlap itself: its client secret or registration must be mended.")
    if named & NOT_CONSENTED or named & ADMIN or "consent_required" in (error, suberror):
        return ConsentNeeded("Microsoft wants this to be allowed first.")
    if named & LATER or error in ("temporarily_unavailable", "server_error"):
        return TryLater("Microsoft's sign-in asks us to come back later.")
    if named & STEP:
        return SignInNeeded("Your organisation requires a further step: sign in to Microsoft again.")
    if named & (OVER | NOBODY) or error in ("invalid_grant", "interaction_required", "login_required"):
        return SignInNeeded("Microsoft no longer lets us in: sign in again.")
    return TryLater("Microsoft's sign-in gave an answer that I don't understand.")


def sign_in_refused(answer: Mapping[str, Any]) -> Refusal:
    """Why a sign-in gave no account."""
    named, error = codes(answer), str(answer.get("error", ""))
    told = str(answer.get("error_description", "")).lower()
    if named & OURS or error in ("invalid_client", "unauthorized_client", "invalid_request", "invalid_scope"):
        return Refusal.OURS
    if named & ADMIN or "admin consent" in told or "admin_consent" in told:
        return Refusal.ADMIN_NEEDED
    if named & NOT_CONSENTED or (error in ("access_denied", "consent_required") and not named & (STEP | NOBODY)):
        return Refusal.DENIED
    if named & (STEP | NOBODY) or error in ("interaction_required", "login_required"):
        return Refusal.POLICY
    if named & LATER or error in ("temporarily_unavailable", "server_error"):
        return Refusal.UNREACHABLE
    return Refusal.STALE
