"""Takes the pictures of Temporal's Web UI, for `make_pictures.py` beside this file."""

# Playwright is installed for `make pictures` alone, and `make check` does without it.
# mypy: disable-error-code="import-not-found"

from pathlib import Path

from playwright.sync_api import Browser, FloatRect, Locator, Page

HERE = Path(__file__).parent
MARGIN = 8
"""The margin around a picture, in pixels."""


class PictureError(Exception):
    """The demonstration did not show the subjects of the pictures."""


def wide_page(browser: Browser, address: str) -> Page:
    page = browser.new_page(
        viewport={"width": 1580, "height": 1000}, device_scale_factor=1.5, color_scheme="light"
    )
    page.goto(address)
    return page


def take_web_ui(browser: Browser, address: str) -> None:
    page = wide_page(browser, address)
    title = page.get_by_role("heading", level=1)
    # Oldest first, as the story goes.
    page.get_by_text("Event History").first.click()
    page.get_by_text("Compact", exact=True).click()
    page.get_by_text("Descending", exact=True).click()
    page.get_by_text("close as fulfilled").wait_for()
    take(page, "web-ui.png", title, page.get_by_role("table"))

    page.get_by_text("User Metadata").first.click()
    # The Web UI renders Markdown in frames: summary, details, current details.
    details = page.locator("iframe").nth(1)
    details.content_frame.get_by_text("mintpost show").wait_for()
    page.locator("iframe").nth(2).content_frame.get_by_text("fulfilled").wait_for()
    take(page, "web-ui-details.png", page.get_by_text("Summary", exact=True), details)


def take_refund(browser: Browser, address: str) -> None:
    page = wide_page(browser, address)
    title = page.get_by_role("heading", level=1)
    page.get_by_text("User Metadata").first.click()
    details = page.locator("iframe").nth(1)
    details.content_frame.get_by_text("mintpost show").wait_for()
    page.locator("iframe").nth(2).content_frame.get_by_text("applied").wait_for()
    take(page, "web-ui-refund.png", title, details)


def take_parked(browser: Browser, address: str) -> None:
    page = wide_page(browser, address)
    run = page.get_by_role("table").get_by_role("link").first
    run.wait_for()
    title = page.get_by_role("heading", level=1)
    take(page, "web-ui-parked.png", title, page.get_by_role("row").last)

    run.click()
    page.get_by_text("User Metadata").first.click()
    waits = page.locator("iframe").nth(2)
    waits.content_frame.get_by_text("unmapped product").wait_for()
    details = page.locator("iframe").nth(1)
    details.content_frame.get_by_text("mintpost show").wait_for()
    take(page, "web-ui-waits.png", page.get_by_text("Summary", exact=True), details)


def take(page: Page, name: str, first: Locator, last: Locator) -> None:
    """Picture two elements and the space between them, without the menus around."""
    main, top, bottom = (box(element) for element in (page.get_by_role("main"), first, last))
    start = top["y"] - MARGIN
    end = bottom["y"] + bottom["height"] + MARGIN
    area = FloatRect(x=main["x"], y=start, width=main["width"], height=end - start)
    page.screenshot(path=HERE / name, clip=area, animations="disabled")


def box(element: Locator) -> FloatRect:
    found = element.bounding_box()
    if found is None:
        raise PictureError("the Web UI's page is built otherwise than this script knows it")
    return found
