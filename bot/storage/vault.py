"""Secrets at rest: AES-256-GCM under one data key a tenant, itself wrapped by a key of the operator's ring.

Each sealed value is bound to its tenant and row (additional authenticated data), so that a row copied over another
one does not open. Forgetting a tenant's data key makes everything of theirs unreadable, in backups too.
"""

import base64
import os
from collections.abc import Mapping
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Column, LargeBinary, Table, Text, bindparam, select, update
from sqlalchemy.dialects.sqlite import insert

from bot.core.errors import InvalidInput, NotFound
from bot.core.ids import TenantId
from bot.storage.database import METADATA, Tx

FORMAT = b"\x01"
NONCE = 12

TENANT_KEYS = Table(
    "tenant_key",
    METADATA,
    Column("tenant", Text, primary_key=True),
    Column("ring_key", Text, nullable=False),
    Column("wrapped", LargeBinary, nullable=False),
)

_WRAPPED = select(TENANT_KEYS.c.ring_key, TENANT_KEYS.c.wrapped).where(TENANT_KEYS.c.tenant == bindparam("tenant"))
"""Written once: it is on the way of every ack, and wording it anew takes longer than running it."""


@dataclass(frozen=True, slots=True)
class KeyRing:
    """The operator's keys by id; the first one wraps what is new, all open what is old."""

    keys: Mapping[str, bytes] = field(repr=False)

    @property
    def first(self) -> str:
        return next(iter(self.keys))

    @staticmethod
    def parse(words: str) -> "KeyRing":
        """`id:base64(32 bytes)[,…]`; `InvalidInput` says which part is wrong, never what it held."""
        keys: dict[str, bytes] = {}
        for number, part in enumerate(filter(None, (one.strip() for one in words.split(","))), start=1):
            name, _, encoded = part.partition(":")
            try:
                key = base64.b64decode(encoded, validate=True)
            except ValueError as error:
                raise InvalidInput(f"key {number} is not base64") from error
            if not name or len(key) != 32:
                raise InvalidInput(f"key {number} must read id:base64 of exactly 32 bytes")
            if name in keys:
                raise InvalidInput(f"key {number} has the id of an earlier one")
            keys[name] = key
        if not keys:
            raise InvalidInput("there is no key")
        return KeyRing(keys)


class Vault:
    """Seals and opens; it never logs and never tells what was inside."""

    def __init__(self, ring: KeyRing) -> None:
        self._ring = ring
        self._open_keys: dict[bytes, AESGCM] = {}

    def seal(self, tx: Tx, tenant: TenantId, row: str, clear: bytes) -> bytes:
        """`clear`, readable only again for the same tenant and `row` ("table:column:id")."""
        nonce = os.urandom(NONCE)
        return FORMAT + nonce + self._key(tx, tenant).encrypt(nonce, clear, _bound(tenant, row))

    def open(self, tx: Tx, tenant: TenantId, row: str, sealed: bytes) -> bytes:
        """What `seal` was given; `NotFound` where this ring or row does not open it."""
        nonce, body = sealed[1 : 1 + NONCE], sealed[1 + NONCE :]
        try:
            return self._key(tx, tenant).decrypt(nonce, body, _bound(tenant, row))
        except (InvalidTag, ValueError) as error:
            raise NotFound("A secret could not be opened with the keys given.") from error

    def rotate(self, tx: Tx) -> int:
        """Wrap every tenant's data key with the ring's first key; how many that changed.

        What they sealed stays as it is, so rotating is quick, and afterwards the older keys may leave the ring.
        """
        old = tx.execute(select(TENANT_KEYS).where(TENANT_KEYS.c.ring_key != self._ring.first)).all()
        for row in old:
            key = self._unwrapped(row.tenant, row.ring_key, row.wrapped)
            wrapped = {"ring_key": self._ring.first, "wrapped": self._wrapped(row.tenant, key)}
            tx.execute(update(TENANT_KEYS).where(TENANT_KEYS.c.tenant == row.tenant).values(wrapped))
        return len(old)

    def _key(self, tx: Tx, tenant: TenantId) -> AESGCM:
        """The tenant's data key. Asked of the database each time: a key made in a transaction that was rolled
        back must not be used again, and what is remembered is therefore known by its wrapped form."""
        row = tx.execute(_WRAPPED, {"tenant": tenant}).one_or_none()
        if row is None:
            return self._new_data_key(tx, tenant)
        kept = self._open_keys.get(row.wrapped)
        if kept is None:
            kept = AESGCM(self._unwrapped(tenant, row.ring_key, row.wrapped))
            self._open_keys[row.wrapped] = kept
        return kept

    def _unwrapped(self, tenant: TenantId, name: str, wrapped: bytes) -> bytes:
        ring_key = self._ring.keys.get(name)
        if ring_key is None:
            raise NotFound(f"The key “{name}” is missing from OVERLAP_KEYS; what it wrapped cannot be opened.")
        try:
            return AESGCM(ring_key).decrypt(wrapped[:NONCE], wrapped[NONCE:], _bound(tenant, "tenant_key"))
        except InvalidTag as error:
            raise NotFound(f"The key “{name}” in OVERLAP_KEYS is not the one that was used before.") from error

    def _new_data_key(self, tx: Tx, tenant: TenantId) -> AESGCM:
        key = AESGCM.generate_key(256)
        wrapped = self._wrapped(tenant, key)
        tx.execute(insert(TENANT_KEYS).values(tenant=tenant, ring_key=self._ring.first, wrapped=wrapped))
        return AESGCM(key)

    def _wrapped(self, tenant: TenantId, key: bytes) -> bytes:
        nonce = os.urandom(NONCE)
        return nonce + AESGCM(self._ring.keys[self._ring.first]).encrypt(nonce, key, _bound(tenant, "tenant_key"))


def missing_keys(tx: Tx, ring: KeyRing) -> list[str]:
    """The ids of ring keys that rows still need and this ring lacks: reason not to start."""
    used = tx.execute(select(TENANT_KEYS.c.ring_key).distinct()).scalars()
    return sorted(name for name in used if name not in ring.keys)


def _bound(tenant: TenantId, row: str) -> bytes:
    return f"{tenant}|{row}".encode()
