"""The names of our search attributes, for a process that has no client of Temporal."""

SALE_SOURCE_NAME = "SaleSource"
SALE_PRODUCT_NAME = "SaleProduct"
SALE_STATE_NAME = "SaleState"

ATTRIBUTE_NAMES = (SALE_SOURCE_NAME, SALE_PRODUCT_NAME, SALE_STATE_NAME)
"""All of type Keyword."""
