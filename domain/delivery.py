"""The states of an e-mail that is owed."""

PENDING = "pending"
REFUSED = "refused"
WITHDRAWN = "withdrawn"
"""A person corrected the address before it left: another delivery is sent instead."""

DONE = ("accepted", "logged")
