"""Give many licenses in one transaction, with few statements."""

from collections.abc import Hashable, Sequence

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from db.acting import NewAct
from db.granting import NewKeys
from db.granting_many import NewGrant, known_orders, mint_many
from domain.folding import fold_key
from domain.granting import Granting
from domain.grants import Grant
from licensing.keys import new_key, new_token_id
from operations.giving import Given, Result, Wish, give, give_judged, judge


def give_many(session: Session, wishes: Sequence[Wish], granting: Granting) -> list[Given]:
    """Give a license for each wish, as if they came one after another."""
    results: dict[int, Given] = {}
    first, later = _apart(wishes)
    judged = judge(session, [wishes[place] for place in first], granting)
    known = known_orders(session, [_order(wishes[place]) for place in first])
    fresh: list[tuple[int, Grant]] = []
    for place, each in zip(first, judged, strict=True):
        if isinstance(each, Grant) and _order(wishes[place]) not in known:
            fresh.append((place, each))
        else:
            results[place] = give_judged(session, wishes[place], each, granting.now)
    results |= _give_fresh(session, wishes, fresh, granting)
    results |= {place: give(session, wishes[place], granting) for place in later}
    return [results[place] for place in range(len(wishes))]


def _apart(wishes: Sequence[Wish]) -> tuple[list[int], list[int]]:
    """Part the wishes from those that name something that an earlier wish names as well."""
    first: list[int] = []
    later: list[int] = []
    seen: set[Hashable] = set()
    for place, wish in enumerate(wishes):
        names = names_of(wish)
        (later if names & seen else first).append(place)
        seen |= names
    return first, later


def names_of(wish: Wish) -> set[Hashable]:
    """Return every name by which a later wish can mean the same license."""
    key = wish.wanted.key
    own: set[Hashable] = {wish.identity, wish.order}
    return own if key is None else own | {("key", fold_key(key))}


def _order(wish: Wish) -> tuple[str, str]:
    return wish.order.source, wish.order.order_id


def _give_fresh(
    session: Session,
    wishes: Sequence[Wish],
    fresh: Sequence[tuple[int, Grant]],
    granting: Granting,
) -> dict[int, Given]:
    grants = [_new(wishes[place], grant) for place, grant in fresh]
    try:
        with session.begin_nested():
            minted = mint_many(session, grants, granting.now)
    except IntegrityError:  # Another process gave one of them since we looked.
        return {place: give(session, wishes[place], granting) for place, _ in fresh}
    return {
        place: Given(Result.GIVEN, wishes[place].name, license_id, event_id)
        for (place, _), (event_id, license_id) in zip(fresh, minted, strict=True)
    }


def _new(wish: Wish, grant: Grant) -> NewGrant:
    act = NewAct(wish.order.source, grant, wish.identity)
    return NewGrant(act, NewKeys(new_key(), new_token_id()))
