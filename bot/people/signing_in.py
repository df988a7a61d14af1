"""Signing in on a service's own page: begun in one session, finished in the same one, or not at all.

Whoever else comes back with the answer finds nothing: a state belongs to the session in which it was made, and that to
a cookie of one browser. https://datatracker.ietf.org/doc/html/rfc9700#section-4.7
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from bot.core.calendars import Access, Connection
from bot.core.errors import NotFound, OverlapError
from bot.core.ids import ConnectionId
from bot.people.connect import Connecting
from bot.people.grants import unsealed
from bot.people.leaving import Farewell, part
from bot.people.pending import Pending, identity
from bot.people.services import NotConnected, Why
from bot.providers.base import Account
from bot.providers.oauth import NotSignedIn, OAuth, Refusal, SignIns
from bot.storage import calendars, faults, links, messages, signins
from bot.storage.database import Tx
from bot.storage.links import Session
from bot.storage.signins import Begun

log = logging.getLogger(__name__)

STATE_LIFE = timedelta(minutes=10)
APPROVAL_LIFE = timedelta(days=14)
"""How long an administrator may take, and who waits for them is remembered."""
APPROVED = "approved"
"""The kind of the message that tells it; its subject is the person."""


class Trouble(StrEnum):
    """Why a sign-in on a service's page connected nothing."""

    DENIED = Refusal.DENIED.value
    NOTHING_GRANTED = Refusal.NOTHING_GRANTED.value
    ADMIN_NEEDED = Refusal.ADMIN_NEEDED.value
    POLICY = Refusal.POLICY.value
    NO_MAILBOX = Refusal.NO_MAILBOX.value
    STALE = Refusal.STALE.value
    OURS = Refusal.OURS.value
    UNREACHABLE = Refusal.UNREACHABLE.value
    ANOTHER = "another"
    """They signed in to another account than the one that was to be opened."""
    DOMAIN = "domain"
    """Only accounts of certain domains may be connected here."""
    TOO_MANY_TRIES = "too_many_tries"


@dataclass(frozen=True, slots=True, kw_only=True)
class NoSignIn:
    """Nothing was connected, and nothing kept."""

    trouble: Trouble
    provider: str
    connection: ConnectionId | None = None
    """The account that was to be opened again."""
    expected: str = ""
    """Its name, as its owner knows it."""
    came: str = ""
    """The account that was signed in to."""
    admin_url: str = ""
    """What an administrator has to open."""


@dataclass(frozen=True, slots=True)
class Away:
    """Where the browser is to go now."""

    url: str
    provider: str


@dataclass(frozen=True)
class SigningIn:
    """Signs people in at services that have a page for it."""

    connecting: Connecting
    sign_ins: SignIns
    consent: Access | None = None
    """What every sign-in asks for; None lets people choose."""

    def begin(
        self,
        session: Session,
        provider: str,
        access: Access,
        connection: ConnectionId | None = None,
        *,
        rooms: bool = False,
    ) -> Away | NoSignIn:
        """The first half; `connection` is an account of theirs that they sign in to again.

        `rooms` asks an administrator for the list of their organisation's rooms as well.
        """
        house, now = self.connecting, self.connecting.clock.now()
        if house.try_once(session) is None:
            return NoSignIn(trouble=Trouble.TOO_MANY_TRIES, provider=provider)
        state = links.new_token()
        hint = self._hint(session, connection)
        back = self._address(provider, "callback")
        try:
            begun = self._sign_in(provider).begin(state=state, redirect_uri=back, access=access, hint=hint, rooms=rooms)
        except NotSignedIn as error:
            return self._refused(session, provider, error.refusal, connection)
        with house.database.transaction() as tx:
            flow = house.vault.seal(tx, session.tenant, _row(state), begun.flow.encode())
            kept = Begun(
                tenant=session.tenant,
                provider=provider,
                access=access,
                connection=connection,
                flow=flow,
                expires_at=now + STATE_LIFE,
            )
            signins.begin(tx, session, state, kept)
        return Away(begun.url, provider)

    def finish(self, session: Session, provider: str, answered: Mapping[str, str]) -> Pending | Connection | NoSignIn:
        """The second half: the account waits for its owner's word, or takes its place again."""
        house = self.connecting
        state = answered.get("state", "")
        with house.database.transaction() as tx:
            begun = signins.take(tx, session, provider, state, house.clock.now())
            flow = None if begun is None else house.vault.open(tx, session.tenant, _row(state), begun.flow).decode()
        if begun is None or flow is None:
            return NoSignIn(trouble=Trouble.STALE, provider=provider)
        try:
            account = self._sign_in(provider).finish(flow, answered)
        except NotSignedIn as error:
            return self._refused(session, provider, error.refusal, begun.connection)
        with house.database.transaction() as tx:
            faults.mended(tx, session.tenant, provider)
        return self._fits(session, begun, account) or self._proposed(session, begun, account)

    def asks(self, again: Connection) -> Access:
        """What is asked for where that account is connected again: what it was for, unless the operator fixed it."""
        return self.consent or again.access

    def account(self, session: Session, connection: ConnectionId) -> Connection | None:
        """That connected account, if it is theirs and has such a page."""
        with self.connecting.database.reading() as tx:
            try:
                found = calendars.connection(tx, session.tenant, connection)
            except NotFound:
                return None
        return found if found.person == session.person and found.provider in self.sign_ins else None

    def approve(self, provider: str, answered: Mapping[str, str]) -> bool | None:
        """An administrator came back. Whether they allowed it; None for what was never asked, or answered before."""
        house, now = self.connecting, self.connecting.clock.now()
        is_allowed = answered.get("admin_consent", "").lower() == "true" and "error" not in answered
        if not is_allowed:
            return False
        with house.database.transaction() as tx:
            found = signins.approved(tx, provider, answered.get("state", ""), now)
            if found is None:
                return None
            tenant, waiting = found
            for person in waiting:
                messages.show(tx, tenant, kind=APPROVED, subject=person, person=person, now=now, ring=True)
        log.info("an administrator allowed %s; %s people are told", provider, len(waiting), extra={"tenant": tenant})
        return True

    def ask_approval(self, session: Session, provider: str) -> NoSignIn:
        """Their service said itself that an administrator is needed, and sent nobody back."""
        return self._refused(session, provider, Refusal.ADMIN_NEEDED, None)

    def _refused(self, session: Session, provider: str, refusal: Refusal, connection: ConnectionId | None) -> NoSignIn:
        ids = {"tenant": session.tenant, "person": session.person}
        if refusal is Refusal.OURS:
            log.error("%s refuses Overlap's own registration: check its client id, secret and addresses", provider)
            with self.connecting.database.transaction() as tx:
                faults.met(tx, session.tenant, provider, self.connecting.clock.now())
        else:
            log.info("a sign-in at %s gave nothing: %s", provider, refusal.value, extra=ids)
        admin_url = self._ask_approval(session, provider) if refusal is Refusal.ADMIN_NEEDED else ""
        return NoSignIn(trouble=Trouble(refusal.value), provider=provider, connection=connection, admin_url=admin_url)

    def _ask_approval(self, session: Session, provider: str) -> str:
        house, now, state = self.connecting, self.connecting.clock.now(), links.new_token()
        url = self._sign_in(provider).admin_url(state=state, redirect_uri=self._address(provider, "admin"))
        with house.database.transaction() as tx:
            signins.awaits_approval(tx, session.tenant, provider, session.person, now)
            if url is not None:
                signins.ask_approval(tx, session.tenant, provider, state, now + APPROVAL_LIFE)
        return url or ""

    def _fits(self, session: Session, begun: Begun, account: Account) -> NoSignIn | None:
        """None where it is the account that was to be opened, or any would do."""
        if begun.connection is None:
            return None
        with self.connecting.database.transaction() as tx:
            known = calendars.connections_of(tx, session.tenant, session.person)
            expected = next((one.label for one in known if one.id == begun.connection), None)
            if expected is None or calendars.is_that(tx, session.tenant, begun.connection, identity(account)):
                return None
            self._give_back(tx, session, account)
        return NoSignIn(
            trouble=Trouble.ANOTHER,
            provider=begun.provider,
            connection=begun.connection,
            expected=expected,
            came=account.user,
        )

    def _proposed(self, session: Session, begun: Begun, account: Account) -> Pending | Connection | NoSignIn:
        made = self.connecting.propose(session, account, begun.access)
        if isinstance(made, NotConnected):
            with self.connecting.database.transaction() as tx:
                self._give_back(tx, session, account)
            return NoSignIn(trouble=_trouble(made.reasons), provider=begun.provider, came=account.user)
        if isinstance(made, Connection) and session.consent == made.id and made.access is Access.FULL:
            with self.connecting.database.transaction() as tx:
                links.consent_given(tx, session)
        return made

    def _give_back(self, tx: Tx, session: Session, account: Account) -> None:
        """Nothing of it is kept here, so nothing of ours is to stay there."""
        part(tx, self.connecting.vault, session.tenant, Farewell(account), self.connecting.clock.now())

    def _hint(self, session: Session, connection: ConnectionId | None) -> str | None:
        if connection is None:
            return None
        with self.connecting.database.reading() as tx:
            try:
                return unsealed(tx, self.connecting.vault, session.tenant, connection).user
            except OverlapError:
                return None

    def _sign_in(self, provider: str) -> OAuth:
        found = self.sign_ins.get(provider)
        if found is None:
            raise NotFound("There is no sign-in for this kind of calendar here.")
        return found

    def _address(self, provider: str, end: str) -> str:
        return f"{self.connecting.public_url.rstrip('/')}/connect/{provider}/{end}"


def _trouble(reasons: Sequence[Why]) -> Trouble:
    """Why an account that was let in could not be connected after all."""
    if Why.DOMAIN in reasons or Why.NOT_OFFERED in reasons:
        return Trouble.DOMAIN
    return Trouble.UNREACHABLE if Why.UNREACHABLE in reasons else Trouble.NO_MAILBOX


def _row(state: str) -> str:
    return f"sign_in:flow:{links.hashed(state)}"
