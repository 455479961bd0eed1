"""What a command may end with: a sentence for a person, and exit code 1."""

from activities.products_file import ProductsFileError
from db.migrating import WrongMigrationError
from licensing.keys import MistypedKeyError
from licensing.tokens import TokenInvalidError


class CommandError(Exception):
    """Something that the person at the terminal can mend; the sentence says how."""


MENDABLE = (
    CommandError,
    MistypedKeyError,
    ProductsFileError,
    TokenInvalidError,
    WrongMigrationError,
)
