"""Temporal's SDK within our process: its log lines become ours, and it serves its own metrics."""

import logging

from temporalio.runtime import (
    LogForwardingConfig,
    LoggingConfig,
    PrometheusConfig,
    Runtime,
    TelemetryConfig,
    TelemetryFilter,
)

from kit.metrics_address import SDK, MetricsAddress
from kit.metrics_server import told_unserved

LOGGER = "temporalio.sdk"
QUIET = TelemetryFilter(core_level="WARN", other_level="ERROR")
"""As the SDK's own default, which writes lines of another form to standard error."""


def sdk_runtime(metrics: MetricsAddress | None, filter_: TelemetryFilter = QUIET) -> Runtime:
    """Return the runtime for the client of a process. A port in use is a warning."""
    lines = LogForwardingConfig(logging.getLogger(LOGGER), prepend_target_on_message=False)
    logs = LoggingConfig(filter=filter_, forwarding=lines)
    if metrics is not None:
        try:
            return Runtime(telemetry=TelemetryConfig(logging=logs, metrics=_served(metrics)))
        except (RuntimeError, ValueError, OSError):
            told_unserved(metrics, SDK, "Temporal's SDK cannot open it")
    return Runtime(telemetry=TelemetryConfig(logging=logs))


def _served(address: MetricsAddress) -> PrometheusConfig:
    return PrometheusConfig(
        bind_address=address.at(SDK),
        # As Prometheus asks for, and as every other metric here is.
        counters_total_suffix=True,
        unit_suffix=True,
        durations_as_seconds=True,
    )
