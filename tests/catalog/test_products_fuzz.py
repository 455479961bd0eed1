"""Any file gives a mapping or a list of sentences, and the worker survives every edit."""

from collections.abc import Iterable
from pathlib import Path

from hypothesis import given, strategies as st

from catalog.file import ProductsFileError, parse_products
from catalog.models import KEYS
from catalog.online_keys import KEYS_INSIDE
from domain.catalog import Catalog

SCALARS = st.sampled_from(
    [
        *("a", "pro", "1", "0", "-1", "99999999999", "010", "1.0", "on", "~", "2026-13-45"),
        *('""', '" "', '"a"', r'"\ud800"', r'"\x07"', "x" * 60, "x" * 300),
        *("<<", "*a", "&a", "!x", "!!binary a", "!!int a", "[", "|", "@", "\t", "\u200b"),
    ]
)
KEY_TEXTS = (
    st.sampled_from([*KEYS, *{name for names in KEYS_INSIDE.values() for name in names}]) | SCALARS
)


def in_brackets(items: Iterable[str]) -> str:
    return f"[{', '.join(items)}]"


def in_braces(items: Iterable[tuple[str, str]]) -> str:
    return "{" + ", ".join(f"{key}: {value}" for key, value in items) + "}"


def collections(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    lists = st.lists(inner, max_size=3).map(in_brackets)
    return lists | st.lists(st.tuples(KEY_TEXTS, inner), max_size=6).map(in_braces)


VALUES = st.recursive(SCALARS, collections, max_leaves=8)
ENTRIES = st.lists(st.tuples(KEY_TEXTS, VALUES), max_size=8).map(in_braces)
SECTIONS = st.lists(ENTRIES, max_size=4).map(in_brackets) | VALUES
LINES = st.tuples(st.sampled_from(["", "  ", "- ", "  - "]), KEY_TEXTS, VALUES)
FILES = st.one_of(
    st.binary(),
    st.text().map(str.encode),
    SECTIONS.map(lambda section: f"gumroad: {section}".encode()),
    st.lists(LINES.map(lambda line: "{}{}: {}".format(*line))).map(
        lambda lines: "\n".join(lines).encode()
    ),
)


def catalog_or_problems(content: bytes) -> Catalog | tuple[str, ...]:
    try:
        return parse_products(Path("products.yaml"), content, ("gumroad",))
    except ProductsFileError as error:
        return error.problems


@given(FILES)
def test_any_file_is_a_catalog_or_a_list_of_sentences(content: bytes) -> None:
    read = catalog_or_problems(content)

    if not isinstance(read, Catalog):
        assert read
        assert all(problem.startswith("products.yaml:") for problem in read)
        assert all(problem.isprintable() for problem in read)
