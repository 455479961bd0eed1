"""The known dialects. A new one is a file and a line here."""

from collections.abc import Mapping

from api.online.dialects.base import Dialect
from api.online.dialects.gumroad import GumroadDialect
from api.online.dialects.keygen.dialect import KeygenDialect
from api.online.dialects.lemonsqueezy import LemonSqueezyDialect
from api.online.dialects.polar import PolarDialect

KNOWN: tuple[Dialect, ...] = (
    GumroadDialect(),
    LemonSqueezyDialect(),
    PolarDialect(),
    KeygenDialect(),
)

DIALECTS: Mapping[str, Dialect] = {dialect.name: dialect for dialect in KNOWN}
