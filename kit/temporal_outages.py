"""Turns a gRPC status into a sentence, and says if a person must act or if waiting helps.

No sentence quotes the SDK, because the SDK's messages hold addresses and namespaces.
"""

import re
from dataclasses import dataclass

NAMESPACE = "NamespaceNotFoundFailure"
"""With this detail Temporal tells a missing namespace from a missing workflow."""

REFUSALS = {
    "NOT_FOUND": "Temporal has no such namespace (NOT_FOUND): correct TEMPORAL_NAMESPACE, or "
    "create it with `temporal operator namespace create --namespace NAME`",
    "UNAUTHENTICATED": "Temporal does not accept who we are (UNAUTHENTICATED): correct "
    "TEMPORAL_API_KEY, or the certificate of TEMPORAL_TLS_CLIENT_CERT_PATH",
    "PERMISSION_DENIED": "Temporal does not let us in (PERMISSION_DENIED): correct "
    "TEMPORAL_NAMESPACE and TEMPORAL_API_KEY, or give that key rights on the namespace",
    "UNIMPLEMENTED": "Temporal does not know this call (UNIMPLEMENTED): correct TEMPORAL_ADDRESS, "
    "at which something else answers, or upgrade that server",
    "TLS": "Temporal and we cannot agree on TLS: correct TEMPORAL_TLS (TEMPORAL_API_KEY alone "
    "turns TLS on, too), and TEMPORAL_TLS_SERVER_CA_CERT_PATH and TEMPORAL_TLS_SERVER_NAME where "
    "its authority is your own",
}
"""A person must fix the settings or Temporal: the process prints the sentence and ends."""

OUTAGES = {
    "RESOURCE_EXHAUSTED": "Temporal takes no more calls for now (RESOURCE_EXHAUSTED): its limits "
    "are reached",
    "INTERNAL": "Temporal cannot be reached (INTERNAL): does a Temporal answer at "
    "TEMPORAL_ADDRESS, and does it want TEMPORAL_TLS?",
    "HOST": "Temporal cannot be reached, because its host has no address: correct "
    "TEMPORAL_ADDRESS, or mend the name service",
    "CLOSED": "Temporal cannot be reached, because nothing listens there: start it, or correct "
    "TEMPORAL_ADDRESS",
    "TimeoutError": "Temporal cannot be reached, because nothing answered in time: look whether it "
    "is up, or correct TEMPORAL_ADDRESS",
}
"""An outage may pass, so the process waits. Every other status is shown by name, and also waits."""

_STATUS = re.compile(r"Status \{ code: (\w+)")
_UNCONNECTED = {
    "TLS": re.compile(r"InvalidMessage|InvalidCertificate|AlertReceived|PeerIncompatible"),
    "HOST": re.compile(r"dns error|failed to lookup address"),
    "CLOSED": re.compile("ConnectionRefused"),
}
"""The SDK's words for a connection that failed before any gRPC status."""


class TemporalRefusesError(Exception):
    """Temporal answers, but the settings do not fit. The sentence says how to fix the settings."""


@dataclass(frozen=True, slots=True)
class TemporalTrouble:
    """With `refused`, waiting does not help: a person must act."""

    sentence: str
    refused: bool


def temporal_trouble(error: BaseException) -> TemporalTrouble:
    """Read an error of the SDK: RPCError, a timeout, or RuntimeError when it could not connect.

    The parameter is not typed as these classes, because this module imports no other package.
    """
    status = _status(error)
    if status == "NOT_FOUND" and not is_namespace_missing(error):
        return TemporalTrouble("Temporal does not know it (NOT_FOUND)", refused=False)
    if (refusal := REFUSALS.get(status)) is not None:
        return TemporalTrouble(refusal, refused=True)
    return TemporalTrouble(
        OUTAGES.get(status, f"Temporal cannot be reached ({status})"), refused=False
    )


def is_namespace_missing(error: BaseException) -> bool:
    if (full := getattr(error, "grpc_status", None)) is not None:
        return any(detail.type_url.endswith(NAMESPACE) for detail in full.details)
    return NAMESPACE in str(error)


def _status(error: BaseException) -> str:
    if (status := getattr(error, "status", None)) is not None:
        return str(status.name)
    if told := _STATUS.search(words := str(error)):
        return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", told[1]).upper()
    found = (cause for cause, pattern in _UNCONNECTED.items() if pattern.search(words))
    return next(found, type(error).__name__)
