"""The operator's entry, as a storefront in the registry would have it."""

from typing import ClassVar

from typing_extensions import override

from storefronts.abilities import Abilities, MarkOfTests
from storefronts.package import Load, StorefrontPackage
from tests.storefronts.operator.client import OperatorClient
from tests.storefronts.operator.door import OperatorDoor
from tests.storefronts.operator.sample import OperatorSample
from tests.storefronts.operator.settings import OperatorApiSettings, OperatorWorkerSettings
from tests.storefronts.operator.storefront import Operator


class OperatorPackage(StorefrontPackage):
    name: ClassVar[str] = OperatorDoor.name
    title: ClassVar[str] = "The operator"
    example_order: ClassVar[str] = "op_17"
    secret_variable: ClassVar[str] = "OPERATOR_WEBHOOK_SECRETS"
    api_variables: ClassVar[frozenset[str]] = frozenset(
        {secret_variable, "OPERATOR_TEST_WEBHOOK_SECRETS"}
    )
    worker_variables: ClassVar[frozenset[str]] = frozenset({"OPERATOR_API_URL", "OPERATOR_API_KEY"})
    abilities: ClassVar[Abilities] = Abilities(
        mark_of_tests=MarkOfTests.SECRET,
        event_keys=True,
        whole_sales=False,
        refund_amounts=True,
        disputes=False,
    )

    @override
    def api_settings(self) -> type[OperatorApiSettings]:
        return OperatorApiSettings

    @override
    def worker_settings(self) -> type[OperatorWorkerSettings]:
        return OperatorWorkerSettings

    @override
    def open_for_api(self, load: Load) -> Operator:
        return Operator(load(self.api_settings()).secrets())

    @override
    def open_for_worker(self, load: Load) -> Operator:
        settings = load(self.worker_settings())
        url, key = settings.operator_api_url, settings.operator_api_key
        client = OperatorClient(url, key.get_secret_value()) if url and key else None
        return Operator(client=client)

    @override
    def sample_shop(self, secret: str) -> OperatorSample:
        return OperatorSample(secret)

    @override
    def own_sample_shop(self, load: Load, secret: str | None) -> OperatorSample | None:
        given = secret or next(iter(load(self.api_settings()).live_secrets()), None)
        return None if given is None else OperatorSample(given)


OPERATOR = OperatorPackage()
