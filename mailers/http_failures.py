"""Decides from an exception of an HTTP call if the mail may have been sent.

Measured with httpx 0.28.1 over TCP and TLS, against a server that counted received bytes. Some
exceptions come before a request's first byte, all others after an unknown part of it.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx

from domain.error_branches import MintpostError
from domain.errors import DeliveryInDoubtError, MailerAwayError, MailerRefusesError

NEVER_CONNECTED = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
# Only mistakes in settings: a token with a line break (LocalProtocolError) or outside ASCII
# (UnicodeEncodeError), an address without a scheme or with an impossible port (which arrives as an
# ExceptionGroup), a proxy that declines.
NEVER_A_REQUEST = (
    httpx.InvalidURL,
    httpx.LocalProtocolError,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
    ExceptionGroup,
    UnicodeEncodeError,
)
OUT_OF_TIME = (TimeoutError, httpx.TimeoutException)


@contextmanager
def translated_failures(
    failure: Callable[[str, Exception], MintpostError], provider: str
) -> Iterator[None]:
    """Replace every exception in the block by our own error, which `failure` builds."""
    try:
        yield
    except Exception as error:  # noqa: BLE001 - the words of any error may hold a value
        raise failure(provider, error) from None


def sending_failure(provider: str, error: Exception) -> MintpostError:
    """Return the error of a failed attempt to send.

    The sentence has only the class of `error`, because most messages quote a value.
    """
    if isinstance(error, NEVER_CONNECTED):
        return MailerAwayError(provider, _unreachable(error))
    return asking_failure(provider, error)


def asking_failure(provider: str, error: Exception) -> MintpostError:
    """Return the error of a failed look-up: the delivery stays in doubt."""
    if isinstance(error, NEVER_A_REQUEST):
        return MailerRefusesError(
            f"{provider} cannot even be called ({type(error).__name__}): "
            "check its token and address in the settings, and the proxy if there is one"
        )
    if isinstance(error, NEVER_CONNECTED):
        return DeliveryInDoubtError(provider, _unreachable(error))
    if isinstance(error, OUT_OF_TIME):
        return DeliveryInDoubtError(provider, f"did not answer in time ({type(error).__name__})")
    return DeliveryInDoubtError(provider, f"did not answer in full ({type(error).__name__})")


def _unreachable(error: Exception) -> str:
    return f"cannot be reached ({type(error).__name__})"
