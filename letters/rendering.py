"""Renders the license e-mail from templates. An operator may replace single templates."""

import re
import textwrap
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from jinja2 import (
    ChoiceLoader,
    FileSystemLoader,
    StrictUndefined,
    TemplateSyntaxError,
    select_autoescape,
)
from jinja2.sandbox import SandboxedEnvironment

from domain.errors import MailerRefusesError
from domain.text import one_line
from letters.joint import JointLetter
from letters.license_letter import LicenseLetter
from letters.quoting import greeted_name, quoted_number
from mailers.base import Attachment, Email, Mark

BUILT_IN = Path(__file__).parent.parent / "templates"
LONGEST_SUBJECT = 200
LONGEST_WORDS = 200
LINE_WIDTH = 72
BARE_DOMAIN = re.compile(r"\A(https?://[^/]+)/\Z")
"""A web address without a path. The final slash is left out, because people do not write it."""


class Templates:
    """The files of `templates/`.

    A file with the same path in `override` replaces a built-in file.
    """

    def __init__(self, override: Path | None = None) -> None:
        folders = [BUILT_IN] if override is None else [override, BUILT_IN]
        self._environment = SandboxedEnvironment(
            loader=ChoiceLoader([FileSystemLoader(folder) for folder in folders]),
            autoescape=select_autoescape(["html"]),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.filters["wrapped"] = wrapped

    def render(self, letter: LicenseLetter) -> tuple[str, str, str]:
        """Return subject, text and HTML.

        Raises MailerRefusesError if a template cannot be used. A corrected file is read without a
        restart.
        """
        return self._render_all("license", _harmless(letter))

    def render_joint(self, letter: JointLetter) -> tuple[str, str, str]:
        """Return subject, text and HTML of a letter with several licenses, as `render` does."""
        licenses = tuple(map(_harmless, letter.licenses))
        return self._render_all("licenses", replace(letter, licenses=licenses))

    def _render_all(self, folder: str, letter: object) -> tuple[str, str, str]:
        subject = self._render(f"{folder}/subject.txt", letter)
        text = self._render(f"{folder}/body.txt", letter)
        html = self._render(f"{folder}/body.html", letter)
        return one_line(subject, LONGEST_SUBJECT), _tidy(text), html

    def _render(self, file: str, letter: object) -> str:
        try:
            return self._environment.get_template(file).render(letter=letter)
        except TemplateSyntaxError as error:
            raise _unusable(file, f"line {error.lineno}") from None
        except Exception as error:  # noqa: BLE001 - an operator's template can raise anything
            raise _unusable(file, type(error).__name__) from None


def license_email(
    mark: Mark, to: str, letter: LicenseLetter, token: str, templates: Templates
) -> Email:
    """Compose the mail with the readable key, and the token attached as `license.jwt`."""
    subject, text, html = templates.render(letter)
    return Email(mark, to, subject, text, html, (_attached("license.jwt", token),))


def joint_email(
    mark: Mark,
    to: str,
    letter: JointLetter,
    tokens: Sequence[str],
    templates: Templates,
) -> Email:
    """Compose one mail with several keys, and each token attached under its license's own name."""
    subject, text, html = templates.render_joint(letter)
    attached = map(_attached, letter.file_names, tokens)
    return Email(mark, to, subject, text, html, tuple(attached))


def _attached(name: str, token: str) -> Attachment:
    return Attachment(name, token.encode("ascii"), "application/jwt")


def wrapped(text: str) -> str:
    """Wrap a paragraph of plain text. URLs and keys are never broken, however long."""
    return textwrap.fill(
        one_line(text, len(text)),
        LINE_WIDTH,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _harmless(letter: LicenseLetter) -> LicenseLetter:
    # A storefront's texts come from strangers: a line break in a name could fake a paragraph.
    return replace(
        letter,
        product_name=one_line(letter.product_name, LONGEST_WORDS),
        name=greeted_name(letter.name),
        tier=one_line(letter.tier, LONGEST_WORDS),
        order_reference=one_line(letter.order_reference),
        order_number=quoted_number(letter.order_number),
        shop_name=one_line(letter.shop_name or "", LONGEST_WORDS) or None,
        shop_url=BARE_DOMAIN.sub(r"\1", letter.shop_url or "") or None,
    )


def _tidy(text: str) -> str:
    lines = "\n".join(line.rstrip() for line in text.splitlines())
    return re.sub(r"\n{3,}", "\n\n", lines).strip() + "\n"


def _unusable(file: str, why: str) -> MailerRefusesError:
    return MailerRefusesError(f"the template {file} cannot be used ({why}): correct it")
