"""`mintpost dev` answers as the APIs of the shops whose keys are not set."""

from pathlib import Path

import pytest

from domain.errors import StorefrontRefusesError
from domain.questions import Answer, Question
from embedded.made_up_answers import keep_answers
from embedded.made_up_apis import made_up_apis
from kit.environment import EnvironmentSettings
from storefronts.registry import PACKAGES, open_for_worker
from storefronts.sample import SampleRequest

CUSTOMER = Question("/customers/ctm_1", "the buyer", "read rights for customers")
SHOPS = {each.name for each in PACKAGES if f"{each.name.upper()}_API_KEY" in each.worker_variables}


def told(path: str, body: bytes) -> SampleRequest:
    return SampleRequest({}, {}, b"{}", ((path, body),))


async def asked(
    variables: dict[str, str], question: Question, shop: str = "paddle", label: str = "test"
) -> Answer:
    def load(settings: type[EnvironmentSettings]) -> EnvironmentSettings:
        return settings.model_validate({name.lower(): text for name, text in variables.items()})

    api = open_for_worker(load)[shop].api  # type: ignore[arg-type] # one class, not each
    assert api is not None
    return await api.ask(question, label)


async def test_an_answer_that_was_told_is_given_and_the_newest_counts(tmp_path: Path) -> None:
    keep_answers(tmp_path, "paddle", told(CUSTOMER.path, b'{"data": 1}'))
    async with made_up_apis(tmp_path, {}) as variables:
        assert (await asked(variables, CUSTOMER)).body == b'{"data": 1}'
        also = SampleRequest({}, {}, b"{}", also=(told(CUSTOMER.path, b'{"data": 2}'),))
        keep_answers(tmp_path, "paddle", also)
        assert (await asked(variables, CUSTOMER, label="live")).body == b'{"data": 2}'


async def test_answers_stay_after_a_restart(tmp_path: Path) -> None:
    async with made_up_apis(tmp_path, {}):
        keep_answers(tmp_path, "paddle", told(CUSTOMER.path, b'{"data": 1}'))
    async with made_up_apis(tmp_path, {}) as variables:
        assert (await asked(variables, CUSTOMER)).body == b'{"data": 1}'


@pytest.mark.parametrize("shop", sorted(SHOPS))
async def test_a_question_about_a_real_event_waits_for_a_real_key(
    tmp_path: Path, shop: str
) -> None:
    variable = f"{shop.upper()}_TEST_API_KEY"
    question = Question("/v1/unknown/1", "the order", "read rights")
    async with made_up_apis(tmp_path, {}) as variables:
        with pytest.raises(StorefrontRefusesError, match=f"refuses the key in {variable}"):
            await asked(variables, question, shop)


async def test_a_key_or_an_address_of_a_person_wins(tmp_path: Path) -> None:
    given = {
        "stripe_api_key": "own",
        "PADDLE_TEST_API_URL": "http://own.example",
        "POLAR_API_KEY": "",
    }
    async with made_up_apis(tmp_path, given) as variables:
        sides = {name.removesuffix("_API_KEY") for name in variables if name.endswith("_API_KEY")}
    every = {f"{shop.upper()}{side}" for shop in SHOPS for side in ("", "_TEST")}
    assert sides == every - {"STRIPE", "PADDLE_TEST"}
    assert variables.keys() == {f"{side}_API_{part}" for side in sides for part in ("KEY", "URL")}


async def test_another_key_learns_nothing(tmp_path: Path) -> None:
    keep_answers(tmp_path, "paddle", told(CUSTOMER.path, b'{"data": 1}'))
    async with made_up_apis(tmp_path, {}) as variables:
        wrong = {**variables, "PADDLE_TEST_API_KEY": variables["PADDLE_API_KEY"][::-1]}
        with pytest.raises(StorefrontRefusesError):
            await asked(wrong, CUSTOMER)
