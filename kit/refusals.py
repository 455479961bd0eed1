"""The error that ends a request of a person: its sentence says how to mend the cause."""


class RefusedError(Exception):
    """The person who asked can mend it; the sentence says how."""
