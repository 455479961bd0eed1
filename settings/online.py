"""The settings of the API that answers apps."""

from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator

from settings.alerts import AlertSettings
from settings.database import KeeperSettings
from settings.issuer import IssuerSettings
from settings.observing import ObservingSettings
from settings.products import ProductsSettings

KNOWN = ("gumroad", "lemonsqueezy", "polar", "keygen")
LONGEST_SHOWN = 40


def split_dialects(text: str) -> tuple[str, ...]:
    """Return the listed names, each once."""
    return tuple(dict.fromkeys(name.strip().lower() for name in text.split(",") if name.strip()))


def _known(text: str) -> str:
    unknown = [_shown(name) for name in split_dialects(text) if name not in KNOWN]
    if unknown:
        known = ", ".join(KNOWN)
        raise ValueError(
            f"names no known dialect: {', '.join(unknown)}: it can list {known}, with commas"
        )
    return text


def _shown(name: str) -> str:
    short = name if len(name) <= LONGEST_SHOWN else f"{name[:LONGEST_SHOWN]}…"
    return f'"{short}"' if short.isprintable() else ascii(short)


class OnlineSettings(
    KeeperSettings, ProductsSettings, IssuerSettings, ObservingSettings, AlertSettings
):
    dialects: Annotated[str, AfterValidator(_known)] = ""
    answer_signing_key_file: Path | None = None

    def answer_key_file(self) -> Path:
        """Return the file of the answer key, which the API makes at its first start."""
        return self.answer_signing_key_file or self.data_dir / "answer-key.pem"
