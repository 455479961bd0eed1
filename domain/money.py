"""Money: a whole number of the currency's smallest unit, and how people write it."""

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
