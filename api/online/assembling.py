"""Puts the routes for apps together."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from starlette.routing import Route

from api.answer_key_file import new_answer_key
from api.answer_keys import Renew
from api.online.app_routes import AppRoutes
from api.online.asking import Asking
from api.online.dialects.base import DialectParts
from api.online.dialects.registry import DIALECTS
from api.online.mapping import OnlineMapping
from api.online.own import own_routes
from api.online.rates import Rates
from db.engine import Database
from kit.clock import Clock, utc_now
from licensing.answers import AnswerSigner
from operations.online import OnlineLicenses


@dataclass(frozen=True, slots=True)
class OnlineParts:
    """The parts of the answers to apps. `dialects` are the names of those that are switched on.

    `renew` makes the key that follows a withdrawn one.
    """

    signer: AnswerSigner
    issuer: str
    products: Path
    sources: Sequence[str]
    dialects: Sequence[str] = ()
    clock: Clock = utc_now
    rates: Rates = field(default_factory=Rates)
    renew: Renew = lambda _withdrawn: new_answer_key()


def online_routes(database: Database, parts: OnlineParts, mapping: OnlineMapping) -> AppRoutes:
    """Return the public paths: Mintpost's own, and those of each dialect."""
    licenses = OnlineLicenses(database, mapping, parts.rates, parts.clock)
    asking = Asking(licenses, parts.rates)
    shared = DialectParts(asking, parts.signer, parts.issuer)
    routers = [own_routes(asking, parts.signer)]
    routers += [DIALECTS[name].routes(shared) for name in parts.dialects]
    return AppRoutes(
        route for router in routers for route in router.routes if isinstance(route, Route)
    )
