"""Has Temporal's SDK serve its own metrics, on the port after the worker's."""

from temporalio.runtime import PrometheusConfig, Runtime, TelemetryConfig

from kit.metrics_server import SDK, MetricsAddress, told_unserved


def measured_runtime(address: MetricsAddress) -> Runtime | None:
    """Return a runtime that serves the SDK's metrics; None, with a warning, if it cannot."""
    config = PrometheusConfig(
        bind_address=address.at(SDK),
        # As Prometheus asks for, and as every other metric here is.
        counters_total_suffix=True,
        unit_suffix=True,
        durations_as_seconds=True,
    )
    try:
        return Runtime(telemetry=TelemetryConfig(metrics=config))
    except (RuntimeError, ValueError, OSError):
        told_unserved(address, SDK, "Temporal's SDK cannot open it")
        return None
