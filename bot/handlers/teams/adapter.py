"""botbuilder-core, as far as we use it: it runs a turn over an activity that `tokens` has believed already.

Imported at the first activity, never at the start: with what it pulls in it costs half a second. Its own front door
(botbuilder-integration-aiohttp) answers 500 to every invoke whose body is a dict, so the door is ours: `app`.
"""

from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Any

from botbuilder.core import CloudAdapterBase, InvokeResponse, TurnContext
from botbuilder.schema import Activity
from botframework.connector.auth import AuthenticateRequestResult, BotFrameworkAuthentication, ClaimsIdentity
from msrest.exceptions import DeserializationError

from bot.core.errors import InvalidInput

Turn = Callable[[], Awaitable["dict[str, Any] | None"]]
"""What we do in a turn; what it returns is the body of an invoke's answer."""


class _NothingIsSent:
    """A connector that sends nothing: what we say goes out by `surface`, from rows, never from within a turn."""

    async def create(self, _service_url: str, _audience: str | None = None) -> "_NothingIsSent":
        return self


class _Believed(BotFrameworkAuthentication):  # type: ignore[misc]
    """Authentication that is over: `tokens` has read the header before the adapter sees the activity."""

    async def authenticate_request(self, activity: Activity, auth_header: str) -> AuthenticateRequestResult:
        raise PermissionError("a header is read by our own validator")

    async def authenticate_streaming_request(self, auth_header: str, channel_id_header: str) -> Any:
        raise PermissionError("there is no streaming here")

    def create_connector_factory(self, claims_identity: ClaimsIdentity) -> Any:
        return _NothingIsSent()

    async def create_user_token_client(self, claims_identity: ClaimsIdentity) -> None:
        return None


class Adapter(CloudAdapterBase):  # type: ignore[misc]
    """botbuilder's cloud adapter behind our own door."""

    def __init__(self) -> None:
        super().__init__(_Believed())

    async def answer(
        self, activity: Mapping[str, Any], claims: Mapping[str, Any], turn: Turn
    ) -> tuple[int, dict[str, Any] | None]:
        """Run the turn; the status and the body to answer the platform with. `InvalidInput` for no activity."""
        believed = AuthenticateRequestResult()
        believed.claims_identity = ClaimsIdentity(dict(claims), True)
        believed.connector_factory = _NothingIsSent()

        async def logic(context: TurnContext) -> None:
            body = await turn()
            if body is not None:
                told = InvokeResponse(status=HTTPStatus.OK, body=body)
                await context.send_activity(Activity(type="invokeResponse", value=told))

        said = await self.process_activity(believed, _activity(activity), logic)
        return (HTTPStatus.OK, None) if said is None else (int(said.status), said.body)


def _activity(told: Mapping[str, Any]) -> Activity:
    try:
        return Activity().deserialize(dict(told))
    except (DeserializationError, AttributeError, TypeError, ValueError) as error:
        raise InvalidInput("That is no activity.") from error
