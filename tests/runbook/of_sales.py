"""Situations of one sale: its product, its mail, its buyer, its license."""

from typing_extensions import override

from fakes.reactions import refuse
from tests.runbook.room import Room
from tests.runbook.situations import MailHeldBack, Situation
from tests.storefronts.polar.recorded import body
from tests.support.polar_shop import PRODUCTS, named, polar_shop, renamed
from tests.support.postmark_reports import body as reported
from tests.support.running import SECRET
from tests.support.waiting import until

TEAM_ORDER = "0060203f-f742-4441-b020-48c9b1a06e5c"
MAPPED = """\
  - product_id: "tools-pro"
    tier: pro
"""


class ProductUnmapped(Situation):
    title = "A product is not in products.yaml"

    @override
    async def begin(self, room: Room) -> str:
        await room.sell(product_id="tools-pro")
        return await room.sentence("unmapped")

    @override
    async def mend(self, room: Room) -> None:
        file = room.mintpost.products
        file.write_text(file.read_text() + MAPPED)


class MappingBroken(Situation):
    title = "products.yaml has an error"

    @override
    async def begin(self, room: Room) -> str:
        file = room.mintpost.products
        room.places["whole"] = file.read_text()
        file.write_text("gumroad:\n  - product_id: [x\n")
        answer = await room.run("mintpost products check")
        assert answer.code == 1
        return answer.out + answer.err

    @override
    async def mend(self, room: Room) -> None:
        room.mintpost.products.write_text(room.places["whole"])
        await room.sell()


class TokenRefused(MailHeldBack):
    title = "The mail provider refuses the token, the sender or the account"
    reaction, word = refuse(401, 10), "token"


class AddressRefused(MailHeldBack):
    title = "No provider takes the buyer's address"
    reaction, word = refuse(422, 300, "Invalid 'To' address: 'ada@'."), "delivery"

    @override
    async def begin(self, room: Room) -> str:
        told = await super().begin(room)
        await room.outcome("failed")
        return told


class NothingArrived(Situation):
    title = "A buyer says that nothing came"

    @override
    async def begin(self, room: Room) -> str:
        await room.sell()
        await room.outcome("fulfilled")
        return (await room.run("mintpost show 'gumroad:<sale id>'")).out

    @override
    async def ended(self, room: Room) -> None:
        mails = [
            mail for mail in room.postmark.accepted if mail.message["To"] == room.places["address"]
        ]
        assert len(mails) == 1


class Bounced(Situation):
    title = "A mail bounced"

    @override
    async def begin(self, room: Room) -> str:
        await room.sell()
        await room.outcome("fulfilled")
        report = reported("hard_bounce", MessageID=room.postmark.accepted[-1].message_id, ID=1)
        url = f"{room.mintpost.url}/webhooks/postmark"
        answer = await room.mintpost.http.post(url, params={"secret": SECRET}, content=report)
        assert answer.json() == {"recorded": True}
        return (await room.run("mintpost show 'gumroad:<sale id>'")).out

    @override
    async def ended(self, room: Room) -> None:
        mailed = [mail.message["To"] for mail in room.postmark.accepted]
        assert mailed.count(room.places["address"]) == 1


class NoSale(Situation):
    title = "An event is no sale"

    @override
    async def begin(self, room: Room) -> str:
        await room.sell(price="ten")
        return await room.sentence("no sale")

    @override
    async def mend(self, room: Room) -> None:
        await room.sell()


class RevokedByMistake(Situation):
    title = "A license was taken away by mistake"

    @override
    async def begin(self, room: Room) -> str:
        await room.sell()
        await room.outcome("fulfilled")
        answer = await room.run("mintpost revoke 'gumroad:<sale id>' --yes --reason 'wrong sale'")
        assert answer.code == 0, answer
        return (await room.run("mintpost show 'gumroad:<sale id>'")).out

    @override
    async def ended(self, room: Room) -> None:
        async def restored() -> bool | None:
            found = [each for each in await room.mintpost.licenses() if each.order_id == room.order]
            return found[0].status == "active" or None

        await until(restored, "the license is active")


class NoAddress(Situation):
    title = "The shop told no address"

    @override
    async def begin(self, room: Room) -> str:
        own = room.own(products=PRODUCTS)
        shop = await room.stack.enter_async_context(polar_shop(own, key=None))
        room.mintpost = shop.mintpost
        story, room.order = room.order, renamed(TEAM_ORDER, room.order)
        room.places["sale id"] = room.order
        await shop.send(named(body("21"), story))
        return await room.sentence("no address")
