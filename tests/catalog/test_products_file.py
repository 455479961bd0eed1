"""The mapping follows its file, and survives every change of the file."""

import logging
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Thread

import pytest

from catalog.file import ProductsFile, ProductsFileError
from domain.sale import Product

SOURCES = ("gumroad",)
KEPT = "the product mapping as read before stays in use, because"
BROKEN = "gumroad:\n- product_id: a\n"


def mapping(tier: str) -> str:
    return f"gumroad:\n- product_id: a\n  tier: {tier}\n"


def tier_in(products: ProductsFile) -> str:
    return products.current().find("gumroad", Product("a", "A")).tier


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "products.yaml"
    path.write_text(mapping("lite"))
    return path


@pytest.fixture
def products(path: Path) -> ProductsFile:
    return ProductsFile(path, SOURCES)


@pytest.fixture
def told(caplog: pytest.LogCaptureFixture) -> Callable[[], Sequence[str]]:
    """Return the messages logged since the last call, with their levels."""
    caplog.set_level(logging.INFO, "catalog.file")

    def take() -> Sequence[str]:
        lines = [f"{record.levelname}: {record.getMessage()}" for record in caplog.records]
        caplog.clear()
        return lines

    return take


Told = Callable[[], Sequence[str]]


def test_a_missing_file_is_refused_at_start(tmp_path: Path) -> None:
    path = tmp_path / "products.yaml"

    with pytest.raises(ProductsFileError) as raised:
        ProductsFile(path, SOURCES)

    assert str(raised.value) == (
        f"{path}: does not exist: write one, products.yaml in the repository is an example"
    )


def test_a_directory_in_its_place_is_refused_at_start(tmp_path: Path) -> None:
    with pytest.raises(ProductsFileError, match=r": is not a file$"):
        ProductsFile(tmp_path, SOURCES)


def test_a_file_beneath_a_file_is_refused_at_start(path: Path) -> None:
    with pytest.raises(ProductsFileError, match=r": cannot be read: Not a directory$"):
        ProductsFile(path / "products.yaml", SOURCES)


def test_a_broken_file_is_refused_at_start(path: Path) -> None:
    path.write_text(BROKEN)

    with pytest.raises(ProductsFileError) as raised:
        ProductsFile(path, SOURCES)

    assert str(raised.value) == f"{path}:2: tier is missing"


def test_an_unchanged_file_is_not_read_again(products: ProductsFile) -> None:
    assert products.current() is products.current()


def test_an_edit_in_place_is_seen(products: ProductsFile, path: Path, told: Told) -> None:
    path.write_text(mapping("core, renamed"))

    assert tier_in(products) == "core, renamed"
    assert told() == [f"INFO: {path} has changed; the new mapping is in use"]


def test_an_edit_of_the_same_size_and_time_is_seen(products: ProductsFile, path: Path) -> None:
    before = path.stat()
    new = path.with_name("new.yaml")
    new.write_text(mapping("core"))
    os.utime(new, ns=(before.st_atime_ns, before.st_mtime_ns))
    new.replace(path)

    assert path.stat().st_size == before.st_size
    assert tier_in(products) == "core"


def test_a_swapped_link_is_seen(tmp_path: Path) -> None:
    # For a ConfigMap's files, Kubernetes swaps the link `..data` to a new directory.
    for version, tier in (("v1", "lite"), ("v2", "core")):
        (tmp_path / version).mkdir()
        (tmp_path / version / "products.yaml").write_text(mapping(tier))
    (tmp_path / "..data").symlink_to("v1")
    (tmp_path / "products.yaml").symlink_to("..data/products.yaml")
    products = ProductsFile(tmp_path / "products.yaml", SOURCES)
    (tmp_path / "..data_tmp").symlink_to("v2")

    (tmp_path / "..data_tmp").replace(tmp_path / "..data")

    assert tier_in(products) == "core"


def test_a_touched_file_is_not_logged(products: ProductsFile, path: Path, told: Told) -> None:
    os.utime(path, ns=(1, 1))

    assert tier_in(products) == "lite"
    assert told() == []


def test_a_broken_edit_keeps_the_last_good_mapping(
    products: ProductsFile, path: Path, told: Told
) -> None:
    path.write_text(BROKEN)

    assert tier_in(products) == "lite"
    assert told() == [f"ERROR: {KEPT}\n{path}:2: tier is missing"]


def test_a_broken_content_is_told_once(products: ProductsFile, path: Path, told: Told) -> None:
    path.write_text(BROKEN)
    products.current()
    told()

    products.current()
    os.utime(path, ns=(1, 1))
    products.current()

    assert told() == []


def test_another_broken_content_is_told_anew(
    products: ProductsFile, path: Path, told: Told
) -> None:
    path.write_text(BROKEN)
    products.current()
    told()

    path.write_text(BROKEN + "# Not done yet.")
    products.current()

    assert len(told()) == 1


def test_a_mended_file_is_used_and_told_once(
    products: ProductsFile, path: Path, told: Told
) -> None:
    path.write_text(BROKEN)
    products.current()
    told()

    path.write_text(mapping("core, renamed"))

    assert tier_in(products) == "core, renamed"
    assert tier_in(products) == "core, renamed"
    assert told() == [f"INFO: {path} is good again and in use"]


def test_a_file_that_broke_again_is_told_again(
    products: ProductsFile, path: Path, told: Told
) -> None:
    for content in (BROKEN, mapping("lite"), BROKEN):
        path.write_text(content)
        products.current()

    assert [line.partition(":")[0] for line in told()] == ["ERROR", "INFO", "ERROR"]


def test_a_vanished_file_keeps_the_last_good_mapping_and_is_told_once(
    products: ProductsFile, path: Path, told: Told
) -> None:
    path.unlink()

    assert tier_in(products) == "lite"
    assert tier_in(products) == "lite"
    assert [line.partition("\n")[2] for line in told()] == [
        f"{path}: does not exist: write one, products.yaml in the repository is an example"
    ]


def test_the_same_file_remounted_is_valid_again(tmp_path: Path, told: Told) -> None:
    # Unmounting and mounting a directory keeps a file's times and inode number.
    mounted, elsewhere = tmp_path / "mounted", tmp_path / "elsewhere"
    mounted.mkdir()
    path = mounted / "products.yaml"
    path.write_text(mapping("lite"))
    products = ProductsFile(path, SOURCES)
    mounted.rename(elsewhere)
    products.current()
    told()

    elsewhere.rename(mounted)

    assert tier_in(products) == "lite"
    assert told() == [f"INFO: {path} is good again and in use"]


def test_a_second_thread_waits_for_the_first_ones_look(
    products: ProductsFile, path: Path, told: Told
) -> None:
    second = Thread(target=products.current)

    def ask_meanwhile(_: logging.LogRecord) -> bool:
        if second.ident is None:
            second.start()
            # During this time the second thread could log the same message before the first notes
            # it.
            second.join(timeout=0.3)
        return True

    logger = logging.getLogger("catalog.file")
    logger.addFilter(ask_meanwhile)
    path.write_text(BROKEN)
    products.current()
    logger.removeFilter(ask_meanwhile)
    second.join()

    assert len(told()) == 1
