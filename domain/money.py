"""Money: a whole number of the currency's smallest unit, and how people write it."""

from collections.abc import Sequence
from itertools import accumulate, pairwise

WITHOUT_A_SMALLER_UNIT = frozenset(
    {"bif", "clp", "djf", "gnf", "isk", "jpy", "kmf", "krw", "pyg"}
    | {"rwf", "ugx", "uyi", "vnd", "vuv", "xaf", "xof", "xpf"}
)
"""The currencies of ISO 4217 without hundredths."""

WITH_THOUSANDTHS = frozenset(["bhd", "iqd", "jod", "kwd", "lyd", "omr", "tnd"])


def decimals(currency: str) -> int:
    code = currency.lower()
    if code in WITHOUT_A_SMALLER_UNIT:
        return 0
    return 3 if code in WITH_THOUSANDTHS else 2


def written(amount: int, currency: str) -> str:
    """Return the amount with its currency, exactly: `2,900 JPY`, `29.00 USD`, `2.900 KWD`."""
    places = decimals(currency)
    whole, rest = divmod(abs(amount), 10**places)
    fraction = f".{rest:0{places}d}" if places else ""
    sign = "-" if amount < 0 else ""
    return f"{sign}{whole:,}{fraction} {currency.upper()}"


def spread(total: int, prices: Sequence[int]) -> list[int]:
    """Return the prices with the sum `total`, each in proportion.

    A shop adds tax and discount to the order, so that the lines' own prices may miss its total.
    """
    whole = sum(prices)
    if whole == 0:
        return [total if number == 0 else 0 for number in range(len(prices))]
    ends = [total * each // whole for each in accumulate(prices, initial=0)]
    return [end - start for start, end in pairwise(ends)]
