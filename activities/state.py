"""Asks Temporal whether its namespace knows the search attribute `SaleState`."""

import logging
from datetime import timedelta
from time import monotonic

from temporalio import activity
from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import ListSearchAttributesRequest
from temporalio.client import Client
from temporalio.service import RPCError
from typing_extensions import override

from workflows.names import SALE_STATE
from workflows.steps import AskedState, KnownState, StateStep

logger = logging.getLogger(__name__)

PATIENCE = timedelta(seconds=2)
FRESH = timedelta(minutes=1)
"""A person may register the attribute later, as after an upgrade."""


class State(StateStep):
    """Asks at most once in `FRESH` while the answer is no, and never again after a yes."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.known = False
        self.ask_at = monotonic()

    @override
    @activity.defn
    async def ask_state(self, asked: AskedState) -> KnownState:
        if not self.known and monotonic() >= self.ask_at:
            self.known = await self.is_known()
            self.ask_at = monotonic() + FRESH.total_seconds()
        return KnownState(self.known)

    async def is_known(self) -> bool:
        request = ListSearchAttributesRequest(namespace=self.client.namespace)
        try:
            answer = await self.client.operator_service.list_search_attributes(
                request, timeout=PATIENCE
            )
        except RPCError as error:
            # Temporal Cloud may not let us ask. Then no run shows its state, and all run as before.
            logger.warning("Temporal did not list its search attributes (%s)", error.status.name)
            return False
        found = answer.custom_attributes.get(SALE_STATE.name)
        return found == IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD
