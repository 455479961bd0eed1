"""The operator's settings: the API gets the secrets, and the worker the key of the shop's API."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from domain.event import SecretLabel
from storefronts.labeled_secrets import LabeledSecret
from tests.storefronts.operator.client import OperatorClient
from tests.storefronts.operator.storefront import Operator

LABELS: tuple[SecretLabel, ...] = ("live", "test")


@dataclass(frozen=True, slots=True)
class OperatorSettings:
    """`environment` names lists as JSON, so that a comma may stand inside a secret."""

    environment: Mapping[str, str]

    def for_api(self) -> Operator:
        return Operator([secret for label in LABELS for secret in self._secrets(label)])

    def for_worker(self) -> Operator:
        url, key = self.environment["OPERATOR_API_URL"], self.environment["OPERATOR_API_KEY"]
        return Operator(client=OperatorClient(url, key))

    def _secrets(self, label: SecretLabel) -> list[LabeledSecret]:
        written = self.environment.get(f"OPERATOR_{label.upper()}_SECRETS", "[]")
        return [LabeledSecret(secret, label) for secret in json.loads(written)]
