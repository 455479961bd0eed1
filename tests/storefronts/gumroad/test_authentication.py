"""Only a sender whose URL holds the secret may send a ping."""

import base64
import hmac
from datetime import UTC, datetime

import pytest

from kit.doors import url_secret
from kit.doors.base import Envelope
from kit.doors.labeled_secrets import MatchedSecret
from kit.doors.url_secret import LONGEST_OFFERED, MOST_OFFERED
from storefronts.gumroad.storefront import Gumroad

NOW = datetime(2026, 9, 1, 12, 0, 6, tzinfo=UTC)
SECRETS = ["first-secret", "second+secret/with=signs%25", "дritter", "the fourth"]


def query(text: str) -> Envelope:
    return Envelope((), text)


def header(text: str) -> Envelope:
    return Envelope((("host", "example.com"), ("authorization", text)), "")


def basic(credentials: bytes) -> Envelope:
    return header("Basic " + base64.b64encode(credentials).decode())


@pytest.mark.parametrize(
    ("envelope", "position"),
    [
        (query("secret=first-secret"), 0),
        (query("a=b&secret=first-secret&c"), 0),
        (query("%73ecret=first%2Dsecret"), 0),
        (query("secret=wrong&secret=first-secret"), 0),
        (query("secret=second%2Bsecret%2Fwith%3Dsigns%2525"), 1),
        (query("secret=second+secret/with=signs%25"), 1),
        (query("secret=second+secret%2Fwith%3Dsigns%2525"), 1),
        (query("secret=%D0%B4ritter"), 2),
        (query("secret=дritter"), 2),
        (query("secret=the%20fourth"), 3),
        (query("secret=the+fourth"), 3),
        (basic(b"any:first-secret"), 0),
        (basic(b":first-secret"), 0),
        (basic(b"any:second+secret/with=signs%25"), 1),
        (basic("any:дritter".encode()), 2),
        (header("bAsIc " + base64.b64encode(b"any:first-secret").decode()), 0),
    ],
)
def test_a_secret_is_known_by_its_position(envelope: Envelope, position: int) -> None:
    assert Gumroad(SECRETS).screen(envelope, NOW) == MatchedSecret(position, "live")


@pytest.mark.parametrize(
    "envelope",
    [
        query(""),
        query("secret"),
        query("secret="),
        query("secret=First-Secret"),
        query("secret=first-secret%00"),
        query("secrets=first-secret"),
        query("secret[]=first-secret"),
        query("x=secret=first-secret"),
        query("secret=%FF%FE&secret=%&secret=%zz&secret=\ud800&secret=" + "a" * 100_000),
        query("&".join(["secret=wrong"] * 1000)),
        basic(b"first-secret:any"),
        basic(b"first-secret"),
        basic(b"any:first-secret\xff"),
        basic(b""),
        header(""),
        header("Basic"),
        header("Basic a"),
        header("Basic ä\ud800"),
        header("Bearer first-secret"),
        query("&".join(["secret=wrong"] * MOST_OFFERED + ["secret=first-secret"])),
        query("secret=first-secret" + "%00" * LONGEST_OFFERED),
    ],
)
def test_everyone_else_is_a_stranger(envelope: Envelope) -> None:
    assert Gumroad(SECRETS).screen(envelope, NOW) is None


@pytest.mark.parametrize("secrets", [[], [""]])
@pytest.mark.parametrize("envelope", [query("secret="), query("secret=x"), basic(b"any:")])
def test_without_a_secret_everyone_is_a_stranger(secrets: list[str], envelope: Envelope) -> None:
    assert Gumroad(secrets).screen(envelope, NOW) is None


def test_the_longest_secret_is_taken_whole() -> None:
    longest = "s" * LONGEST_OFFERED
    gumroad = Gumroad([longest])
    assert gumroad.screen(query(f"secret={longest}"), NOW) == MatchedSecret(0, "live")
    assert gumroad.screen(query(f"secret={longest}s"), NOW) is None
    assert gumroad.screen(basic(b"any:" + longest.encode()), NOW) == MatchedSecret(0, "live")


@pytest.mark.parametrize(
    "offered",
    [
        "&".join(["secret=a"] * 10_000),
        "&".join(f"secret=a{n}" for n in range(10_000)),
        "secret=" + "%" * 20_000,
        "&".join(["secret=" + "%41" * 5_000] * 100),
        "secret=wrong",
        "",
    ],
    ids=["equal", "different", "percents", "escapes", "one", "none"],
)
def test_what_a_stranger_offers_is_few_and_short_and_costs_the_same(
    offered: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed: list[int] = []

    def watched(secret: bytes) -> bytes:
        hashed.append(len(secret))
        return b""

    gumroad = Gumroad(SECRETS)
    monkeypatch.setattr(url_secret, "_digest", watched)
    gumroad.screen(query(offered), NOW)
    assert len(hashed) == 3 * MOST_OFFERED
    assert max(hashed, default=0) <= LONGEST_OFFERED


@pytest.mark.parametrize("offered", ["first", "second", "third", "none"])
def test_every_secret_is_compared_whichever_matches(
    offered: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: set[bytes] = set()
    compare = hmac.compare_digest

    def watched(secret: bytes, other: bytes) -> bool:
        compared.add(secret)
        return compare(secret, other)

    monkeypatch.setattr(hmac, "compare_digest", watched)
    Gumroad(["first", "second", "third"]).screen(query(f"secret={offered}"), NOW)

    assert len(compared) == 3
