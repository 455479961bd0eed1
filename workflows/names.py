"""The names of our task queue and search attributes in Temporal."""

from temporalio.common import SearchAttributeKey

from workflows.attribute_names import SALE_PRODUCT_NAME, SALE_SOURCE_NAME, SALE_STATE_NAME

TASK_QUEUE = "fulfillment"
SALE_SOURCE = SearchAttributeKey.for_keyword(SALE_SOURCE_NAME)
SALE_PRODUCT = SearchAttributeKey.for_keyword(SALE_PRODUCT_NAME)
SALE_STATE = SearchAttributeKey.for_keyword(SALE_STATE_NAME)
