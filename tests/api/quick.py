"""The API with short timeouts, as a process: `uvicorn --factory tests.api.quick:create_app`."""

import logging
import os
from datetime import timedelta
from pathlib import Path

from sqlalchemy import URL
from starlette.types import ASGIApp

from api.assembling import ApiParts, assemble
from api.bounds import Bounds, raise_file_limit
from db.engine import Database, open_engine
from relay.spool import Spool
from storefronts.gumroad.storefront import Gumroad
from tests.support.outages import connect_to_nothing
from tests.support.running import SECRET, UNHURRIED

QUICK = timedelta(milliseconds=500)


def create_app() -> ASGIApp:
    logging.basicConfig(level=logging.INFO)
    folder = Path(os.environ["DATA_DIR"])
    return assemble(
        ApiParts(
            Database(open_engine(URL.create("sqlite", database=str(folder / "mintpost.db")))),
            {"gumroad": Gumroad((SECRET,))},
            connect_to_nothing,
            Spool(folder / "spool"),
            patience=UNHURRIED,
            bounds=Bounds(ending=QUICK).within(raise_file_limit()),
            floods=QUICK,
        )
    )
