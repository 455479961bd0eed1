"""A refusal of an option of `mintpost issue` ends in the command with the other options."""

from dataclasses import replace

import pytest

from kit.refusals import RefusedError
from operations.wishes import IssueOptions, wanted_by

ADDRESS = "ada@example.com"
GIVEN = IssueOptions(
    to=ADDRESS,
    product="lumen; rm",
    tier=None,
    years=None,
    months=None,
    until=None,
    seats=None,
    name=None,
    quantity=1,
    key=None,
    reference=None,
)
PRODUCT = "--product 'lumen; rm' --to ADDRESS"


@pytest.mark.parametrize(
    ("options", "end"),
    [
        (replace(GIVEN, years=1, months=2), f"give one: `mintpost issue {PRODUCT} --years N`"),
        (replace(GIVEN, to="ada"), f"to give another: `mintpost issue {PRODUCT}`"),
        (replace(GIVEN, product="\n"), "characters: `mintpost issue --product ID --to ADDRESS`"),
        (replace(GIVEN, product=None), "--tier: `mintpost issue --product ID --to ADDRESS`"),
        (replace(GIVEN, reference=""), f"characters: `mintpost issue {PRODUCT} --reference TEXT`"),
    ],
)
def test_refusal_ends_in_a_whole_command_and_names_no_address(
    options: IssueOptions, end: str
) -> None:
    with pytest.raises(RefusedError) as refused:
        wanted_by(options)
    assert str(refused.value).endswith(end)
    assert options.to not in str(refused.value).replace("ADDRESS", "")
