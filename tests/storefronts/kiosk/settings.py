"""The kiosk's settings: the API gets the secrets, and the worker the key of the shop's API."""

from pydantic import Json, SecretStr

from kit.doors.labeled_secrets import LabeledSecret, live
from kit.environment import EnvironmentSettings


class KioskApiSettings(EnvironmentSettings):
    """The environment names each list as JSON, so that a comma may stand inside a secret."""

    kiosk_webhook_secrets: Json[tuple[SecretStr, ...]] | None = None
    kiosk_test_webhook_secrets: Json[tuple[SecretStr, ...]] | None = None

    def secrets(self) -> tuple[LabeledSecret, ...]:
        tests = self.kiosk_test_webhook_secrets or ()
        labeled = (LabeledSecret(each.get_secret_value(), "test") for each in tests)
        return (*live(self.live_secrets()), *labeled)

    def live_secrets(self) -> tuple[str, ...]:
        return tuple(each.get_secret_value() for each in self.kiosk_webhook_secrets or ())


class KioskWorkerSettings(EnvironmentSettings):
    kiosk_api_url: str | None = None
    kiosk_api_key: SecretStr | None = None
