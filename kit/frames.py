"""Reports an unexpected error without the values that the error may carry."""

import traceback
from collections.abc import Iterator


def unexpected_error(error: BaseException) -> str:
    """Return the error's class and frames. Frames show code and no values."""
    return f"unexpected {type(error).__name__} at\n{frames_of(error)}"


def frames_of(error: BaseException) -> str:
    return "".join(traceback.format_tb(error.__traceback__))


def causes_of(error: BaseException) -> Iterator[BaseException]:
    """Yield the error, then the error that caused it, and so on."""
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        yield current
        hidden = current.__suppress_context__
        current = current.__cause__ or (None if hidden else current.__context__)
