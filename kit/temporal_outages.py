"""Why Temporal cannot be used: a sentence for each gRPC status, and whose turn it is.

The SDK's own words hold addresses and namespaces, so no sentence quotes them.
"""

import re
from dataclasses import dataclass

NAMESPACE = "NamespaceNotFoundFailure"
"""The detail by which Temporal tells a missing namespace from a missing workflow."""

REFUSALS = {
    "NOT_FOUND": "Temporal has no such namespace (NOT_FOUND): create it with `temporal operator "
    "namespace create`, or correct TEMPORAL_NAMESPACE",
    "UNAUTHENTICATED": "Temporal does not accept who we are (UNAUTHENTICATED): correct "
    "TEMPORAL_API_KEY, or the certificate of TEMPORAL_TLS_CLIENT_CERT_PATH",
    "PERMISSION_DENIED": "Temporal does not let us in (PERMISSION_DENIED): correct "
    "TEMPORAL_NAMESPACE and TEMPORAL_API_KEY, or give that key rights on the namespace",
    "UNIMPLEMENTED": "Temporal does not know this call (UNIMPLEMENTED): correct TEMPORAL_ADDRESS, "
    "at which something else answers, or upgrade that server",
    "TLS": "Temporal and we cannot agree on TLS: correct TEMPORAL_TLS, and "
    "TEMPORAL_TLS_SERVER_CA_CERT_PATH and TEMPORAL_TLS_SERVER_NAME where its authority is your own",
}
"""What a person must mend in the settings or at Temporal: a process says so and ends."""

OUTAGES = {
    "RESOURCE_EXHAUSTED": "Temporal takes no more calls for now (RESOURCE_EXHAUSTED): its limits "
    "are reached",
    "INTERNAL": "Temporal cannot be reached (INTERNAL): does a Temporal answer at "
    "TEMPORAL_ADDRESS, and does it want TEMPORAL_TLS?",
}
"""What passes, or may; each other status is told by its name alone, and is waited for."""

_STATUS = re.compile(r"Status \{ code: (\w+)")
_TLS = re.compile(r"InvalidMessage|InvalidCertificate|AlertReceived|PeerIncompatible")


class TemporalRefusesError(Exception):
    """Temporal is there, and the settings do not fit it: the sentence says what to mend."""


@dataclass(frozen=True, slots=True)
class TemporalTrouble:
    """`refused`: waiting does not help, a person must mend something."""

    sentence: str
    refused: bool


def temporal_trouble(error: BaseException) -> TemporalTrouble:
    """Read what the SDK raised: an RPCError, a RuntimeError where it could not connect, a timeout.

    Neither can be named here, where nothing outside is imported.
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
    return "TLS" if _TLS.search(words) else type(error).__name__
