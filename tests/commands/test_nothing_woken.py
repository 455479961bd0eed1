"""`mintpost retry` tells that nothing waits apart from that nothing waits for those words."""

import pytest

from commands.retry import print_woken


@pytest.mark.parametrize(
    ("where", "told"),
    [(None, "no sale is parked\n"), ("paint", "no parked sale has these words in its sentence: ")],
)
def test_no_hit_of_where_is_not_called_no_parked_sale(
    where: str | None, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    print_woken([], where)
    assert capsys.readouterr().out.startswith(told)
