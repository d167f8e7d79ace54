"""The public side over HTTP: what it shows, what it never shows, and in which language."""

import datetime as dt
import io
import json
import re

import pytest
from django.urls import NoReverseMatch, reverse
from python_calamine import CalamineWorkbook

from peibu.accounts.models import Unit
from peibu.casework.models import PublicNotice
from peibu.programmes.models import ListedUnit, PublishedList, Quota
from peibu.registry.models import Organisation, RegisterEntry
from peibu.rulebook import load_policy
from tests.city import POLICY, at

pytestmark = pytest.mark.django_db
POLICY_PAGE = f"/policies/{POLICY}/"
CHECK = f"/self-check/{POLICY}/"
MOBILE = re.compile(r"(?<![0-9a-fA-F])1[3-9]\d{9}(?![0-9a-fA-F])")
IDENTITY = re.compile(r"(?<![0-9a-fA-F])\d{17}[\dXx](?![0-9a-fA-F])")


@pytest.fixture
def demo_day(monkeypatch):
    """It is 12 October 2020, 9 o'clock."""
    monkeypatch.setattr("peibu.accounts.clock.now", lambda: at("2020-10-12 09:00"))


@pytest.fixture
def addresses(city):
    """Every public address of this stretch."""
    lists = [path for row in PublishedList.objects.all() for path in _of_list(row)]
    return ["/", "/about/", "/how-decisions-are-made/", "/site-map/", "/robots.txt", "/policies/", POLICY_PAGE,
            POLICY_PAGE + "policy.json", "/self-check/", CHECK + "?stage=enrolment", "/lists/",
            CHECK + "?company=青岛湛海智造", CHECK + "?stage=claim&exam_score=60", *lists]  # fmt: skip


def _of_list(row):
    return [reverse(name, args=[row.pk]) for name in ("published-list", "published-list-json")]


def text_of(answer):
    return answer.content.decode()


def test_every_public_page_opens_without_an_account_and_shows_no_private_number(client, addresses, demo_day):
    assert MOBILE.search("电话 13964281234。")
    assert IDENTITY.search("证号 370202199001011234")  # both patterns can find what they look for
    for address in addresses:
        answer = client.get(address)
        assert answer.status_code == 200, address
        assert not MOBILE.search(text_of(answer)), address
        assert not IDENTITY.search(text_of(answer)), address


def test_no_public_page_accepts_a_post(client, addresses):
    for address in addresses:
        assert client.post(address).status_code in (403, 405), address


def test_the_lists_show_exactly_eighteen_providers_and_eight_bases(client, city):
    page = text_of(client.get("/lists/"))
    assert page.count('<th scope="row">') == 26
    providers = PublishedList.objects.get(role="provider")
    bases = PublishedList.objects.get(role="base")
    for published, number in ((providers, 18), (bases, 8)):
        shown = text_of(client.get(reverse("published-list", args=[published.pk])))
        assert shown.count('<th scope="row">') == number
        data = client.get(reverse("published-list-json", args=[published.pk])).json()
        assert [unit["position"] for unit in data["units"]] == list(range(1, number + 1))
        assert data["batch"] == 1
        assert data["published_on"] == "2020-09-15"
        assert len(data["issuers"]) == 4
    assert "青岛酷特智能股份有限公司" in page
    assert "智能制造产教融合企业" in page
    assert "listed_enterprise" not in page
    ListedUnit.objects.filter(published=bases, position=8).delete()
    assert text_of(client.get("/lists/")).count('<th scope="row">') == 25


def test_the_lists_can_be_filtered_by_district(client, city):
    page = text_of(client.get("/lists/", {"district": "青岛市崂山区"}))
    assert "中国海洋大学" in page
    assert "青岛大学" not in page
    assert "这个区（市）没有名单内的单位" in text_of(client.get("/lists/", {"district": "青岛市平阴区"}))


def test_the_excel_file_holds_the_whole_list(client, city):
    published = PublishedList.objects.get(role="provider")
    answer = client.get(reverse("published-list-excel", args=[published.pk]), {"district": "青岛市崂山区"})
    rows = CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    numbers = [row[0] for row in rows if isinstance(row[0], float)]
    assert numbers == [float(n) for n in range(1, 19)]
    assert rows[0][0] == published.title
    assert not MOBILE.search(json.dumps(rows, default=str))


def test_a_unit_taken_off_the_list_is_marked(client, city, demo_day):
    row = ListedUnit.objects.filter(published__role="base").first()
    assert "已移出" not in text_of(client.get("/lists/"))
    ListedUnit.objects.filter(pk=row.pk).update(valid_until=dt.date(2020, 10, 11))
    assert "已移出" in text_of(client.get("/lists/"))


def test_the_policy_page_shows_every_clause_number_reading_and_step(client, city, demo_day):
    policy = load_policy(POLICY)
    page = text_of(client.get(POLICY_PAGE))
    for clause in policy.clauses:
        assert f'id="{clause.id}"' in page
        assert clause.says_zh in page
    for item in policy.parameters.values():
        assert item.label in page
    for item in policy.interpretations.values():
        assert item.question in page
        assert item.readings[item.values[0]] in page
        assert item.words[0] in page
    for process in policy.processes.values():
        assert process["title"] in page
    assert policy.fingerprint in page
    assert "<b>2,000</b> 元" in page
    assert "内部时限" in page  # a deadline the document does not have is marked as the administration's own


def test_the_policy_as_json_is_complete(client, city):
    policy = load_policy(POLICY)
    data = client.get(POLICY_PAGE + "policy.json").json()
    assert data["fingerprint"] == policy.fingerprint
    assert len(data["clauses"]) == len(policy.clauses)
    cap = next(item for item in data["parameters"] if item["name"] == "subsidy_cap_fen")
    assert cap["values"] == [{"from": "2020-09-15", "to": None, "value": 200000}]
    assert {rule["name"] for rule in data["rules"]} == {rule.name for rule in policy.rules}


def test_an_unknown_policy_or_list_is_not_found(client, city):
    assert client.get("/policies/qingdao/no_such_policy/").status_code == 404
    assert client.get("/self-check/qingdao/no_such_policy/").status_code == 404
    assert client.get("/lists/01a1fa8b-e624-7405-9da7-ffd3e3b82700/").status_code == 404


def test_a_policy_says_whether_it_is_in_force(client, city, monkeypatch):
    for moment, word in (
        ("2020-09-01 09:00", "尚未施行"),
        ("2020-12-31 09:00", "施行中"),
        ("2021-01-01 09:00", "补贴期已结束"),
    ):
        monkeypatch.setattr("peibu.accounts.clock.now", lambda moment=moment: at(moment))
        assert word in text_of(client.get(POLICY_PAGE)), moment
        assert word in text_of(client.get("/")), moment


def test_home_shows_the_remaining_places_of_the_quotas(client, city, demo_day):
    assert "<b>1,000</b> / 1,000" in text_of(client.get("/"))
    Quota.objects.filter(code="quota_year").update(used=58)
    assert "<b>942</b> / 1,000" in text_of(client.get("/"))


def test_home_shows_only_open_notices(client, city, demo_day):
    agency = Unit.objects.filter(kind="agency").first()
    common = {"division": agency.division, "policy": POLICY, "agency": agency, "root": "0" * 64}
    opened = at("2020-10-12 08:00")
    PublicNotice.objects.create(
        number="N1", title="现在的公示", opened_at=opened, ends_on=dt.date(2020, 10, 19), **common
    )
    PublicNotice.objects.create(
        number="N2", title="过去的公示", opened_at=opened, ends_on=dt.date(2020, 10, 11), **common
    )
    page = text_of(client.get("/"))
    assert "现在的公示" in page
    assert "过去的公示" not in page


def test_pages_ask_the_database_little(client, city, demo_day, django_assert_max_num_queries):
    for address, most in (("/", 8), (POLICY_PAGE, 8), (CHECK + "?exam_score=60", 4), ("/lists/", 9)):
        client.get(address)
        with django_assert_max_num_queries(most):
            client.get(address)


def test_robots_keep_out_of_what_names_people(client, city):
    page = text_of(client.get("/robots.txt"))
    assert "Disallow: /sign-in/" in page
    try:
        assert f"Disallow: {reverse('notices')}" in page
    except NoReverseMatch:
        assert "notices" not in page
    assert "noindex" in text_of(client.get(CHECK + "?exam_score=60"))
    assert "noindex" not in text_of(client.get(CHECK))


def test_chinese_unless_the_cookie_says_otherwise(client, city, settings):
    asked = client.get("/policies/", headers={"accept-language": "en-US,en"})
    assert asked["Content-Language"] == "zh-hans"
    assert "<h1>政策库</h1>" in text_of(asked)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "xx"
    assert client.get("/policies/")["Content-Language"] == "zh-hans"
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    chosen = client.get("/policies/", headers={"accept-language": "zh-CN"})
    assert chosen["Content-Language"] == "en"
    assert "Industrial-internet skills-upgrading training" in text_of(chosen)


def test_in_english_the_policy_speaks_english(client, city, settings):
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    page = text_of(client.get(POLICY_PAGE))
    for clause in load_policy(POLICY).clauses:
        assert clause.says_en.replace("'", "&#x27;") in page


def test_the_enterprise_is_looked_up_by_name_or_code(client, city, demo_day):
    entry = RegisterEntry.objects.filter(register="list_555", valid_until=None).select_related("unit").last()
    unit, code = entry.unit, Organisation.objects.get(unit=entry.unit).uscc
    for words in (unit.name, unit.name[2:6], code, code.lower()):
        page = text_of(client.get(CHECK, {"company": words}))
        assert unit.name in page
        assert '<span class="word">在名单内</span>' in page
    wrong = code[:-1] + ("0" if code[-1] != "0" else "1")
    assert "校验码不符" in text_of(client.get(CHECK, {"company": wrong}))


def test_the_lookup_gives_no_list_of_names(client, city, demo_day):
    assert "请至少输入企业名称中的2个汉字" in text_of(client.get(CHECK, {"company": "青"}))
    page = text_of(client.get(CHECK, {"company": "没有这家企业"}))
    assert "不在“555”项目名单内" in page
    never = Unit.objects.filter(organisation__kind="university").first()
    answer = text_of(client.get(CHECK, {"company": never.name}))
    assert '<span class="word">' not in answer


def test_an_enterprise_taken_off_the_list_is_told_with_its_dates(client, city, monkeypatch):
    gone = RegisterEntry.objects.filter(register="list_555", valid_until__isnull=False).select_related("unit").first()
    for day, word in ((gone.valid_until, "在名单内"), (gone.valid_until + dt.timedelta(days=1), "现在不在名单内")):
        monkeypatch.setattr("peibu.accounts.clock.now", lambda day=day: at(f"{day} 09:00"))
        page = text_of(client.get(CHECK, {"company": gone.unit.name}))
        assert f'<span class="word">{word}</span>' in page
        assert f"有效至 {gone.valid_until}" in page
