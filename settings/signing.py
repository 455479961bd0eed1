"""Which key signs licenses. The worker's alone."""

from pathlib import Path
from typing import Annotated

from pydantic import Field, SecretStr, ValidationInfo, field_validator

from settings.base import EnvironmentSettings, SettingsError


class SigningSettings(EnvironmentSettings):
    license_issuer: str = "mintpost"
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

    def signing_key(self) -> str:
        r"""Return the PEM. A line of .env holds no line breaks, so `\n` in it stands for one."""
        if self.license_signing_key is not None:
            return self.license_signing_key.get_secret_value().replace("\\n", "\n")
        assert self.license_signing_key_file is not None  # noqa: S101 - validated above
        try:
            return self.license_signing_key_file.read_text(errors="replace")
        except OSError as error:
            why = f"LICENSE_SIGNING_KEY_FILE cannot be read: {error.strerror}"
            raise SettingsError(why) from None
