"""Advised commands: what a person copies into a shell, and what the Web UI reads as Markdown."""

import re
from collections.abc import Sequence
from shlex import quote


def advised(verb: str, *foreign: str, options: Sequence[str] = ()) -> str:
    """Return `mintpost <verb>` as a code span that no foreign word can leave."""
    return code_span(command(verb, *foreign, options=options))


def command(verb: str, *foreign: str, options: Sequence[str] = ()) -> str:
    """Write it for a shell: an order id may hold `;`, backticks and blanks, or begin with a dash.

    The options are our own words.
    """
    words = [quote(word) for word in foreign]
    if any(word.startswith("-") for word in foreign):
        return " ".join(["mintpost", verb, *options, "--", *words])
    return " ".join(["mintpost", verb, *words, *options])


def code_span(text: str) -> str:
    """Write it as Markdown's code, in which nothing is a link, an image or an emphasis.

    The fence is longer than each run of backticks within.
    """
    longest = max(map(len, re.findall("`+", text)), default=0)
    fence = "`" * (longest + 1)
    return f"{fence} {text} {fence}" if longest else f"{fence}{text}{fence}"
