"""The end of a command that fails: a sentence for a person, and exit code 1."""

import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from shutil import get_terminal_size

from domain.errors import DatabaseAwayError
from domain.visible import visible, visible_lines
from kit.refusals import FixableError, RefusedError


def require_text(words: Sequence[str]) -> None:
    """Refuse bytes that are no text. A shell passes any bytes, and a database takes only text."""
    for place, word in enumerate(words):
        if re.search("[\ud800-\udfff]", word):
            raise RefusedError(f"argument {place} is no text: it holds bytes that are no UTF-8")


@contextmanager
def told_as_sentence() -> Iterator[None]:
    """End the process with the sentence of an error that a person can mend."""
    try:
        yield
    except FixableError as error:
        sys.exit(_fitted(visible_lines(str(error))))
    except DatabaseAwayError as error:
        # Only a sale is retried, so the sentence must not promise a retry of the command.
        sys.exit(_fitted(error.what + error.question))
    except OSError as error:
        sys.exit(_fitted(visible(f"{error.filename or 'the system'}: {error.strerror}")))


def _fitted(sentence: str) -> str:
    """Break a sentence for a terminal, between words and around its commands."""
    if not sys.stderr.isatty():
        return sentence
    from commands.layout import fitting  # noqa: PLC0415 - a command that ends well needs none of it

    return "\n".join(fitting(sentence, get_terminal_size().columns))
