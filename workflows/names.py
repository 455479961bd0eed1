"""The names of our task queue and search attributes in Temporal."""

from temporalio.common import SearchAttributeKey

TASK_QUEUE = "fulfillment"
SALE_SOURCE = SearchAttributeKey.for_keyword("SaleSource")
SALE_PRODUCT = SearchAttributeKey.for_keyword("SaleProduct")
