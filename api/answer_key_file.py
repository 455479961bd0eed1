"""The file of the API's own key for answers. The API makes the file at its first start."""

import logging
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from kit.private_files import keep_private, replace_private
from licensing.private_keys import (
    PrivateKeyError,
    generate_private_key,
    load_private_key,
    public_key_of,
)

logger = logging.getLogger(__name__)

UNKEPT = (
    "the answer key cannot be kept in %s (%s): this process signs with a key of its own until it "
    "ends"
)


def new_answer_key() -> bytes:
    return generate_private_key().encode()


@dataclass(frozen=True, slots=True)
class AnswerKeyFile:
    """`is_named`: a setting names the file, so a file that cannot be made is a mistake."""

    path: Path
    is_named: bool = False

    def read_or_make(self) -> bytes:
        """Return the PEM. Raises OSError."""
        return self.path.read_bytes() if self.path.exists() else self._make()

    def renewed(self, withdrawn: str) -> bytes:
        """Return the key that follows the withdrawn key of this kid.

        Another process may have replaced the file already.
        """
        with suppress(OSError, PrivateKeyError):
            kept = self.path.read_bytes()
            if public_key_of(load_private_key(kept)).kid != withdrawn:
                return kept
        made = new_answer_key()
        try:
            replace_private(self.path, made)
        except OSError as error:
            logger.warning(UNKEPT, self.path, error.strerror)
        return made

    def _make(self) -> bytes:
        made = new_answer_key()
        try:
            if not self.is_named:
                self.path.parent.mkdir(parents=True, exist_ok=True)
            return keep_private(self.path, made)
        except OSError as error:
            if self.is_named:
                raise
            # The API must take webhooks also while the disk is full.
            logger.warning(UNKEPT, self.path, error.strerror)
            return made
