"""Where the metrics of each process are served."""

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address

API, WORKER, SDK = 0, 1, 2
"""The ports from METRICS_ADDRESS on: the API's, the worker's, and that of Temporal's SDK in it."""


@dataclass(frozen=True, slots=True)
class MetricsAddress:
    host: IPv4Address | IPv6Address
    port: int

    def at(self, offset: int) -> str:
        """Return the address of one of the ports, as text."""
        host = f"[{self.host}]" if isinstance(self.host, IPv6Address) else f"{self.host}"
        return f"{host}:{self.port + offset}"
