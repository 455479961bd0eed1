"""What ends a person's request: a sentence that says how to mend it."""


class CommandError(Exception):
    """Something that the person who asked can mend; the sentence says how."""
