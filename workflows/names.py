"""The names under which sales run in Temporal."""

from temporalio.common import SearchAttributeKey

TASK_QUEUE = "fulfillment"
SALE_SOURCE = SearchAttributeKey.for_keyword("SaleSource")
SALE_PRODUCT = SearchAttributeKey.for_keyword("SaleProduct")
