"""The product mapping of today, as far as the answers to apps need it."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from catalog.file import ProductsFile, ProductsFileError
from domain.catalog import Catalog
from domain.findings import Finding, Level

logger = logging.getLogger(__name__)

REFUSING = (
    "PRODUCTS_FILE: apps get no answer about licenses, because the file is missing or broken: "
    "`mintpost products check` names each error"
)


class MappingAwayError(Exception):
    """There is no usable products.yaml, and never was one since this process started."""


@dataclass(slots=True)
class OnlineMapping:
    """Reads the file at the first question, and again after each change.

    A missing file must not stop the API, because the API also takes the webhooks.
    """

    path: Path
    sources: Sequence[str]
    file: ProductsFile | None = field(default=None, init=False)
    trouble: str | None = field(default=None, init=False)

    async def current(self) -> Catalog:
        """Return the mapping. Raises MappingAwayError."""
        if self.file is None:
            await asyncio.to_thread(self.open)
        if self.file is None:
            raise MappingAwayError
        # A thread costs more than the rest of an answer.
        known = self.file.unchanged()
        return await asyncio.to_thread(self.file.current) if known is None else known

    def open(self) -> None:
        try:
            self.file = ProductsFile(self.path, self.sources)
            self.trouble = None
        except ProductsFileError as error:
            if str(error) != self.trouble:
                logger.warning("apps get no answer about licenses, because\n%s", error)
            self.trouble = str(error)

    async def findings(self) -> list[Finding]:
        """Return a finding while apps get no answer.

        Anybody may read it, so the file's path and its errors stand in the log alone.
        """
        await asyncio.to_thread(self.open) if self.file is None else None
        if self.trouble is None:
            return []
        return [Finding("PRODUCTS_FILE", Level.BROKEN, REFUSING, "mintpost products check")]
