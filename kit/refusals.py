"""The base error for a refused request. Its sentence tells the person how to fix the cause."""


class RefusedError(Exception):
    """The person can fix the cause. The sentence says how."""
