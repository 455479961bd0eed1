"""Names that our own programs give in `User-Agent`."""

TRIAL_AGENT = "mintpost-trial"
"""Sent with the wrong secret of `mintpost smoke`, so that no alert takes it for a lost sale."""
