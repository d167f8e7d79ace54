"""The bureau's side: upload, errors with their cells, the difference, taking effect; rates from a file."""

import datetime as dt
import io

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from peibu.accounts.enums import Role
from peibu.catalogue.models import Edition, Entry
from peibu.programmes.models import EnteredRate
from tests.catalogue.shelf import ELECTRICIAN, NURSE, WELDER, book, publish
from tests.city import at

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _day(monkeypatch):
    monkeypatch.setattr("peibu.accounts.clock.now", lambda: at("2020-10-12 09:00"))


def send(client, actor, content, **change):
    told = {
        "kind": "occupations", "division": str(actor.unit.division_id), "title": "目录", "source": "某字1号",
        "effective_from": "2020-10-12", "file": SimpleUploadedFile("目录.xlsx", content),
    }  # fmt: skip
    return client.post(reverse("desk-catalogue-upload"), told | change)


def test_from_the_file_to_the_catalogue(city, visit):
    publish(city, "occupations", ELECTRICIAN, WELDER, on=dt.date(2020, 9, 1))
    bureau = city.actor(Role.CITY_BUREAU)
    client = visit(bureau)
    answer = send(client, bureau, book(ELECTRICIAN | {"note": "新标准"}, NURSE))
    edition = Edition.objects.get(state="proposed")
    assert answer.url == reverse("desk-catalogue-edition", args=[edition.pk])
    html = client.get(answer.url).content.decode()
    assert all(word in html for word in ("养老护理员", "焊工", "新标准", "确认生效"))
    client.post(reverse("desk-catalogue-decide", args=[edition.pk]), {"deed": "publish"})
    assert Edition.objects.get(pk=edition.pk).state == "in_force"
    assert Entry.objects.filter(valid__contains=dt.date(2020, 10, 12)).count() == 2


def test_a_bad_file_shows_every_cell_and_gives_the_list(city, visit):
    bureau = city.actor(Role.CITY_BUREAU)
    client = visit(bureau)
    answer = send(client, bureau, book(ELECTRICIAN | {"level": "九级"}, NURSE | {"code": ""}))
    html = client.get(answer.url).content.decode()
    assert "九级" in html
    assert "没有填写" in html
    edition = Edition.objects.get()
    problems = client.get(reverse("desk-catalogue-problems", args=[edition.pk]))
    assert problems.content[:2] == b"PK"
    assert "确认生效" not in html


@pytest.mark.parametrize("kind", ["occupations", "scarce_occupations", "general_training", "institution_specialities"])
def test_every_upload_has_a_template_that_comes_back_clean(city, visit, kind):
    client = visit(city.actor(Role.CITY_BUREAU))
    answer = client.get(reverse("desk-catalogue-template", args=[kind]))
    assert answer.content[:2] == b"PK"
    assert client.get(reverse("desk-catalogue-template", args=["workers_demand"])).status_code == 404


def test_a_district_cannot_publish_for_the_city(city, visit):
    approver, bureau = city.actor(Role.HRSS_APPROVER), city.actor(Role.CITY_BUREAU)
    answer = send(visit(approver), bureau, book(ELECTRICIAN))
    assert answer.status_code == 422
    edition = publish(city, "occupations", ELECTRICIAN)
    visit(approver).post(reverse("desk-catalogue-decide", args=[edition.pk]), {"deed": "drop"})
    assert Edition.objects.get(pk=edition.pk).state == "in_force"


def test_a_reader_finds_no_form(city, visit):
    html = visit(city.actor(Role.AUDITOR)).get(reverse("desk-catalogues")).content.decode()
    assert reverse("desk-catalogue-upload") not in html


JINAN = ["jinan", "internet_plus_2020"]


@pytest.fixture
def jinan_bureau(city):
    """The bureau of the demo city moved to Jinan: its district code is what counts."""
    from peibu.accounts.models import Division

    actor = city.actor(Role.CITY_BUREAU)
    Division.objects.filter(pk=actor.unit.division_id).update(code="370100")
    return actor


def test_a_share_above_the_limit_is_refused_with_its_clause_and_nothing_of_the_file_is_kept(visit, jinan_bureau):
    from peibu.programmes.rate_files import rate_spec
    from peibu.rulebook import load_policy

    policy = load_policy("/".join(JINAN))
    label = rate_spec(policy, policy.rates["practice_share_percent"]).columns[0].label
    client = visit(jinan_bureau)
    address = reverse("desk-rate-import", args=[*JINAN, "practice_share_percent"])

    def file(*rows):
        sink = io.BytesIO()
        with xlsxwriter.Workbook(sink) as made:
            sheet = made.add_worksheet("比重")
            for number, row in enumerate(((label, "标准", "自何日起", "到何日止", "依据"), *rows)):
                sheet.write_row(number, 0, row)
        return SimpleUploadedFile("比重.xlsx", sink.getvalue())

    good, bad = ("6-31-01-03", 80, "2020-05-01", "", "某字1号"), ("6-18-02-04", 81, "2020-05-01", "", "某字1号")
    answer = client.post(address, {"file": file(good, bad)})
    assert answer.status_code == 422
    html = answer.content.decode()
    assert "JN6.1c" in html
    assert "81" in html
    assert not EnteredRate.objects.exists()
    assert client.post(address, {"file": file(good)}).status_code == 302
    row = EnteredRate.objects.get()
    assert (row.value, row.ceiling) == (80, 80)
    template = client.get(reverse("desk-rate-template", args=[*JINAN, "practice_share_percent"]))
    assert template.content[:2] == b"PK"
