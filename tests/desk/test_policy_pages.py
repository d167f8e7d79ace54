"""The officers' pages of policies: what is missing, entering and withdrawing a rate, who may."""

import datetime as dt

import pytest
from django.urls import reverse

from peibu.accounts.enums import Role
from peibu.programmes.models import EnteredRate
from tests.city import at
from tests.programmes.conftest import waiting  # noqa: F401  (a fixture)

pytestmark = pytest.mark.django_db
GOOD = {"key_level": "technician", "value": "1,500.00", "start": "2019-11-01", "end": "", "cite": "某字〔2019〕47号"}


@pytest.fixture
def as_role(client, city, monkeypatch):
    monkeypatch.setattr("peibu.accounts.clock.now", lambda: at("2020-10-12 09:00"))

    def sign_in(role):
        actor = city.actor(role)
        client.force_login(actor.user)
        return client

    return sign_in


@pytest.fixture
def page(waiting):  # noqa: F811
    return reverse("desk-policy", args=waiting.split("/"))


def rate_url(table="standard_fen"):
    return reverse("desk-policy-rate", args=["qingdao", "waiting", table])


def test_the_list_tells_which_policy_still_lacks_rates(as_role, page):
    text = as_role(Role.AGENCY_REVIEWER).get(reverse("desk-policies")).content.decode()
    assert "实训占比：文件未给出，已录入 0 条" in text
    assert page in text


def test_the_bureau_enters_a_rate_and_everybody_reads_it(as_role, page, client):
    answer = as_role(Role.CITY_BUREAU).post(rate_url(), GOOD)
    assert answer.status_code == 302
    row = EnteredRate.objects.get()
    assert (row.value, row.key, row.valid.lower) == (150000, "technician", dt.date(2019, 11, 1))
    desk = as_role(Role.AGENCY_REVIEWER).get(page).content.decode()
    assert "1,500" in desk
    assert "某字〔2019〕47号" in desk
    assert "录入一条标准" not in desk
    client.logout()
    public = client.get("/policies/qingdao/waiting/").content.decode()
    assert "<b>1,500</b>" in public
    assert "某字〔2019〕47号" in public


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"value": "很多"}, "不是有效的金额"),
        ({"value": ""}, "没有填写标准"),
        ({"cite": ""}, "没有填写依据"),
        ({"start": "2019-13-01"}, ""),
        ({"end": "2019-10-01"}, "截止日早于起始日"),
        ({"key_level": "boss"}, "boss"),
        ({"key_level": "senior", "start": "2019-11-01"}, "与已有标准重叠"),
    ],
)
def test_a_wrong_entry_comes_back_with_what_was_typed(as_role, page, wrong, sentence):
    answer = as_role(Role.CITY_BUREAU).post(rate_url(), GOOD | wrong)
    assert answer.status_code == 422
    text = answer.content.decode()
    assert sentence in text
    assert GOOD["cite"] in text or "cite" in wrong
    assert not EnteredRate.objects.exists()


def test_a_rate_is_withdrawn_with_its_reason_and_stays_readable(as_role, page):
    as_role(Role.CITY_BUREAU).post(rate_url(), GOOD)
    row = EnteredRate.objects.get()
    address = reverse("desk-policy-rate-withdraw", args=["qingdao", "waiting", row.pk])
    as_role(Role.CITY_BUREAU).post(address, {"reason": ""})
    row.refresh_from_db()
    assert row.withdrawn_at is None
    as_role(Role.CITY_BUREAU).post(address, {"reason": "文号写错"})
    text = as_role(Role.AUDITOR).get(page).content.decode()
    assert "撤销：文号写错" in text
    assert "<s>1,500</s>" in text


@pytest.mark.parametrize("role", [Role.AGENCY_REVIEWER, Role.FINANCE, Role.AUDITOR, Role.PROVIDER])
def test_others_may_not_enter(as_role, page, role):
    assert as_role(role).post(rate_url(), GOOD).status_code == 403
    assert not EnteredRate.objects.exists()


def test_two_policies_are_compared_clause_by_clause(as_role):
    page = as_role(Role.AGENCY_REVIEWER)
    here = reverse("desk-policy-diff", args=["qingdao", "industrial_internet_2020"])
    assert "不属于某一条款" not in page.get(here).content.decode()
    text = page.get(here, {"with": "weihai/gold_collar_2019"}).content.decode()
    assert "QD97" in text or "WH" in text
    asked = {"with": "weihai/gold_collar_2019", "area": "number"}
    numbers = "".join(page.get(here, {**asked, "page": number}).content.decode() for number in range(1, 5))
    assert "每人补贴上限" in numbers
    assert "2000" in numbers
    card = page.get(here, {"with": "weihai/gold_collar_2019", "area": "card"}).content.decode()
    assert "发文机关" in card
    assert "title_en" not in card
    assert page.get(here, {"with": "qingdao/industrial_internet_2020"}).content.decode().count("两项政策没有差别") == 1
    for nowhere in ("nowhere", "no/where"):
        assert page.get(here, {"with": nowhere}).status_code == 404
    assert as_role(Role.PROVIDER).get(here).status_code == 403
