"""Serves the metrics of a process to Prometheus, on a port of its own."""

import logging

from kit.instruments import BUILD
from kit.metrics import Meters
from kit.metrics_address import WORKER, MetricsAddress
from kit.version import VERSION

logger = logging.getLogger(__name__)


def serve_metrics(address: MetricsAddress, offset: int, meters: Meters) -> None:
    """Turn the metrics on and serve them in a thread.

    A port in use is a warning, because sales are worth more than their metrics: a process that
    replaces another starts before the other has ended.
    """
    from prometheus_client import (  # noqa: PLC0415 - a process without metrics need not import it
        GC_COLLECTOR,
        CollectorRegistry,
        ProcessCollector,
        disable_created_metrics,
        start_http_server,
    )

    # Twice the series, for times that nobody asks for.
    disable_created_metrics()  # type: ignore[no-untyped-call]  # the library gives it no types
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    registry.register(GC_COLLECTOR)
    meters.turn_on(registry)
    BUILD.show(1, VERSION, "worker" if offset == WORKER else "api")
    try:
        start_http_server(address.port + offset, str(address.host), registry)
    except OSError as error:
        told_unserved(address, offset, error.strerror)
        return
    logger.info("metrics at http://%s/metrics", address.at(offset))


def told_unserved(address: MetricsAddress, offset: int, why: str | None) -> None:
    logger.warning(
        "METRICS_ADDRESS: no metrics at %s: %s. Free that port or choose another, and restart",
        address.at(offset),
        why or "it cannot be opened",
    )
