"""The bureau's page of platforms: a key is shown once, taken back with a reason, and others only look."""

import datetime as dt

import pytest
from django.urls import reverse

from peibu.accounts import clock
from peibu.accounts.models import PlatformKey
from peibu.learning.models import ReportFailure
from peibu.programmes.listings import Line, publish_list
from peibu.programmes.models import ListedUnit
from tests.city import at

pytestmark = pytest.mark.django_db
NOW = at("2020-05-06 09:00")


@pytest.fixture
def platform(city):
    unit = city.loaded.units[city.loaded.city.providers[0].key]
    publish_list(
        policy="jinan/internet_plus_2020", role="platform", title="线上培训平台名单", issuers=["市人社局"],
        source="测试", lines=[Line(unit)], at=NOW,
    )  # fmt: skip
    clock.move_to(NOW)
    return unit


def form(unit, **changes):
    told = {"unit": unit.pk, "label": "正式环境", "scopes": ["intake"], "expires_on": "2020-10-01"}
    return told | changes


def test_a_key_is_shown_on_one_answer_and_never_again(visit, city, platform):
    bureau = visit(city.actor("city_bureau"))
    page = reverse("desk-platforms")
    answer = bureau.post(page, form(platform))
    secret = answer.context["made"]["secret"]
    assert secret in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    again = bureau.get(page)
    assert secret not in again.content.decode()
    assert platform.name in again.content.decode()


def test_what_is_wrong_with_the_form_is_said_and_nothing_made(visit, city, platform):
    bureau = visit(city.actor("city_bureau"))
    for changes, words in (
        ({"label": ""}, "没有填写用途"),
        ({"scopes": []}, "至少选择一项权限"),
        ({"expires_on": "2022-01-01"}, "最长一年"),
    ):
        answer = bureau.post(reverse("desk-platforms"), form(platform, **changes))
        assert answer.status_code == 422
        assert words in answer.content.decode()
    assert not PlatformKey.objects.exists()


def test_a_key_is_taken_back_with_a_reason(visit, city, platform):
    bureau = visit(city.actor("city_bureau"))
    bureau.post(reverse("desk-platforms"), form(platform))
    key = PlatformKey.objects.get()
    address = reverse("desk-platform-key-revoke", args=[key.pk])
    bureau.post(address, {"why": " "})
    key.refresh_from_db()
    assert key.revoked_at is None
    bureau.post(address, {"why": "密钥泄露"})
    assert "密钥泄露" in bureau.get(reverse("desk-platforms")).content.decode()


@pytest.mark.parametrize("role", ["agency_reviewer", "hrss_approver"])
def test_a_district_is_not_shown_the_platforms_of_the_city(visit, city, platform, role):
    reader = visit(city.actor(role))
    assert reader.get(reverse("desk-platforms")).status_code == 403
    assert reverse("desk-platforms") not in reader.get(reverse("desk-home")).content.decode()


def test_the_bureau_sees_that_a_key_still_works_when_its_platform_has_left_the_list(visit, city, platform):
    bureau = visit(city.actor("city_bureau"))
    bureau.post(reverse("desk-platforms"), form(platform))
    words = "平台不在名单，密钥仍有效"
    assert words not in bureau.get(reverse("desk-platforms")).content.decode()
    ListedUnit.objects.filter(unit=platform).update(valid_until=NOW.date() - dt.timedelta(days=1))
    assert words in bureau.get(reverse("desk-platforms")).content.decode()


def test_the_auditor_looks_and_changes_nothing(visit, city, platform):
    ReportFailure.objects.create(
        tenant=platform.pk, kind="hours", ref="JN-01", source="JSON", position=1, at=NOW,
        problems=[{"field": "ip", "code": "bad_value", "sentence": "第 1 行“ip”：不是 IP 地址。"}],
    )  # fmt: skip
    visit(city.actor("city_bureau")).post(reverse("desk-platforms"), form(platform))
    reader = visit(city.actor("auditor"))
    page = reader.get(reverse("desk-platforms"))
    assert page.status_code == 200
    assert "签发密钥" not in page.content.decode()
    assert "不是 IP 地址" in page.content.decode()
    assert reader.post(reverse("desk-platforms"), form(platform)).status_code == 403
    key = PlatformKey.objects.get()
    assert reader.post(reverse("desk-platform-key-revoke", args=[key.pk]), {"why": "x"}).status_code == 403
    key.refresh_from_db()
    assert key.revoked_at is None
