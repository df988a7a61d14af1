"""Subscriptions: the handshake, notifications and lifecycle events, really posted to the address.

https://learn.microsoft.com/graph/change-notifications-delivery-webhooks and /change-notifications-lifecycle-events
"""

import secrets
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import httpx

from bot.playground.stands.microsoft.events import Json
from bot.playground.stands.microsoft.mailboxes import Change, Mailboxes
from bot.playground.stands.microsoft.strict import Refused

DELIVERY_SECONDS = 10.0
LEAST = timedelta(minutes=45)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """One, as it stands."""

    id: str
    owner: str
    tenant: str
    calendar: str
    resource: str
    url: str
    lifecycle_url: str
    secret: str
    ends: datetime


@dataclass
class Push:
    """All subscriptions, and what was posted."""

    mailboxes: Mailboxes
    longest: timedelta = timedelta(minutes=10_080)
    subscriptions: dict[str, Subscription] = field(default_factory=dict)
    posted: list[tuple[str, int]] = field(default_factory=list)
    """Each address and how it answered; 0 where it did not."""
    handshake_seconds: float = 10.0
    """How long an address has to answer the handshake."""
    assumed: set[str] = field(default_factory=set)
    """Beginnings of addresses that are taken to be served, and are never posted to."""
    is_silent: bool = False
    """Whether nothing is posted although it should."""
    _pool: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1))
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def __post_init__(self) -> None:
        self.mailboxes.listeners.append(self._heard)

    def open(self, owner: str, tenant: str, calendar: str, asked: Json) -> Subscription:
        ends = self._ends(asked["expirationDateTime"])
        lifecycle = asked.get("lifecycleNotificationUrl", "")
        if len(asked.get("clientState", "")) > 128:
            raise Refused(400, "InvalidRequest", "clientState is longer than 128 characters")
        with self._lock:
            twins = [
                one
                for one in self.subscriptions.values()
                if (one.owner, one.resource, one.url) == (owner, asked["resource"], asked["notificationUrl"])
            ]
        if twins:
            raise Refused(409, "ExtensionError", "Subscription already exists for this resource.", is_mistake=False)
        for url in filter(None, dict.fromkeys((asked["notificationUrl"], lifecycle))):
            self._shake(url)
        made = Subscription(
            id=str(uuid.uuid4()),
            owner=owner,
            tenant=tenant,
            calendar=calendar,
            resource=asked["resource"],
            url=asked["notificationUrl"],
            lifecycle_url=lifecycle,
            secret=asked.get("clientState", ""),
            ends=ends,
        )
        with self._lock:
            self.subscriptions[made.id] = made
        return made

    def renew(self, owner: str, named: str, asked: Json) -> Subscription:
        renewed = replace(self.known(owner, named), ends=self._ends(asked["expirationDateTime"]))
        with self._lock:
            self.subscriptions[named] = renewed
        return renewed

    def close(self, owner: str, named: str) -> None:
        self.known(owner, named)
        with self._lock:
            del self.subscriptions[named]

    def known(self, owner: str, named: str) -> Subscription:
        with self._lock:
            found = self.subscriptions.get(named)
        if found is None or found.owner != owner or found.ends <= self._now():
            raise Refused(404, "ResourceNotFound", "The subscription does not exist.", is_mistake=False)
        return found

    def lifecycle(self, event: str, *, only: str | None = None) -> None:
        """`reauthorizationRequired`, `subscriptionRemoved` or `missed`, to all or to one."""
        with self._lock:
            told = [one for one in self.subscriptions.values() if only in (None, one.id) and one.lifecycle_url]
            if event == "subscriptionRemoved":
                for one in told:
                    del self.subscriptions[one.id]
        for one in told:
            item = {
                "lifecycleEvent": event,
                "subscriptionId": one.id,
                "subscriptionExpirationDateTime": shown(one.ends),
                "clientState": one.secret,
                "tenantId": one.tenant,
                "resource": one.resource,
            }
            self._pool.submit(self._post, one.lifecycle_url, [item])

    def lose(self, named: str) -> None:
        """The service forgets it and tells nobody."""
        with self._lock:
            self.subscriptions.pop(named, None)

    def settle(self) -> None:
        """Until all that is to be posted has been."""
        self._pool.submit(lambda: None).result(30)

    def stop(self) -> None:
        self._pool.shutdown(cancel_futures=True)

    def _ends(self, told: str) -> datetime:
        try:
            ends = datetime.fromisoformat(told).astimezone(UTC)
        except ValueError as error:
            raise Refused(400, "InvalidRequest", f"expirationDateTime: {told}") from error
        if ends > self._now() + self.longest:
            minutes = int(self.longest.total_seconds()) // 60
            raise Refused(
                400,
                "InvalidRequest",
                f"Subscription expiration can only be {minutes} minutes in the future.",
                is_mistake=False,
            )
        return max(ends, self._now() + LEAST)

    def _shake(self, url: str) -> None:
        if url.startswith(tuple(self.assumed)):
            return
        word = f"Validation: Testing client application reachability {secrets.token_urlsafe(24)} <ü&>"
        try:
            with httpx.Client(timeout=self.handshake_seconds, trust_env=False) as client:
                answer = client.post(url, params={"validationToken": word}, content=b"")
        except httpx.TransportError as error:
            raise Refused(400, "ValidationError", "The notification endpoint cannot be reached.") from error
        is_plain = answer.headers.get("content-type", "").startswith("text/plain")
        if answer.status_code != 200 or answer.text != word or not is_plain:
            raise Refused(400, "ValidationError", f"The notification endpoint answered {answer.status_code}.")

    def _heard(self, change: Change) -> None:
        with self._lock:
            told = [
                one
                for one in self.subscriptions.values()
                if one.calendar == change.calendar and one.ends > self._now() and not self.is_silent
            ]
        for one in told:
            resource = f"Users/{one.owner}/Events/{change.event}"
            item = {
                "subscriptionId": one.id,
                "subscriptionExpirationDateTime": shown(one.ends),
                "changeType": change.kind,
                "resource": resource,
                "resourceData": {
                    "@odata.type": "#Microsoft.Graph.Event",
                    "@odata.id": resource,
                    "@odata.etag": 'W/"0"',
                    "id": change.event,
                },
                "clientState": one.secret,
                "tenantId": one.tenant,
            }
            self._pool.submit(self._post, one.url, [item])

    def _post(self, url: str, items: list[Json]) -> None:
        if url.startswith(tuple(self.assumed)):
            return
        try:
            with httpx.Client(timeout=DELIVERY_SECONDS, trust_env=False) as client:
                status = client.post(url, json={"value": items}).status_code
        except httpx.TransportError:
            status = 0
        self.posted.append((url, status))

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self.mailboxes.now(), UTC)


def shown(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"
