"""The base errors whose sentence tells a person how to fix the cause."""


class FixableError(Exception):
    """A person can fix the cause. The sentence says how."""


class RefusedError(FixableError):
    """A person's request was refused."""
