"""What came in, as JSON and back: the form in which the inbox keeps it, sealed."""

import json
from typing import Any, assert_never

from bot.chat.cards import Press
from bot.chat.surface import Delivery, Incoming, Met, Place, Pressed, Typed
from bot.core.errors import InvalidInput
from bot.core.ids import TenantId
from bot.core.people import ChatIdentity, Profile, Standing
from bot.core.requests import Marked, Named, Source


def encode(delivery: Delivery) -> bytes:
    """The delivery as it is kept."""
    kept = {
        "key": delivery.key,
        "incoming": _incoming_out(delivery.incoming),
        "profile": None if delivery.profile is None else _profile_out(delivery.profile),
    }
    return json.dumps(kept, ensure_ascii=False, separators=(",", ":")).encode()


def decode(kept: bytes) -> Delivery:
    """What `encode` wrote; `InvalidInput` for anything else."""
    try:
        found = json.loads(kept)
        profile = found["profile"]
        return Delivery(
            key=found["key"],
            incoming=_incoming_in(found["incoming"]),
            profile=None if profile is None else _profile_in(profile),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise InvalidInput("what was kept cannot be read any more") from error


def encode_home(place: Place) -> str:
    """Where our own conversation with somebody lives, without what does not last."""
    return json.dumps({"tenant": place.tenant, "channel": place.channel, "service": place.service})


def decode_home(kept: str) -> Place:
    """What `encode_home` wrote."""
    found = json.loads(kept)
    return Place(tenant=TenantId(found["tenant"]), channel=found["channel"], service=found["service"], is_private=True)


def encode_place(place: Place) -> bytes:
    """A place with its handle: to be sealed."""
    return json.dumps(_place_out(place)).encode()


def decode_place(kept: bytes) -> Place:
    """What `encode_place` wrote."""
    return _place_in(json.loads(kept))


def _incoming_out(incoming: Incoming) -> dict[str, Any]:
    common = {"tenant": incoming.by.tenant, "user": incoming.by.user, "place": _place_out(incoming.place)}
    match incoming:
        case Typed(said=said, command=command):
            named = [(one.source.value, one.value, one.shown) for one in said.named]
            return {"is": "typed", **common, "text": said.text, "named": named, "command": command}
        case Pressed(press=press):
            return {"is": "pressed", **common, "press": press.encoded()}
        case Met():
            return {"is": "met", **common}
        case _:
            assert_never(incoming)


def _incoming_in(kept: dict[str, Any]) -> Incoming:
    by = ChatIdentity(TenantId(kept["tenant"]), kept["user"])
    place = _place_in(kept["place"])
    match kept["is"]:
        case "typed":
            named = tuple(Named(Source(source), value, shown) for source, value, shown in kept["named"])
            return Typed(by=by, place=place, said=Marked(kept["text"], named), command=kept["command"])
        case "pressed":
            return Pressed(by=by, place=place, press=Press.decoded(kept["press"]))
        case "met":
            return Met(by=by, place=place)
        case other:
            raise InvalidInput(f"nothing that comes in is called {other}")


def _place_out(place: Place) -> dict[str, Any]:
    return {
        "tenant": place.tenant,
        "channel": place.channel,
        "private": place.is_private,
        "reply": place.reply,
        "can_replace": place.can_replace,
        "service": place.service,
        "message": place.message,
    }


def _place_in(kept: dict[str, Any]) -> Place:
    return Place(
        tenant=TenantId(kept["tenant"]),
        channel=kept["channel"],
        is_private=kept["private"],
        reply=kept["reply"],
        can_replace=kept["can_replace"],
        service=kept["service"],
        message=kept["message"],
    )


def _profile_out(profile: Profile) -> dict[str, Any]:
    return {
        "tenant": profile.identity.tenant,
        "user": profile.identity.user,
        "name": profile.name,
        "zone": profile.zone,
        "standing": profile.standing.value,
        "email": profile.email,
        "handle": profile.handle,
    }


def _profile_in(kept: dict[str, Any]) -> Profile:
    return Profile(
        identity=ChatIdentity(TenantId(kept["tenant"]), kept["user"]),
        name=kept["name"],
        zone=kept["zone"],
        standing=Standing(kept["standing"]),
        email=kept["email"],
        handle=kept["handle"],
    )
