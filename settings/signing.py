"""The settings of the key that signs licenses, for the worker only."""

from pathlib import Path
from typing import Annotated

from pydantic import Field, SecretStr, ValidationInfo, field_validator

from kit.environment import SettingsError
from settings.files import os_words
from settings.issuer import IssuerSettings
from settings.private import require_private_file


class SigningSettings(IssuerSettings):
    license_signing_key: SecretStr | None = None
    license_signing_key_file: Annotated[Path | None, Field(validate_default=True)] = None

    @field_validator("license_signing_key_file")
    @classmethod
    def _one_signing_key(cls, file: Path | None, others: ValidationInfo) -> Path | None:
        if [file, others.data.get("license_signing_key")].count(None) != 1:
            raise ValueError(
                "or LICENSE_SIGNING_KEY must be set, and only one of them: "
                "`mintpost keys generate` makes a key"
            )
        return file

    def exposed(self) -> list[str]:
        """Return a sentence if others may read the key.

        Raises SettingsError if they may write it.
        """
        file = self.license_signing_key_file
        return [] if file is None else require_private_file("LICENSE_SIGNING_KEY_FILE", file)

    def signing_key(self) -> str:
        r"""Return the PEM text. In a line of .env, `\n` stands for a line break."""
        if self.license_signing_key is not None:
            return self.license_signing_key.get_secret_value().replace("\\n", "\n")
        assert self.license_signing_key_file is not None  # noqa: S101 - validated above
        try:
            return self.license_signing_key_file.read_text(errors="replace")
        except (OSError, ValueError) as error:
            why = f"LICENSE_SIGNING_KEY_FILE cannot be read: {os_words(error)}"
            raise SettingsError(why) from None
