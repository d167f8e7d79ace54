"""Certificates of other issuers (JN6.3.2, HD2.5.15a): entered, checked, looked up, withdrawn; facts for the rules."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, IntegrityError, transaction
from django.urls import reverse

from peibu.accounts import clock
from peibu.casework.models import Document
from peibu.kernel.errors import Refused
from peibu.registry.held_certificates import register_certificate, withdraw_certificate
from peibu.registry.models import HeldCertificate
from peibu.registry.queries import registered
from peibu.rulebook import load_policy
from peibu.training.facts.known import with_records
from tests.city import at
from tests.training.story import scan

pytestmark = pytest.mark.django_db
NUMBER = "S000137021100204000017"
NOW = at("2020-10-20 09:00")
WEIHAI = "weihai/gold_collar_2019"


@pytest.fixture
def officer(city):
    clock.move_to(NOW)
    return city.actor("agency_reviewer")


@pytest.fixture
def people(city):
    return [city.loaded.people[row.no] for row in city.city.people[:2]]


def enter(people, officer, whose=0, **change):
    given = {
        "person": people[whose], "kind": "skill_level", "number": NUMBER, "issuer": "西海岸新区第一评价机构",
        "occupation": "6-18-02-04", "level": "middle", "issued_on": dt.date(2020, 5, 6), "source": "核对原件",
        "by": officer, "at": NOW,
    }  # fmt: skip
    return register_certificate(**given | change)


def known(person, when=NOW):
    return registered("person", [person.pk], on=when.date(), known_at=when)[str(person.pk)].get("qualifications", [])


def test_a_certificate_answers_the_rules_until_it_is_withdrawn(people, officer):
    row = enter(people, officer)
    told = known(people[0])
    assert [each["number"] for each in told] == [NUMBER]
    assert known(people[0], NOW - dt.timedelta(hours=1)) == []  # not known before it was entered
    facts = with_records(
        load_policy(WEIHAI), "enrolment",
        {"occupation_code": "6-18-02-04", "target_level": "senior", "applied_on": dt.date(2020, 10, 20)},
        {"qualifications": told}, on=dt.date(2019, 12, 1),
    )  # fmt: skip
    assert facts["held_level"] == "middle"
    assert facts["prior_level_since"] == dt.date(2020, 5, 6)
    later = NOW + dt.timedelta(days=1)
    withdraw_certificate(certificate=row, why="录错了人", by=officer, at=later)
    assert known(people[0], later) == []
    assert [each["number"] for each in known(people[0])] == [NUMBER]  # what was known then stays
    with pytest.raises(Refused, match="已经撤回"):
        withdraw_certificate(certificate=row, why="再撤", by=officer, at=later)
    assert enter(people, officer, whose=1, at=later).person == people[1]


def test_a_policy_that_asks_for_no_certificate_is_not_disturbed(people, officer):
    enter(people, officer)
    policy = load_policy("qingdao/industrial_internet_2020")
    assert with_records(policy, "enrolment", {}, {"qualifications": known(people[0])}, on=dt.date(2020, 10, 20)) == {}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"kind": "special_equipment"}, "没有选择证书类别"),
        ({"number": NUMBER[:-1]}, "应为22位，现为21位"),
        ({"level": "senior"}, "等级位"),
        ({"issued_on": dt.date(2019, 5, 6)}, "晚于发证日期"),
        ({"issued_on": dt.date(2020, 10, 21)}, "发证日期晚于今天"),
        ({"valid_until": dt.date(2020, 5, 5)}, "有效期至早于发证日期"),
        ({"issuer": " "}, "没有填写发证机构或依据"),
        ({"source": ""}, "没有填写发证机构或依据"),
    ],
)
def test_a_wrong_entry_is_refused(people, officer, change, told):
    with pytest.raises(Refused, match=told):
        enter(people, officer, **change)
    assert not HeldCertificate.objects.exists()


def test_one_number_belongs_to_one_person_and_only_officers_enter(city, people, officer):
    row = enter(people, officer)
    with pytest.raises(Refused, match="已登记在另一人名下"):
        enter(people, officer, whose=1)
    with pytest.raises(Refused, match="只有经办机构"):
        enter(people, city.actor("provider"), number="Y" + NUMBER[1:])
    fresh = {f.attname: getattr(row, f.attname) for f in HeldCertificate._meta.fields if f.attname != "id"}
    for name, change in (
        ("a_certificate_number_is_one_persons", {"person_id": people[1].pk}),
        ("a_held_certificate_is_told_in_full", {"number": "x", "source": ""}),
        ("a_certificate_ends_after_its_issue", {"number": "x", "valid_until": dt.date(2020, 1, 1)}),
        ("a_withdrawn_certificate_says_who_and_why", {"number": "x", "withdrawn_at": NOW}),
    ):
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            HeldCertificate.objects.create(**fresh | change)
    rows = HeldCertificate.objects.filter(pk=row.pk)
    for deed in (lambda: rows.update(issuer="另一机构"), row.delete):
        with pytest.raises(DatabaseError), transaction.atomic():
            deed()


def form(person, **change):
    return {
        "person": person.id_number, "kind": "skill_level", "number": NUMBER, "issuer": "第一评价机构", "level": "middle",
        "issued_on": "2020-05-06", "source": "核对原件",
    } | change  # fmt: skip


def test_the_page_keeps_certificate_and_scan_or_nothing(city, people, officer, visit):
    browser, page = visit(officer), reverse("desk-held-certificates")
    sent = form(people[0], scan=SimpleUploadedFile("证书.exe", b"MZ" + b"\0" * 90))
    wrong = browser.post(page, sent)
    assert wrong.status_code == 422
    assert "没有保存" in wrong.content.decode()
    assert not HeldCertificate.objects.exists()
    assert "应为22位" in browser.post(page, form(people[0], number="123")).content.decode()
    done = browser.post(page, form(people[0], scan=SimpleUploadedFile("证书.pdf", scan())), follow=True)
    assert "已登记职业技能等级证书" in done.content.decode()
    row = HeldCertificate.objects.get()
    kept = Document.objects.get(subject_id=row.pk)
    assert kept.purpose == "evidence"
    assert reverse("desk-document", args=[kept.pk]) in done.content.decode()
    for text, found in (
        (NUMBER, True),
        (people[0].id_number, True),
        (NUMBER[:8], False),
        (people[1].id_number, False),
    ):
        assert (people[0].name in browser.get(page, {"q": text}).content.decode()) is found


def test_only_who_entered_it_withdraws_it(city, people, officer, visit):
    row = enter(people, officer)
    address = reverse("desk-held-certificate-withdraw", args=[row.pk])
    assert visit(city.actor("city_bureau")).post(address, {"why": "x"}).status_code == 404
    assert visit(city.actor("auditor")).post(address, {"why": "x"}).status_code == 403
    refused = visit(officer).post(address, {"why": ""}, follow=True)
    assert "没有填写撤回理由" in refused.content.decode()
    visit(officer).post(address, {"why": "录错了人"})
    row.refresh_from_db()
    assert row.withdrawn_by == officer.user
