"""The sentence of an event that is no valid sale."""

from domain.errors import SaleInvalidError


def test_sentence_says_what_is_wrong_and_what_to_do_next() -> None:
    assert SaleInvalidError("email must be one bare e-mail address").sentence == (
        "this event is no sale that can be fulfilled: email must be one bare e-mail address; "
        "correct it at the storefront and send the event again from there"
    )


def test_sentence_on_a_sale_ends_in_the_command_that_shows_it() -> None:
    error = SaleInvalidError("email must be one bare e-mail address")
    error.name_sale("gumroad:A1")
    assert error.sentence.endswith("from there; all that it tells: `mintpost show gumroad:A1`")
