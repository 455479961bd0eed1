"""The installation as the settings describe it."""

import pytest

from commands.installation import InstallationReader
from fakes.postmark import FakePostmark
from tests.support.running import SECRET

UNSET = "mail reports: POSTMARK_WEBHOOK_SECRET is not set"


async def about_reports(public: str) -> str:
    provider = InstallationReader().read(None).provider
    assert provider is not None
    (told,) = (each for each in await provider.check(public) if each.cause == "mail reports")
    return told.sentence


async def test_an_unset_secret_of_postmarks_webhook_is_told_in_the_environment_of_an_api(
    clean: pytest.MonkeyPatch,
) -> None:
    public = "https://shop.example.com"
    async with FakePostmark() as fake:
        clean.setenv("POSTMARK_TOKEN", fake.token)
        clean.setenv("POSTMARK_API_URL", fake.url)
        clean.setenv("EMAIL_FROM", "shop@example.org")
        # The worker alone has no secret of a webhook, so nothing is known of it there.
        assert not (await about_reports(public)).startswith(UNSET)
        clean.setenv("GUMROAD_WEBHOOK_SECRET", SECRET)
        assert (await about_reports(public)).startswith(UNSET)
        clean.setenv("POSTMARK_WEBHOOK_SECRET", SECRET)
        assert not (await about_reports(public)).startswith(UNSET)
