"""What a workspace calls itself: asked once, and a page waits for nobody who does not answer."""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from bot.core.clock import Clock
from bot.core.errors import OverlapError
from bot.core.ids import TenantId

log = logging.getLogger(__name__)

AGAIN_AFTER = timedelta(minutes=5)


class WorkspaceNames:
    """The names of workspaces, by whom to ask on each platform; None where nobody knows."""

    def __init__(self, clock: Clock, ask: Mapping[str, Callable[[], str]]) -> None:
        self._clock = clock
        self._ask = ask
        self._known: dict[TenantId, str] = {}
        self._failed: dict[TenantId, datetime] = {}

    def __call__(self, tenant: TenantId) -> str | None:
        ask = self._ask.get(tenant.partition(":")[0])
        if ask is None or tenant in self._known:
            return self._known.get(tenant)
        now, failed = self._clock.now(), self._failed.get(tenant)
        if failed is not None and now < failed + AGAIN_AFTER:
            return None
        try:
            self._known[tenant] = ask()
        except OverlapError as error:
            self._failed[tenant] = now
            log.info("the name of a workspace is not known: %s", error.code, extra={"tenant": tenant})
        return self._known.get(tenant)
