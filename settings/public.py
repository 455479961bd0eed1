"""The setting that tells where the API is reached from outside."""

from typing import Annotated

from pydantic import AfterValidator, HttpUrl

from kit.environment import EnvironmentSettings


def _bare(url: HttpUrl) -> HttpUrl:
    if url.query is not None or url.fragment is not None:
        raise ValueError("has something after its path: write it as https://shop.example.com")
    return url


class PublicSettings(EnvironmentSettings):
    public_url: Annotated[HttpUrl | None, AfterValidator(lambda url: url and _bare(url))] = None

    def public_address(self) -> str | None:
        """Return the address without a slash at its end, because a path is put behind it."""
        return None if self.public_url is None else str(self.public_url).rstrip("/")
