"""Finds the parts of a page that a mail program acts on."""

from html.parser import HTMLParser

from typing_extensions import override


class Elements(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.targets: set[str] = set()
        self.text = ""
        self.feed(html)

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.targets |= {value or "" for name, value in attrs if name in {"href", "src"}}

    @override
    def handle_data(self, data: str) -> None:
        self.text += data
