"""Was it sent? What the exceptions of an HTTP call tell, for every mailer that makes one.

Measured with httpx 0.28.1 over TCP and TLS against a server that counted the bytes it got:
some leave before the first byte of a request, all others after an unknown part of it.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx

from domain.errors import DeliveryInDoubtError, MailerAwayError, MailerRefusesError, MintpostError

NEVER_CONNECTED = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
# Only what a setting spoils: a token with a line break (LocalProtocolError) or outside ASCII
# (UnicodeEncodeError), an address without a scheme or with an impossible port (which reaches
# us as a group), a proxy that declines.
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
def told_as(failure: Callable[[str, Exception], MintpostError], provider: str) -> Iterator[None]:
    """Let only our own errors out of a call, built by one of the functions below."""
    try:
        yield
    except Exception as error:  # noqa: BLE001 - whatever breaks, its words may hold a value
        raise failure(provider, error) from None


def sending_failure(provider: str, error: Exception) -> MintpostError:
    """Name what a failed attempt to send leaves behind.

    Only the class of `error` is told: the words of most of these carry a value.
    """
    if isinstance(error, NEVER_CONNECTED):
        return MailerAwayError(provider, _unreachable(error))
    return asking_failure(provider, error)


def asking_failure(provider: str, error: Exception) -> MintpostError:
    """Name what a failed question leaves behind: whatever was asked is still open."""
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
