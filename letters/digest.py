"""The mail of a digest to the operator."""

import re
from html import escape

from mailers.base import Email, Mark

CODE = re.compile(r"(`+) ?(.+?) ?\1")
PAGE = '<!doctype html><meta charset="utf-8"><div style="font-family: sans-serif">{}</div>'


def digest_email(mark: Mark, to: str, subject: str, text: str) -> Email:
    return Email(mark, to, subject, text, PAGE.format(_html(text)))


def _html(text: str) -> str:
    """Return the text as HTML, so that nothing in it becomes a tag."""
    pieces: list[str] = []
    end = 0
    for code in CODE.finditer(text):
        pieces += [escape(text[end : code.start()]), f"<code>{escape(code[2])}</code>"]
        end = code.end()
    return "".join([*pieces, escape(text[end:])]).replace("\n", "<br>\n")
