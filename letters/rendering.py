"""Renders the license e-mail from templates. An operator may replace single templates."""

import re
import textwrap
from dataclasses import dataclass, replace
from datetime import datetime
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
from letters.quoting import greeted_name, quoted_number
from mailers.base import Attachment, Email, Mark

BUILT_IN = Path(__file__).parent.parent / "templates"
LONGEST_SUBJECT = 200
LONGEST_WORDS = 200
LINE_WIDTH = 72
BARE_DOMAIN = re.compile(r"\A(https?://[^/]+)/\Z")
"""A web address without a path. The final slash is left out, because people do not write it."""
WEB_ADDRESS = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class LicenseLetter:
    """The content of a license e-mail. Templates know it as `letter`.

    `activate` is text or an http(s) URL. `expires_at` None: the license never expires. `renewed`:
    the mail announces new terms of a license that the buyer already has. `changed`: besides, no
    payment is the reason, so the mail thanks for none. `restored`: a license that was taken back is
    good again. `given`: the seller gave the license, so the mail thanks for no purchase. `bought`:
    the holder knows an order of it. `receipt_key` and `earlier_key`: the key on the shop's receipt,
    and a key from elsewhere, open the license too. `name` may be empty.
    `order_number` is the number on the buyer's receipt, `order_reference` the argument of `mintpost
    show`. `reply_to` is the bare address for a buyer's questions.
    """

    product_name: str
    name: str
    key: str
    tier: str
    expires_at: datetime | None
    seats: int
    test: bool
    order_reference: str
    activate: str | None = None
    renewed: bool = False
    changed: bool = False
    restored: bool = False
    given: bool = False
    bought: bool = True
    receipt_key: bool = False
    earlier_key: bool = False
    reply_to: str | None = None
    order_number: str | None = None
    shop_name: str | None = None
    shop_url: str | None = None

    @property
    def order_name(self) -> str:
        """Return the order number on the receipt, or else our reference."""
        return self.order_number or self.order_reference

    @property
    def further_keys(self) -> str | None:
        """Return the sentence about other keys that open the license, if there are any."""
        receipt = ("the key on your receipt",) if self.receipt_key else ()
        earlier = ("the key that you had before",) if self.earlier_key else ()
        keys = " and ".join((*receipt, *earlier))
        verb = "open" if receipt and earlier else "opens"
        return f"{keys[0].upper()}{keys[1:]} {verb} this license, too." if keys else None

    @property
    def valid_until(self) -> str | None:
        """Return the last valid day, with its zone: the license ends with that day in UTC."""
        end = self.expires_at
        return None if end is None else f"{end:%B} {end.day}, {end.year} (UTC)"

    @property
    def activation_url(self) -> str | None:
        address = (self.activate or "").strip()
        return address if WEB_ADDRESS.fullmatch(address) else None

    @property
    def activation_lines(self) -> tuple[str, ...]:
        if self.activate is None or self.activation_url is not None:
            return ()
        return tuple(filter(None, map(one_line, self.activate.splitlines())))


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
        letter = _harmless(letter)
        subject = self._render("license/subject.txt", letter)
        text = self._render("license/body.txt", letter)
        html = self._render("license/body.html", letter)
        return one_line(subject, LONGEST_SUBJECT), _tidy(text), html

    def _render(self, file: str, letter: LicenseLetter) -> str:
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
    attachment = Attachment("license.jwt", token.encode("ascii"), "application/jwt")
    return Email(mark, to, subject, text, html, (attachment,))


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
