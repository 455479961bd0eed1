"""The log shows no part of a path that could belong to a secret."""

import re
from urllib.parse import quote

import pytest
from hypothesis import given, strategies as st

from api.paths import DIALECTS, bare_path, is_of_apps, loggable
from settings.online import KNOWN

SOURCES = frozenset({"gumroad"})
SAFE = re.compile(
    r"/(healthz|readyz|\.well-known/jwks\.json|v1/revocations|webhooks(/gumroad)?(/|/\.\.\.)?"
    r"|v1/(validate|activate|deactivate|keys)|(gumroad|keygen|lemonsqueezy|polar)(/[a-z12.-]+)*"
    r"|[A-Za-z0-9._-]{1,15}|\.\.\.)?"
)
SHOWN = {
    "/healthz": "/healthz",
    "/.well-known/jwks.json": "/.well-known/jwks.json",
    "/v1/revocations": "/v1/revocations",
    "/v1/another": "/...",
    "/v1/validate": "/v1/validate",
    "/v1/validate/abc": "/...",
    "/gumroad/v2/licenses/verify": "/gumroad/v2/licenses/verify",
    "/keygen/v1/licenses/abc/actions/validate": "/keygen/v1/licenses/.../actions/validate",
    "/keygen/v1/accounts/abc/machines/a%2Fb": "/keygen/v1/accounts/.../machines/.../...",
    "/keygen/v1/machines/a:b/actions/ping": "/keygen/v1/machines/...",
    "/webhooks/gumroad": "/webhooks/gumroad",
    "/webhooks/gumroad/": "/webhooks/gumroad/",
    "/webhooks/gumroad%3Fsecret=abc": "/webhooks/gumroad",
    "/webhooks/gumroad%25253Fsecret=abc": "/webhooks/gumroad",
    "/webhooks/gumroad;secret=abc": "/webhooks/gumroad",
    "/webhooks/gumroad/abc": "/webhooks/gumroad/...",
    "/webhooks/gumroad%2Fabc": "/webhooks/gumroad/...",
    "/webhooks/abc": "/webhooks/...",
    "/nowhere": "/nowhere",
    "/nowhere%3Fabc": "/...",
    "/a/b": "/...",
    "/sixteen-letters-": "/...",
    "/fifteen-letters=": "/...",
    "/fifteen-letters,more": "/...",
    "/": "/",
    "": "/",
}


@pytest.mark.parametrize("path", SHOWN)
def test_only_words_of_ours_and_one_short_word_are_logged(path: str) -> None:
    assert loggable(path, SOURCES) == SHOWN[path]


@given(st.text(max_size=80), st.integers(0, 8))
def test_no_path_is_logged_otherwise(text: str, times: int) -> None:
    path = f"/{text}".encode(errors="replace").decode()
    for _ in range(times):
        path = quote(path)
    assert SAFE.fullmatch(loggable(path, SOURCES))


@given(st.text(st.sampled_from("abcXYZ019+/=_-.,"), min_size=16, max_size=40))
def test_no_part_of_a_secret_is_logged_wherever_it_was_put(secret: str) -> None:
    places = ("/{}", "/webhooks/{}", "/webhooks/gumroad/{}", "/webhooks/gumroad%3F{}", "/x/{}")
    for where in (*places, "/v1/{}", "/keygen/{}", "/gumroad/v2/{}"):
        shown = loggable(where.format(secret), SOURCES)
        left = set(shown.split("/")) - {"webhooks", "gumroad", "keygen", "v2", "..."}
        assert left <= {""}


def test_the_known_dialects_are_those_of_the_settings() -> None:
    assert set(KNOWN) == DIALECTS


@pytest.mark.parametrize("path", ["/v1/validate", "/v1%2Fkeys", "//polar/v1/x", "/keygen?a"])
def test_a_path_of_apps_is_known_however_it_is_written(path: str) -> None:
    assert is_of_apps(path)


@pytest.mark.parametrize("path", ["/", "", "/readyz", "/webhooks/gumroad", "/v1/other", "/x/polar"])
def test_other_paths_are_not_of_apps(path: str) -> None:
    assert not is_of_apps(path)


def test_a_path_that_is_encoded_again_and_again_is_given_up() -> None:
    assert bare_path("/%" + "25" * 20 + "41") == ""
