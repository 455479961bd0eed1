"""Reports an unexpected error without the values that the error may carry."""

import traceback


def unexpected_error(error: Exception) -> str:
    """Return the error's class and frames. Frames show code and no values."""
    frames = "".join(traceback.format_tb(error.__traceback__))
    return f"unexpected {type(error).__name__} at\n{frames}"
