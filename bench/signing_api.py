"""Builds the API with a signing shop beside the registered storefronts, for `strangers.py`."""

from functools import partial

from starlette.types import ASGIApp
from temporalio.client import Client

from api.assembling import ApiParts, assemble
from api.bounds import Bounds, raise_file_limit
from db.engine import Database, open_engine
from embedded.ports import HOST
from kit.logs import set_up_logs
from relay.spool import Spool
from settings.database import KeeperSettings
from settings.loading import load
from storefronts.registry import open_for_api
from tests.support.signing_shop import SigningShop


def create_app() -> ASGIApp:
    set_up_logs()
    settings = load(KeeperSettings)
    shop = SigningShop()
    storefronts = {**open_for_api(load), shop.name: shop}
    database = Database(open_engine(settings.database()))
    spool = Spool(settings.data_dir / "spool")
    connect = partial(Client.connect, f"{HOST}:1", lazy=True)
    bounds = Bounds().within(raise_file_limit())
    return assemble(ApiParts(database, storefronts, connect, spool, bounds=bounds))
