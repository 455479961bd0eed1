"""Reads `.env`, and refuses unclear lines by their number.

No sentence quotes a line, because an unclosed quote may make the line part of a secret.
"""

import io
import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterator
from pathlib import Path

from dotenv import dotenv_values
from dotenv.parser import Binding, parse_stream

from kit.environment import ENV_FILE, SettingsError

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
# The last line of a base64 text may end with "=", but is not a setting.
SWALLOWED = re.compile(r"^\s*(export\s+)?[A-Za-z_]\w*\s*=\s*[^=\s]", re.MULTILINE)
QUOTED = re.compile(r"=\s*['\"]")
LITERAL = re.compile(r"\A[^=]*=\s*'")
TYPOGRAPHIC = re.compile("[\u2018-\u201f\u00ab\u00bb].*[\u2018-\u201f\u00ab\u00bb]", re.DOTALL)


def read_env_file() -> dict[str, str]:
    """Return the settings in `.env`; empty without the file. Raises SettingsError."""
    file = Path(ENV_FILE)
    try:
        # A folder named .env is a virtual environment.
        content = b"" if file.is_dir() or not file.exists() else file.read_bytes()
    except OSError as error:
        raise SettingsError(f"{ENV_FILE} cannot be read: {error.strerror}") from None
    # Text files may have any kind of line break.
    text = re.sub(r"\r\n?", "\n", _decoded(content))
    bindings = [binding for binding in parse_stream(io.StringIO(text)) if not _is_blank(binding)]
    problems = [*_slips(bindings), *_contradictions(bindings)]
    if problems:
        raise SettingsError("\n".join(problems))
    # As in a shell and in Compose, text in single quotes is taken literally.
    literal = [each for each in bindings if LITERAL.search(each.original.string)]
    values = dotenv_values(stream=io.StringIO(text))
    values |= {each.key: each.value for each in literal if each.key is not None}
    return {name: value for name, value in values.items() if value is not None}


def _decoded(content: bytes) -> str:
    # Editors and shells of Windows write UTF-16.
    is_wide = content.startswith((BOM_UTF16_LE, BOM_UTF16_BE))
    try:
        return content.decode("utf-16" if is_wide else "utf-8").removeprefix(BOM_UTF8.decode())
    except UnicodeDecodeError:
        raise SettingsError(f"{ENV_FILE} cannot be read: it is no UTF-8 text") from None


def _is_blank(binding: Binding) -> bool:
    return binding.key is None and not binding.error


def _slips(bindings: list[Binding]) -> Iterator[str]:
    for binding in bindings:
        slip = _slip(binding)
        if slip is not None:
            yield f"{ENV_FILE}, line {_line(binding)}: {slip}"


def _slip(binding: Binding) -> str | None:
    value, text = binding.value or "", binding.original.string
    slips = {
        "it holds a NUL character: write the line anew": "\0" in text,
        "a setting is written NAME=value": _is_no_setting(binding),
        'a quote is not closed, or something follows it: write NAME="value"': binding.error,
        "a quote is not closed before the next setting begins": SWALLOWED.search(value),
        'typographic quotes quote nothing: write NAME="value"': TYPOGRAPHIC.fullmatch(value),
    }
    return next((slip for slip, is_there in slips.items() if is_there), None)


def _is_no_setting(binding: Binding) -> bool:
    if binding.error:
        return QUOTED.search(binding.original.string) is None
    return binding.value is None or NAME.fullmatch(binding.key or "") is None


def _contradictions(bindings: list[Binding]) -> Iterator[str]:
    first: dict[str, Binding] = {}
    for binding in bindings:
        if binding.error or binding.key is None:
            continue
        known = first.setdefault(binding.key.upper(), binding)
        if known.value != binding.value:
            yield (
                f"{ENV_FILE}, line {_line(binding)}: line {_line(known)} gives the same setting "
                "another value: keep one of them"
            )


def _line(binding: Binding) -> int:
    text = binding.original.string
    return binding.original.line + text[: len(text) - len(text.lstrip())].count("\n")
