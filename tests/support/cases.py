"""Names the case of a test that loops over many, so that a failure tells which one it was."""

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def case(name: str) -> Iterator[None]:
    try:
        yield
    except Exception as error:
        error.add_note(f"the case: {name}")
        raise
