"""Give licenses without a sale: `mintpost issue` gives one, `mintpost import` many."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from db.acting import NewAct, close_act, record_act
from db.further_keys import add_further_key
from db.granting import Looked, NewKeys, Standing, given_note, look_up, mint_granted
from domain.event import IgnoredReason, Outcome, ignored
from domain.granting import Granting, GrantRefusedError, grant_of
from domain.grants import Grant
from domain.identifiers import order_reference
from domain.wanted import OrderName, Wanted, license_order
from licensing.keys import new_key, new_token_id


class Result(StrEnum):
    """The end of a wish for a license."""

    GIVEN = "given"  #: There is a new license.
    KNOWN = "known"  #: An earlier wish or sale has given the license.
    EXTENDED = "extended"  #: A later charge gave a license a later end.
    LEFT_OUT = "left_out"  #: The wish means no license.
    REFUSED = "refused"  #: A person has to correct the wish.


@dataclass(frozen=True, slots=True)
class Given:
    """The result of a wish. `why` explains every result but a new license.

    `lacks_key`: the license exists, and does not have the wanted key yet.
    """

    result: Result
    order: str | None = None
    license_id: int | None = None
    event_id: int | None = None
    why: str | None = None
    lacks_key: bool = False


@dataclass(frozen=True, slots=True)
class Wish:
    """A wanted license under the name by which a repetition of the wish is known."""

    wanted: Wanted
    identity: str

    @property
    def order(self) -> OrderName:
        return license_order(self.wanted, self.identity)

    @property
    def looked(self) -> Looked:
        return Looked(self.identity, self.order, self.wanted.email, self.wanted.key)

    @property
    def name(self) -> str:
        return order_reference(self.order.source, self.order.order_id)


def judge(session: Session, wishes: Sequence[Wish], granting: Granting) -> list[Given | Grant]:
    """Return the grant that each wish comes to, or its result if there is nothing to give."""
    wants = [
        Looked(each.identity, each.order, each.wanted.email, each.wanted.key) for each in wishes
    ]
    standings = look_up(session, wants)
    return [
        _standing(standing, wish.order) or _grant(wish, granting)
        for wish, standing in zip(wishes, standings, strict=True)
    ]


def _grant(wish: Wish, granting: Granting) -> Given | Grant:
    try:
        return grant_of(wish.wanted, wish.identity, granting)
    except GrantRefusedError as refused:
        return Given(Result.REFUSED, why=str(refused))


def give(session: Session, wish: Wish, granting: Granting) -> Given:
    """Give the license, its event and its mail in one transaction. A repetition is harmless."""
    (judged,) = judge(session, [wish], granting)
    return give_judged(session, wish, judged, granting.now)


def give_judged(session: Session, wish: Wish, judged: Given | Grant, now: datetime) -> Given:
    if isinstance(judged, Grant):
        return _give(session, wish, judged, now)
    if judged.lacks_key and judged.license_id is not None and wish.wanted.key is not None:
        add_further_key(session, judged.license_id, None, wish.wanted.key, now)
    return judged


def _give(session: Session, wish: Wish, grant: Grant, now: datetime) -> Given:
    order = wish.order
    event_id = record_act(session, NewAct(order.source, grant, wish.identity), now)
    if event_id is None:  # Another process was quicker.
        return Given(Result.KNOWN, wish.name, why="another process gives it at this moment")
    keys = NewKeys(new_key(), new_token_id())
    minted = mint_granted(session, event_id, order.source, grant, keys, now)
    if isinstance(minted, IgnoredReason):
        close_act(session, event_id, ignored(minted), None, now)
        return Given(Result.LEFT_OUT, wish.name, event_id=event_id, why=f"its order is {minted}")
    license_id = minted.license.id
    if minted.delivery_id is None:
        close_act(session, event_id, Outcome.APPLIED, given_note(license_id), now)
    return Given(Result.GIVEN, wish.name, license_id, event_id)


def _standing(standing: Standing, order: OrderName) -> Given | None:
    name = order_reference(order.source, order.order_id)
    if standing.problem is not None:
        return Given(Result.REFUSED, why=f"its key cannot be kept, for {standing.problem}")
    if standing.taken is not None:
        why = f"its key opens license {standing.taken} already: correct it, or leave it out"
        return Given(Result.REFUSED, why=why)
    if standing.given:
        why = "it was given before"
    elif standing.license_id is not None:
        why = "its order or its key has a license already"
    else:
        return None
    return Given(Result.KNOWN, name, standing.license_id, why=why, lacks_key=standing.lacks_key)
