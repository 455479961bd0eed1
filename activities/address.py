"""Looks for the address of a license that was sold without one, before its e-mail waits."""

from temporalio import activity
from typing_extensions import override

from db.addresses import give_address
from db.engine import Database
from domain.errors import AddressMissingError
from reading.newest_buyer import newest_address
from reading.reader import Reader
from workflows.steps import EmailedLicense, EmailStep, LicenseToEmail


class EmailOnceAddressed(EmailStep):
    """The step `email`, for a license without an address too.

    A later copy of the order may name the address: each attempt of the step looks for one. The
    address that a person gives comes as another delivery, which `step` sends in any case.
    """

    def __init__(self, step: EmailStep, database: Database, reader: Reader) -> None:
        self.step = step
        self.database = database
        self.reader = reader

    @override
    @activity.defn
    async def email(self, letter: LicenseToEmail) -> EmailedLicense:
        try:
            return await self.step.email(letter)
        except AddressMissingError as error:
            if not await self.find(error.source, error.order_id):
                raise
        return await self.step.email(letter)

    async def find(self, source: str, order_id: str) -> bool:
        """Give the license the address of the order's newest copy; False if there is none."""
        address = newest_address(await self.reader.facts_of_order(source, order_id))
        if address is None:
            return False
        return await self.database.write(give_address, source, order_id, address)
