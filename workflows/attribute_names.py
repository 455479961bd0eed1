"""The names of our search attributes, for a process that has no client of Temporal."""

SALE_SOURCE_NAME = "SaleSource"
SALE_PRODUCT_NAME = "SaleProduct"
