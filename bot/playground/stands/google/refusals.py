"""What Google answers instead of doing it, in the shape it has there.

https://developers.google.com/workspace/calendar/api/guides/errors
"""

from starlette.responses import JSONResponse, Response

WORDS = {
    "authError": "Invalid Credentials",
    "insufficientPermissions": "Request had insufficient authentication scopes.",
    "notFound": "Not Found",
    "deleted": "Resource has been deleted",
    "duplicate": "The requested identifier already exists.",
    "conditionNotMet": "Precondition Failed",
    "fullSyncRequired": "Sync token is no longer valid, a full sync is required.",
    "forbiddenForNonOrganizer": "Shared properties can only be changed by the organizer of the event.",
    "requiredAccessLevel": "You need to have writer access to this calendar.",
}


class Refusal(Exception):
    """A refusal; `is_sin` where only a careless client meets it."""

    def __init__(
        self, status: int, reason: str, why: str = "", *, retry_after: int | None = None, is_sin: bool = False
    ) -> None:
        super().__init__(f"{status} {reason}{f': {why}' if why else ''}")
        self.status, self.reason, self.why = status, reason, why
        self.retry_after, self.is_sin = retry_after, is_sin

    @property
    def answer(self) -> Response:
        words = self.why or WORDS.get(self.reason, self.reason)
        told = {
            "code": self.status,
            "message": words,
            "errors": [{"domain": "global", "reason": self.reason, "message": words}],
        }
        if self.reason == "insufficientPermissions":
            told["status"] = "PERMISSION_DENIED"
            told["details"] = [
                {
                    "@type": "type.googleapis.com/google.rpc.ErrorInfo",
                    "reason": "ACCESS_TOKEN_SCOPE_INSUFFICIENT",
                    "domain": "googleapis.com",
                }
            ]
        headers = {} if self.retry_after is None else {"Retry-After": str(self.retry_after)}
        return JSONResponse({"error": told}, status_code=self.status, headers=headers)


def sin(why: str, reason: str = "badRequest") -> Refusal:
    """A request that Google's own description of its API does not know."""
    return Refusal(400, reason, why, is_sin=True)
