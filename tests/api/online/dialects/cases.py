"""The question of an app of each vendor, for the contract of all dialects."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.api.online.dialects.gumroad_app import PRODUCT
from tests.support.online import OnlineApi

JSON = "application/json"
ORGANIZATION = "8d2f0c1e-5b3a-4c6d-9e7f-0a1b2c3d4e5f"

Body = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Case:
    """One vendor's question about a key.

    `body` makes the body around the value of the key. `is_good` reads in an answer if the license
    is good. `examples` and `example` name the vendor's answer about a good license. `others` are
    further paths, with their methods. `empty` is the status of the answer to a missing body.
    `unasked` are keys of the example that answer something that the body does not say.
    """

    path: str
    body: Callable[[object], Body]
    is_good: Callable[[Any], bool]
    examples: str
    example: str
    others: Mapping[str, str] = field(default_factory=dict)
    content_type: str = JSON
    empty: int = 400
    key_field: str = "license_key"
    unasked: frozenset[str] = frozenset()


CASES: Mapping[str, Case] = {
    "gumroad": Case(
        path="/gumroad/v2/licenses/verify",
        body=lambda key: {"license_key": key, "product_id": PRODUCT},
        is_good=lambda answer: answer.get("success") is True,
        examples="gumroad-verify",
        example="form, counted",
        others={"/gumroad/api/v2/licenses/verify": "POST"},
        empty=404,  # Gumroad finds no license for a missing key.
    ),
    "lemonsqueezy": Case(
        path="/lemonsqueezy/v1/licenses/validate",
        body=lambda key: {"license_key": key},
        is_good=lambda answer: answer.get("valid") is True,
        examples="lemonsqueezy-validate",
        example="without instance",
        others={
            "/lemonsqueezy/v1/licenses/activate": "POST",
            "/lemonsqueezy/v1/licenses/deactivate": "POST",
        },
        empty=422,
    ),
    "polar": Case(
        path="/polar/v1/customer-portal/license-keys/validate",
        body=lambda key: {"key": key, "organization_id": ORGANIZATION},
        is_good=lambda answer: answer.get("status") == "granted",
        examples="polar-validate",
        example="key only",
        others={
            "/polar/v1/customer-portal/license-keys/activate": "POST",
            "/polar/v1/customer-portal/license-keys/deactivate": "POST",
        },
        empty=422,
        key_field="key",
    ),
    "keygen": Case(
        path="/keygen/v1/accounts/acme/licenses/actions/validate-key",
        body=lambda key: {"meta": {"key": key}},
        is_good=lambda answer: "meta" in answer and answer["meta"].get("valid") is True,
        examples="keygen-validate",
        example="valid",
        others={
            "/keygen/v1/licenses/actions/validate-key": "POST",
            "/keygen/v1/me": "GET",
            "/keygen/v1/machines": "POST",
            "/keygen/v1/machines/abc": "DELETE",
        },
        content_type="application/vnd.api+json",
        key_field="key",
        unasked=frozenset({".meta.nonce", ".meta.scope"}),
    ),
}


async def post(api: OnlineApi, case: Case, content: bytes, kind: str = JSON) -> httpx.Response:
    return await api.http.post(case.path, content=content, headers={"content-type": kind})


async def ask(api: OnlineApi, case: Case, key: object) -> httpx.Response:
    return await post(api, case, json.dumps(case.body(key)).encode(), case.content_type)


def is_open(answer: httpx.Response) -> bool:
    """Tell if a browser shows the answer to the app."""
    return "*" in answer.headers.get_list("access-control-allow-origin")
