"""Advised commands, safe to copy into a shell and safe as Markdown in Temporal's Web UI."""

import re
from collections.abc import Sequence
from shlex import quote

CHECK_ALL = "mintpost doctor"
START_WORKER = "python worker.py"


def advised(verb: str, *foreign: str, options: Sequence[str] = ()) -> str:
    """Return `mintpost <verb>` as a code span. No foreign word can end the span early."""
    return code_span(command(verb, *foreign, options=options))


def command(verb: str, *foreign: str, options: Sequence[str] = ()) -> str:
    """Return the command quoted for a shell.

    An order id may contain `;`, backticks and blanks, or begin with a dash. The options are our
    own words and need no quotes.
    """
    words = [quote(word) for word in foreign]
    if any(word.startswith("-") for word in foreign):
        return " ".join(["mintpost", verb, *options, "--", *words])
    return " ".join(["mintpost", verb, *words, *options])


def is_command(remedy: str) -> bool:
    """Tell a command, which a person copies as one piece, from an order in words."""
    return remedy.startswith(("mintpost ", "python "))


def code_span(text: str) -> str:
    """Return the text as Markdown code, so that no part of it becomes a link or an image.

    The fence is longer than each run of backticks in the text.
    """
    longest = max(map(len, re.findall("`+", text)), default=0)
    fence = "`" * (longest + 1)
    return f"{fence} {text} {fence}" if longest else f"{fence}{text}{fence}"
