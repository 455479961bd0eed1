"""The search attributes of our runs, registered in a namespace of Temporal."""

from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest
from temporalio.client import Client

from workflows.attribute_names import ATTRIBUTE_NAMES

KEYWORD = IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD


async def register_attributes(client: Client) -> None:
    """Register those that the namespace lacks. Raises RPCError if Temporal does not allow it."""
    await client.operator_service.add_search_attributes(
        AddSearchAttributesRequest(
            namespace=client.namespace,
            search_attributes=dict.fromkeys(ATTRIBUTE_NAMES, KEYWORD),
        )
    )
