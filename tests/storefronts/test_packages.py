"""Each package, the tests' own too: names, settings, and the sample that its door lets in."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import TypeVar
from urllib.parse import urlencode

import pytest

from domain.sale import Sale
from kit.clock import utc_now
from kit.doors.base import Envelope
from kit.doors.labeled_secrets import MatchedSecret
from kit.doors.signatures import Signature
from kit.environment import EnvironmentSettings, SettingsError
from storefronts.abilities import MarkOfTests
from storefronts.base import Storefront
from storefronts.package import StorefrontPackage
from storefronts.registry import (
    PACKAGES,
    api_variables,
    open_for_api,
    open_for_worker,
    worker_variables,
)
from storefronts.sample import SampleRequest, SampleSale
from tests.storefronts.kiosk.package import KIOSK
from tests.support.sales import sale_in, stored_sample

S = TypeVar("S", bound=EnvironmentSettings)
NOW = datetime(2026, 9, 1, 12, 0, 6, tzinfo=UTC)
SECRET = "the-secret-of-the-sample"
SALE = SampleSale(
    order_id="order",
    product_id="product",
    product_name="Lumen",
    email="ada@example.com",
    name="Ada",
    sold_at=NOW,
    mark="a/1",
)

ALL: tuple[StorefrontPackage, ...] = (*PACKAGES, KIOSK)
every_package = pytest.mark.parametrize("package", ALL, ids=lambda package: package.name)


def load(settings: type[S]) -> S:
    one = {name: SECRET for name in settings.model_fields if name.endswith("secret")}
    several = {
        name: json.dumps([SECRET]) for name in settings.model_fields if name.endswith("secrets")
    }
    return settings.model_validate({**one, **several})


def load_nothing(settings: type[S]) -> S:
    return settings.model_validate({})


def load_in_vain(settings: type[S]) -> S:
    raise SettingsError(f"{settings.__name__} is wrong")


def let_in(storefront: Storefront, request: SampleRequest) -> MatchedSecret | None:
    headers = tuple((name.lower(), text) for name, text in request.headers.items())
    found = storefront.screen(Envelope(headers, urlencode(request.query)), utc_now())
    return found.verify(request.body) if isinstance(found, Signature) else found


def test_one_place_opens_all_storefronts_by_their_names() -> None:
    for packages in (PACKAGES, ALL):
        for opened in (open_for_api(load, packages), open_for_worker(load, packages)):
            named = {name: each.name for name, each in opened.items()}
            assert named == {package.name: package.name for package in packages}


def test_all_that_is_wrong_with_all_settings_is_told_at_once() -> None:
    twice = (PACKAGES[0], PACKAGES[0], *PACKAGES)
    with pytest.raises(SettingsError) as raised:
        open_for_api(load_in_vain, twice)
    told = dict.fromkeys(f"{each.api_settings().__name__} is wrong" for each in twice)
    assert str(raised.value).splitlines() == list(told)
    with pytest.raises(SettingsError):
        open_for_worker(load_in_vain)


@every_package
def test_the_named_variables_are_those_of_the_settings(package: StorefrontPackage) -> None:
    for named, settings in (
        (package.api_variables, package.api_settings()),
        (package.worker_variables, package.worker_settings()),
    ):
        assert named == {field.upper() for field in settings.model_fields}


def test_each_process_gets_the_variables_of_all_packages() -> None:
    assert api_variables() == {name for each in PACKAGES for name in each.api_variables}
    assert worker_variables() == {name for each in PACKAGES for name in each.worker_variables}


@every_package
def test_the_worker_reads_no_webhook_secret_and_the_api_no_key(package: StorefrontPackage) -> None:
    api, worker = package.api_variables, package.worker_variables
    assert package.secret_variable in api
    assert not [name for name in worker if name.endswith(("WEBHOOK_SECRET", "WEBHOOK_SECRETS"))]
    assert not [name for name in api if name.endswith(("API_KEY", "ACCESS_TOKEN"))]
    request = package.sample_shop(SECRET).request(SALE)
    assert let_in(package.open_for_worker(load), request) is None


@every_package
def test_the_door_lets_the_sample_in_and_no_stranger(package: StorefrontPackage) -> None:
    door, shop = package.open_for_api(load), package.sample_shop(SECRET)

    assert let_in(door, shop.request(SALE)) == MatchedSecret(0, "live")
    assert let_in(door, shop.strangers_request(SALE)) is None


@every_package
def test_the_own_sample_takes_its_secret_from_the_settings(package: StorefrontPackage) -> None:
    door, shop = package.open_for_api(load), package.own_sample_shop(load, None)

    assert shop is not None
    assert let_in(door, shop.request(SALE)) == MatchedSecret(0, "live")
    assert package.own_sample_shop(load_nothing, None) is None
    assert package.own_sample_shop(load_nothing, SECRET) is not None


def test_the_own_sample_is_a_test_where_the_secret_alone_marks_one() -> None:
    def load_both(settings: type[S]) -> S:
        shop = settings.__name__.removesuffix("ApiSettings").lower()
        both = {f"{shop}_webhook_secret": SECRET, f"{shop}_test_webhook_secret": "the test side's"}
        return settings.model_validate(both)

    marked = [each for each in PACKAGES if each.abilities.mark_of_tests is MarkOfTests.SECRET]
    assert marked
    for package in marked:
        shop = package.own_sample_shop(load_both, None)
        assert shop is not None
        found = let_in(package.open_for_api(load_both), shop.request(SALE))
        assert found == MatchedSecret(1, "test")


@every_package
def test_a_door_without_a_secret_names_its_variable(package: StorefrontPackage) -> None:
    assert package.open_for_api(load_nothing).missing() == package.secret_variable
    assert package.open_for_api(load).missing() is None


@every_package
def test_the_sample_is_the_sale_that_the_worker_reads(package: StorefrontPackage) -> None:
    request = package.sample_shop(SECRET).request(SALE)
    stored = stored_sample(request, NOW)
    naming = package.open_for_api(load).name_request(stored)
    sale = sale_in(package.open_for_worker(load), stored)

    assert (naming.kind, naming.order_id, naming.product_id) == ("sale", "order", "product")
    assert isinstance(sale, Sale)
    assert (sale.order_id, sale.email, sale.name) == ("order", SALE.email, SALE.name)


@every_package
def test_a_sample_has_a_mark_and_may_be_longer(package: StorefrontPackage) -> None:
    shop = package.sample_shop(SECRET)
    body = shop.request(SALE).body
    padded = shop.request(replace(SALE, padding=1000)).body

    assert shop.mark_of(body) == shop.mark_of(padded) == "a/1"
    assert len(padded) >= len(body) + 1000
    assert shop.new_order_id() != shop.new_order_id()
