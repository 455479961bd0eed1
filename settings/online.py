"""The settings of the API that answers apps."""

from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator

from settings.database import KeeperSettings
from settings.products import ProductsSettings

KNOWN = ("gumroad", "lemonsqueezy", "polar", "keygen")


def split_dialects(text: str) -> tuple[str, ...]:
    return tuple(name.strip().lower() for name in text.split(",") if name.strip())


def _known(text: str) -> str:
    unknown = [name for name in split_dialects(text) if name not in KNOWN]
    if unknown:
        raise ValueError(f"has an unknown name: it can list {', '.join(KNOWN)}, with commas")
    return text


class OnlineSettings(KeeperSettings, ProductsSettings):
    license_issuer: str = "mintpost"
    dialects: Annotated[str, AfterValidator(_known)] = ""
    answer_signing_key_file: Path | None = None

    def answer_key_file(self) -> Path:
        """Return the file of the answer key, which the API makes at its first start."""
        return self.answer_signing_key_file or self.data_dir / "answer-key.pem"
