"""The installation as this environment describes it, and the checks of all of its parts."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from temporalio.envconfig import ClientConnectConfig

from db.clock import database_now
from db.engine import Database
from domain.catalog import Catalog
from domain.findings import Finding, broken, ok, unchecked, warning
from kit.clock import utc_now
from operations.doctor import api, clock, database, disk, keys, mail, products, spool, temporal
from operations.doctor.checks import Check, Told
from operations.doctor.sentences import divided
from operations.doctor.shops import IN_THE_WORKER, Shops
from relay.spool import Spool

SETTINGS = "settings"
BROKEN = "the settings of the mail cannot be used"
NOT_HERE = "POSTMARK_TOKEN is not set here"
EDIT = "correct it in the environment or in .env, and start the process again"


@dataclass(frozen=True, slots=True)
class Installation:
    """Each part is None if its settings are broken, or not set here.

    `problems` are broken settings, and `cautions` files that others may read. `is_worker`: the
    signing key is set here, so that the other settings of the worker are here too.
    """

    problems: Sequence[str]
    cautions: Sequence[str]
    shops: Shops
    products: Path
    sources: Sequence[str]
    database: Database | None = None
    database_file: Path | None = None
    data_dir: Path | None = None
    temporal: ClientConnectConfig | None = None
    provider: mail.Provider | None = None
    is_worker: bool = False
    kid: str | None = None
    api_url: str | None = None

    def checks(self) -> list[Check]:
        catalog = products.readable(self.products, self.sources)
        in_use = () if catalog is None else {name for name, of in catalog.offers.items() if of}
        return [
            Check("Settings", SETTINGS, self._settings()),
            *self._storage(),
            *self._of_temporal(),
            *self._of_mail(),
            *self._licenses(catalog),
            *self._of_api(),
            *self.shops.checks(in_use),
        ]

    def _settings(self) -> Told:
        found = [broken(SETTINGS, *divided(each, EDIT)) for each in self.problems]
        found += [warning(SETTINGS, *divided(each, EDIT)) for each in self.cautions]
        return Told(*(found or [ok(SETTINGS, "every variable that is set here can be used")]))

    def _storage(self) -> Iterator[Check]:
        part, file = database.DATABASE, self.database_file
        yield self._on_database("Storage", part, lambda db: database.look_at_database(db, file))
        yield from self._of_data_dir()
        yield Check("Storage", clock.CLOCK, partial(clock.look_at_clock, self._clocks()))

    def _of_data_dir(self) -> Iterator[Check]:
        file = self.database_file
        if self.data_dir is None:
            for part in (disk.DISK, spool.SPOOL):
                yield Check("Storage", part, Told(unchecked(part, "DATA_DIR cannot be used")))
            return
        folders = [self.data_dir, *([] if file is None else [file.parent])]
        waiting = Spool(self.data_dir / "spool")
        yield Check("Storage", disk.DISK, partial(disk.look_at_disk, folders))
        yield Check("Storage", spool.SPOOL, partial(spool.look_at_spool, waiting))

    def _on_database(
        self, group: str, part: str, look: Callable[[Database], Awaitable[Sequence[Finding]]]
    ) -> Check:
        """Return the check, which tells of a database that was not even opened."""
        if self.database is None:
            return Check(group, part, Told(unchecked(part, "DATABASE_URL cannot be used")))
        return Check(group, part, partial(look, self.database))

    def _clocks(self) -> Mapping[str, clock.OtherClock]:
        clocks: dict[str, clock.OtherClock] = {}
        # SQLite has no clock of its own.
        if self.database is not None and self.database_file is None:
            clocks["the database"] = partial(self.database.read, database_now)
        if self.provider is not None:
            clocks["the mail provider"] = self.provider.time
        return clocks

    def _of_temporal(self) -> Iterator[Check]:
        part = temporal.TEMPORAL
        if self.temporal is None:
            why = "the settings TEMPORAL_… cannot be used"
            yield Check("Temporal", part, Told(unchecked(part, why)))
        else:
            yield Check("Temporal", part, temporal.TemporalCheck(self.temporal).findings)

    def _of_mail(self) -> Iterator[Check]:
        if (provider := self.provider) is None:
            why, remedy = (BROKEN, None) if self.is_worker else (NOT_HERE, IN_THE_WORKER)
            yield Check("Mail", mail.MAIL, Told(unchecked(mail.MAIL, why, remedy)))
            return
        yield Check("Mail", mail.MAIL, partial(provider.check, self.shops.public))
        if provider.confirms_senders:
            look = partial(mail.look_at_sender, provider=provider.name)
            yield self._on_database("Mail", mail.SENDER, look)

    def _licenses(self, catalog: Catalog | None) -> Iterator[Check]:
        group = "Licenses"
        file = partial(asyncio.to_thread, products.look_at_file, self.products, self.sources)
        yield Check(group, products.PRODUCTS, file)
        yield self._on_database(group, products.SOLD, lambda db: products.look_at_sold(db, catalog))
        if (kid := self.kid) is None:
            told = unchecked(keys.SIGNING_KEY, "it is the worker's: not set here", IN_THE_WORKER)
            yield Check(group, keys.SIGNING_KEY, Told(told))
        else:
            yield self._on_database(
                group, keys.SIGNING_KEY, lambda db: keys.look_at_signing_key(db, kid)
            )
        yield self._on_database(group, keys.LISTS[0], lambda db: keys.look_at_lists(db, utc_now()))

    def _of_api(self) -> Iterator[Check]:
        if self.api_url is None:
            why = "its address is not known here"
            remedy = "mintpost doctor --url https://shop.example.com, or set PUBLIC_URL"
            yield Check("API", api.API, Told(unchecked(api.API, why, remedy)))
        else:
            yield Check("API", api.API, api.ApiCheck(self.api_url, self.kid).findings)
