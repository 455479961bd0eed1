"""Tells the address by which an app's bad keys are counted."""

import logging
from dataclasses import dataclass
from ipaddress import ip_address

from fastapi import Request

logger = logging.getLogger(__name__)

UNNAMED_PROXY = (
    "apps ask through a proxy that FORWARDED_ALLOW_IPS does not name, so all of them seem to have "
    "one address; until you name the proxy there, Mintpost does not limit the questions about "
    "unknown keys"
)


@dataclass(slots=True)
class Addresses:
    """Finds the address of each app, and tells the operator once of a proxy without a name."""

    has_told: bool = False

    def address_of(self, request: Request) -> str | None:
        """Return the address; None if a proxy hides it.

        The bad keys of one stranger must not count for every app behind the proxy.
        """
        if request.client is None:
            return None
        host, port = request.client
        if not _is_hidden(request, host, port):
            return host
        if not self.has_told:
            self.has_told = True
            logger.warning("%s", UNNAMED_PROXY)
        return None


def _is_hidden(request: Request, host: str, port: int) -> bool:
    # uvicorn gives a believed address the port 0.
    if "x-forwarded-for" not in request.headers or port == 0:
        return False
    try:
        # Anybody may send the header, but a stranger has a public address.
        return not ip_address(host).is_global
    except ValueError:
        return False
