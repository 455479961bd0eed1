"""Judges the webhooks that a shop has registered, by its own list."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from domain.errors import SaleInvalidError, StorefrontAwayError, StorefrontRefusesError
from domain.event import SecretLabel
from domain.findings import Finding, broken, ok, unchecked, warning
from kit.webhook_address import points_at, shown
from storefronts.base import Storefront
from storefronts.document import read_document
from storefronts.registrations import Registration, Registrations
from storefronts.registry import package_of
from storefronts.shop_api import ShopApi

SET_UP = "docs/storefronts/{name}.md, Set it up"


@dataclass(frozen=True, slots=True)
class RegistrationCheck:
    """One side of a shop. `public` None: webhooks of any host with our path count as ours."""

    storefront: Storefront
    label: SecretLabel
    public: str | None

    @property
    def part(self) -> str:
        side = "" if self.label == "live" else " (test side)"
        return f"{self.storefront.name} webhooks{side}"

    @property
    def remedy(self) -> str:
        name = self.storefront.name
        return f"see {package_of(name).set_up or SET_UP.format(name=name)}"

    async def findings(self) -> Sequence[Finding]:
        """Ask the shop's API. A key that lacks the right is no fault, because no sale needs it."""
        api, registrations = self.storefront.api, self.storefront.registrations
        if api is None or registrations is None:
            return [unchecked(self.part, "the shop has no list of them that can be read")]
        try:
            found = await _all(api, registrations, self.label)
        except StorefrontRefusesError as error:
            return [self._refused(error)]
        except StorefrontAwayError as error:
            return [unchecked(self.part, error.what, "try again: mintpost doctor")]
        except SaleInvalidError as error:
            return [unchecked(self.part, f"the shop's answer cannot be used ({error.what})")]
        return [*self._judged(found, registrations)]

    def _refused(self, error: StorefrontRefusesError) -> Finding:
        """Tell a refusal: no sale needs the right to list webhooks, but some need a good key."""
        if error.lacks_right:
            return unchecked(self.part, error.what, error.cure)
        if package_of(self.storefront.name).abilities.whole_sales:
            return warning(self.part, error.what, error.cure)
        return broken(self.part, f"{error.what}, so its sales may wait", error.cure)

    def _judged(
        self, found: Sequence[Registration], registrations: Registrations
    ) -> Iterator[Finding]:
        path = f"/webhooks/{self.storefront.name}"
        ours = [each for each in found if points_at(each.url, path, self.public)]
        if not ours:
            yield self._none(path, registrations)
            return
        on = [each for each in ours if each.enabled]
        if not on:
            told = f"the shop has switched off the webhook to {path}, and keeps no events for it"
            yield broken(self.part, told, f"switch it on at the shop; {self.remedy}")
            return
        wanted = registrations.wanted
        lacks = frozenset.intersection(*(each.lacks(wanted) for each in on))
        if lacks:
            told = f"no webhook to {path} gets {', '.join(sorted(lacks))}"
            yield warning(self.part, told, f"add them at the shop; {self.remedy}")
        for flaw in dict.fromkeys(each.flaw for each in on if each.flaw):
            yield warning(self.part, f"the webhook to {path} {flaw}", self.remedy)
        if not lacks and not any(each.flaw for each in on):
            yield ok(self.part, f"the shop has a webhook to {path} for all {len(wanted)} events")

    def _none(self, path: str, registrations: Registrations) -> Finding:
        where = path if self.public is None else f"{shown(self.public)}{path}"
        told = f"the shop has no webhook to {where}"
        if registrations.not_listed is not None:
            told += f"; {registrations.not_listed} is not in its list"
        if registrations.not_listed is not None or self.label == "test":
            return warning(self.part, told, self.remedy)
        return broken(self.part, f"{told}, so its sales are lost", self.remedy)


async def _all(
    api: ShopApi, registrations: Registrations, label: SecretLabel
) -> list[Registration]:
    """Ask every question at once. Raises the errors of the API, and SaleInvalidError."""
    questions = registrations.questions
    answers = await asyncio.gather(*(api.ask(each, label) for each in questions))
    return [
        registration
        for question, answer in zip(questions, answers, strict=True)
        for registration in registrations.read(read_document(answer.body), question)
    ]
