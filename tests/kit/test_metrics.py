"""Metrics do nothing until they are turned on, and are served on a port of their own."""

import logging
import subprocess
import sys
from collections.abc import Iterator
from ipaddress import ip_address
from urllib.request import ProxyHandler, build_opener

import pytest
from prometheus_client import CollectorRegistry

from embedded.ports import HOST, free_ports
from kit.instruments import EMAILS, OF_API, OF_WORKER, REQUESTS
from kit.metrics_address import API, SDK, WORKER, MetricsAddress
from kit.metrics_server import serve_metrics
from kit.sdk_runtime import sdk_runtime


@pytest.fixture
def registry() -> Iterator[CollectorRegistry]:
    registry = CollectorRegistry()
    OF_WORKER.turn_on(registry)
    yield registry
    OF_WORKER.turn_off()


@pytest.fixture
def address() -> Iterator[MetricsAddress]:
    (port,) = free_ports(1)
    yield MetricsAddress(ip_address(HOST), port)
    OF_API.turn_off()


def scraped(address: MetricsAddress) -> str:
    answer = build_opener(ProxyHandler({})).open(f"http://{address.at(API)}/metrics", timeout=5)
    text: str = answer.read().decode()
    return text


def test_a_metric_that_is_off_counts_nothing_and_imports_nothing() -> None:
    REQUESTS.count("gumroad", "database")
    assert not OF_API.are_on
    counts = "from kit.instruments import REQUESTS as R; R.count('a', 'b'); import worker, api.app"
    code = f"{counts}; import sys; sys.exit('prometheus_client' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0  # noqa: S603


def test_a_known_value_is_shown_before_it_happens(registry: CollectorRegistry) -> None:
    EMAILS.count("accepted")
    shown = {
        outcome: registry.get_sample_value("mintpost_email_attempts_total", {"outcome": outcome})
        for outcome in ("accepted", "in_doubt")
    }
    assert shown == {"accepted": 1, "in_doubt": 0}


def test_metrics_are_served_with_the_version_and_the_process(address: MetricsAddress) -> None:
    serve_metrics(address, API, OF_API)
    REQUESTS.count("gumroad", "database")
    text = scraped(address)
    assert 'mintpost_requests_total{kept="database",source="gumroad"} 1.0' in text
    assert 'process="api"' in text
    assert "process_resident_memory_bytes" in text


def test_a_port_in_use_is_a_warning_that_says_what_to_do(
    address: MetricsAddress, caplog: pytest.LogCaptureFixture
) -> None:
    serve_metrics(address, API, OF_API)
    OF_API.turn_off()
    with caplog.at_level(logging.WARNING):
        serve_metrics(address, API, OF_API)
        sdk_runtime(MetricsAddress(address.host, address.port - SDK))
    warnings = [each.getMessage() for each in caplog.records if each.levelname == "WARNING"]
    where = f"METRICS_ADDRESS: no metrics at {address.at(API)}: "
    assert [warning.startswith(where) for warning in warnings] == [True, True]
    assert all(each.endswith("choose another, and restart") for each in warnings)


def test_each_process_has_a_port_of_its_own() -> None:
    address = MetricsAddress(ip_address("::1"), 9464)
    assert [address.at(each) for each in (API, WORKER, SDK)] == [
        "[::1]:9464",
        "[::1]:9465",
        "[::1]:9466",
    ]
