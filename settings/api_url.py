"""The address of a provider's API. httpx, which calls it, takes fewer addresses than pydantic."""

from typing import Annotated

from pydantic import AfterValidator, HttpUrl


def _api_url(url: HttpUrl) -> HttpUrl:
    if url.query is not None or url.fragment is not None:
        raise ValueError("has something after its path: a path is put behind it, so leave that out")
    # Only here, because importing httpx takes 0.05 s, and most processes have no such setting.
    import httpx  # noqa: PLC0415

    try:
        httpx.URL(str(url))
    except httpx.InvalidURL:
        raise ValueError("is no URL that can be called: check its host") from None
    return url


ApiUrl = Annotated[HttpUrl, AfterValidator(_api_url)]
