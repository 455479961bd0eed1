"""A buyer chooses both the words in a mail and its address, so the mail must not carry spam."""

from email import message_from_bytes
from email.policy import default

import pytest

from tests.support.pings import changed, recorded
from tests.support.running import Mintpost

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

LINK = "Ada, win at https://evil.example/now"
WORDS = {
    "offer_code": LINK,
    "variants[Edition]": LINK,
    "custom_fields[Company]": LINK,
    "custom_fields[order_number]": LINK,
    "order_number": LINK,
    "custom_fields[product_name]": LINK,
    "product_name": LINK,
    "url_params[source]": LINK,
    "referrer": LINK,
    "ip_country": LINK,
}


@pytest.mark.parametrize(
    ("name", "address", "greeted"),
    [
        (LINK, "victim@example.com", "Hello,"),
        ("", "visit.evil.example@example.com", "Hello,"),
        ("Дмитрий", "victim@example.com", "Hello Дмитрий,"),
    ],
)
async def test_no_word_of_a_buyer_s_becomes_a_link_in_a_letter(
    stepped: Mintpost, name: str, address: str, greeted: str
) -> None:
    await stepped.ping(changed(recorded("01"), full_name=name, email=address, **WORDS))
    (event,) = await stepped.settled()
    assert event.outcome == "fulfilled"

    (file,) = stepped.outbox.glob("*.eml")
    mail = message_from_bytes(file.read_bytes(), policy=default)
    assert mail["To"] == address
    text, page = (
        part.get_content() for part in mail.walk() if part.get_content_maintype() == "text"
    )
    assert text.splitlines()[0] == greeted
    assert f"{greeted}<br>" in page
    for part in (text, page, str(mail["Subject"]), str(mail["From"])):
        assert "evil" not in part
