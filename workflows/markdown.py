"""Foreign text as Markdown, for the current details of a run in Temporal's Web UI."""

import re

BACKTICKS = re.compile("`+")


def code_span(text: str) -> str:
    """Return the text as Markdown code, so that no part of it becomes a link, an image or HTML.

    The fence is longer than each run of backticks in the text. A blank line would end the span, and
    a line of its own could begin a list, so the span has one line.
    """
    line = " ".join(text.split())
    longest = max(map(len, BACKTICKS.findall(line)), default=0)
    fence = "`" * (longest + 1)
    return f"{fence} {line} {fence}" if longest else f"{fence}{line}{fence}"
