"""A stranger's text in the details of a run stays text in the Web UI."""

import pytest
from markdown_it import MarkdownIt

from workflows.markdown import code_span

HOSTILE = [
    "[click](https://evil.example)",
    "![x](https://evil.example/x.png)",
    "<img src=x onerror=alert(1)>",
    "` [click](https://evil.example) `",
    "``` ` `` [a](b)",
    "`",
    "\n\n- a list\n# a title\n\n<script>alert(1)</script>",
    "https://evil.example and www.evil.example",
    "\\`[a](b)\\`",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_foreign_text_is_one_span_of_code(text: str) -> None:
    tokens = MarkdownIt("commonmark").parse(f"waits: {code_span(text)}.")
    assert [each.type for each in tokens] == ["paragraph_open", "inline", "paragraph_close"]
    assert tokens[1].children is not None
    before, code, after = tokens[1].children
    assert (before.content, code.type, after.content) == ("waits: ", "code_inline", ".")
    assert code.content.split() == text.split()
