"""The settings of logs, metrics and traces, and the sentences for broken ones."""

import re

import pytest

from kit.environment import SettingsError
from kit.logs import LogFormat
from settings.loading import load
from settings.observing import ObservingSettings, log_format
from settings.tracing import tracing_variables

ENDPOINT = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318"}


@pytest.fixture
def given(clean: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    return clean


@pytest.mark.parametrize("text", ["127.0.0.1:9464", "[::1]:9464", "0.0.0.0:65533"])
def test_an_ip_address_with_a_port_is_an_address_of_metrics(
    given: pytest.MonkeyPatch, text: str
) -> None:
    given.setenv("METRICS_ADDRESS", text)
    address = load(ObservingSettings).metrics_address
    assert address is not None
    assert address.at(0) == text


@pytest.mark.parametrize("text", ["localhost:9464", "127.0.0.1", "9464", "127.0.0.1:65534", ":1"])
def test_any_other_text_is_refused_by_name(given: pytest.MonkeyPatch, text: str) -> None:
    given.setenv("METRICS_ADDRESS", text)
    with pytest.raises(SettingsError, match=r"METRICS_ADDRESS is no IP address with a port, such"):
        load(ObservingSettings)


def test_a_broken_log_format_is_reported_with_the_others_as_text(
    given: pytest.MonkeyPatch,
) -> None:
    given.setenv("LOG_FORMAT", "xml")
    assert log_format() is LogFormat.TEXT
    with pytest.raises(SettingsError, match="LOG_FORMAT is neither text nor json"):
        load(ObservingSettings)
    given.setenv("LOG_FORMAT", "JSON")
    assert log_format() is LogFormat.JSON


@pytest.mark.parametrize(
    "variables",
    [
        {},
        {"OTEL_SERVICE_NAME": "shop"},
        {**ENDPOINT, "OTEL_SDK_DISABLED": "True"},
        {**ENDPOINT, "OTEL_TRACES_EXPORTER": "none"},
        {"OTEL_EXPORTER_OTLP_ENDPOINT": " "},
    ],
)
def test_no_traces_unless_an_endpoint_asks_for_them(
    given: pytest.MonkeyPatch, variables: dict[str, str]
) -> None:
    for name, value in variables.items():
        given.setenv(name, value)
    assert tracing_variables() is None


def test_an_endpoint_turns_traces_on_and_blank_variables_are_absent(
    given: pytest.MonkeyPatch,
) -> None:
    for name, value in {**ENDPOINT, "OTEL_TRACES_SAMPLER": ""}.items():
        given.setenv(name, value)
    assert tracing_variables() == ENDPOINT


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc", "is not http/protobuf"),
        ("OTEL_TRACES_EXPORTER", "zipkin", "is neither otlp nor none"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "127.0.0.1:4318", "is no address, such as http://"),
    ],
)
def test_a_variable_that_mintpost_cannot_obey_is_refused_by_name(
    given: pytest.MonkeyPatch, name: str, value: str, sentence: str
) -> None:
    for each, text in {**ENDPOINT, name: value}.items():
        given.setenv(each, text)
    with pytest.raises(SettingsError, match=re.escape(f"{name} {sentence}")):
        tracing_variables()
