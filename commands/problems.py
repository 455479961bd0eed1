"""What a command may end with: a sentence for a person, and exit code 1."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from activities.products_file import ProductsFileError
from db.migrating import WrongMigrationError
from domain.errors import DatabaseAwayError
from domain.visible import visible, visible_lines
from licensing.keys import MistypedKeyError
from licensing.tokens import TokenInvalidError


class CommandError(Exception):
    """Something that the person at the terminal can mend; the sentence says how."""


MENDABLE: tuple[type[Exception], ...] = (
    CommandError,
    MistypedKeyError,
    ProductsFileError,
    TokenInvalidError,
    WrongMigrationError,
)


@contextmanager
def told_as_sentence(*others: type[Exception]) -> Iterator[None]:
    """End the process with the sentence of whatever a person can mend, `others` included."""
    mendable = (*MENDABLE, *others)
    try:
        yield
    except mendable as error:
        sys.exit(visible_lines(str(error)))
    except DatabaseAwayError as error:
        # A command does not try again, whatever the sentence of a sale says.
        sys.exit(error.what + error.question)
    except OSError as error:
        sys.exit(visible(f"{error.filename or 'the system'}: {error.strerror}"))
