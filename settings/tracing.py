"""The settings of traces: the variables that OpenTelemetry defines for every program."""

from collections.abc import Mapping

from kit.environment import SettingsError
from settings.environment import whole_environment
from settings.files import is_text, no_text

ENDPOINTS = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
PROTOCOLS = ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL")
PROTOCOL = "http/protobuf"
EXPORTER = "OTEL_TRACES_EXPORTER"


def tracing_variables() -> Mapping[str, str] | None:
    """Return the `OTEL_…` variables if they ask for traces, else None. Raises SettingsError."""
    given = {
        name: value.strip()
        for name, value in whole_environment().items()
        if name.startswith("OTEL_") and value.strip()
    }
    disabled = given.get("OTEL_SDK_DISABLED", "").lower() == "true"
    if disabled or given.get(EXPORTER) == "none" or not given.keys() & set(ENDPOINTS):
        return None
    if problems := list(_problems(given)):
        raise SettingsError("\n".join(problems))
    return given


def _problems(given: Mapping[str, str]) -> list[str]:
    problems = [no_text(name) for name, value in given.items() if not is_text(value)]
    problems += [
        f"{name} is no address, such as http://127.0.0.1:4318"
        for name in ENDPOINTS
        if not given.get(name, "http://").lower().startswith(("http://", "https://"))
    ]
    named = next((name for name in PROTOCOLS if name in given), None)
    if named is not None and given[named] != PROTOCOL:
        problems.append(
            f"{named} is not {PROTOCOL}, the one protocol in which Mintpost sends traces: leave it "
            "out, and name the collector's HTTP port, which is usually 4318"
        )
    if given.get(EXPORTER, "otlp") != "otlp":
        problems.append(f"{EXPORTER} is neither otlp nor none")
    return problems
