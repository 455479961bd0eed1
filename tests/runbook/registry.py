"""The situations by the title of their section."""

from collections.abc import Mapping

from tests.runbook import of_keys, of_parts, of_runs, of_sales
from tests.runbook.situations import Situation

ALL: tuple[type[Situation], ...] = (
    of_sales.ProductUnmapped,
    of_sales.MappingBroken,
    of_sales.TokenRefused,
    of_sales.AddressRefused,
    of_sales.NothingArrived,
    of_sales.Bounced,
    of_sales.NoSale,
    of_sales.RevokedByMistake,
    of_runs.Terminated,
    of_runs.Paused,
    of_runs.TasksFail,
    of_sales.NoAddress,
    of_keys.SigningKeyRevoked,
    of_parts.NoWorker,
    of_parts.TemporalAway,
    of_parts.DatabaseAway,
    of_parts.CallsRefused,
)
SITUATIONS: Mapping[str, Situation] = {each.title: each() for each in ALL}
