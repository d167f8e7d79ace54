"""The public catalogues: found by two characters and by sound, as of a day, as data; wishes from anybody."""

import json
import re
import uuid

import pytest
from django.urls import reverse

from peibu.accounts.enums import Role
from peibu.accounts.models import Unit
from peibu.catalogue.actions import demand as deeds
from peibu.catalogue.models import Demand
from tests.catalogue.shelf import ELECTRICIAN, NURSE, WELDER, publish
from tests.city import at

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def shelf(city, monkeypatch):
    monkeypatch.setattr("peibu.accounts.clock.now", lambda: at("2020-10-12 09:00"))
    publish(city, "scarce_occupations", ELECTRICIAN | {"headcount": 300}, WELDER, NURSE)
    publish(city, "institution_specialities", ELECTRICIAN | {"unit_name": "青岛大学"})


def page(client, kind="scarce_occupations", **asked):
    answer = client.get(reverse("catalogue", args=[kind]), asked)
    assert answer.status_code == 200
    return answer.content.decode()


def names(html):
    return re.findall(r'<th scope="row"><span>([^<]+)', html)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, ["养老护理员", "焊工", "电工"]),
        ({"q": "护理"}, ["养老护理员"]),
        ({"q": "hangong"}, ["焊工"]),
        ({"q": "dg"}, ["电工"]),
        ({"level": "technician"}, ["焊工"]),
        ({"industry": "健康养老"}, ["养老护理员"]),
        ({"place": "x' OR 1=1"}, ["养老护理员", "焊工", "电工"]),
        ({"on": "2020-08-31"}, []),
        ({"on": "2020-02-30"}, ["养老护理员", "焊工", "电工"]),
        ({"q": "没有这个"}, []),
        ({"q": "\0"}, ["养老护理员", "焊工", "电工"]),
        ({"q": "护\0理"}, ["养老护理员"]),
        ({"level": "\0", "industry": "\0", "place": "\0"}, ["养老护理员", "焊工", "电工"]),
    ],
)
def test_search_and_filters(client, asked, found):
    assert sorted(names(page(client, **asked))) == sorted(found)


@pytest.mark.parametrize("name", ["q", "level", "place"])
def test_a_null_character_in_the_address_is_no_error(client, name):
    """PostgreSQL keeps none and refuses to be asked for one."""
    for kind in ("scarce_occupations", "workers_demand"):
        page(client, kind, **{name: "\0"})
    assert data(client, **{name: "\0"}).status_code == 200


def test_every_catalogue_has_its_page_and_a_made_up_one_has_none(client):
    index = client.get(reverse("catalogues")).content.decode()
    for kind in (
        "occupations",
        "scarce_occupations",
        "general_training",
        "workers_demand",
        "institution_specialities",
    ):
        assert reverse("catalogue", args=[kind]) in index
        page(client, kind)
    assert client.get(reverse("catalogue", args=["made-up"])).status_code == 404


def test_an_institutions_specialities_name_the_institution(client):
    assert "青岛大学" in page(client, "institution_specialities", q="qddx")


def data(client, kind="scarce_occupations", **asked):
    return client.get(reverse("catalogue-json", args=[kind]), asked)


def test_the_data_keep_their_shape(client):
    body = json.loads(data(client, size=2).content)
    assert set(body) == {"shape", "catalogue", "title", "on", "total", "page", "size", "pages", "editions", "entries"}
    assert (body["shape"], body["total"], body["pages"], body["on"]) == ("peibu/catalogue/1", 3, 2, "2020-10-12")
    assert set(body["editions"][0]) == {"title", "source", "division", "effective_from", "sha256"}
    assert body["entries"][1] == {
        "code": "6-18-02-04", "name": "焊工", "level": "technician", "level_name": "技师", "industry": "装备制造",
        "headcount": None, "note": "", "institution": None, "division": "青岛市", "valid_from": "2020-09-01",
        "valid_until": None,
    }  # fmt: skip
    second = json.loads(data(client, size=2, page=2).content)
    assert [row["name"] for row in second["entries"]] == ["电工"]
    assert json.loads(data(client, size=2, page=9).content)["entries"] == []


def test_what_has_not_changed_is_not_sent_again(client):
    first = data(client)
    tag = first["ETag"]
    again = client.get(reverse("catalogue-json", args=["scarce_occupations"]), headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")
    other = client.get(
        reverse("catalogue-json", args=["scarce_occupations"]), {"on": "2020-08-31"}, headers={"If-None-Match": tag}
    )
    assert other.status_code == 200
    assert json.loads(other.content)["total"] == 0


@pytest.mark.parametrize(
    "asked", [{"on": "2020-02-30"}, {"on": "soon"}, {"page": "0"}, {"size": "1001"}, {"page": "1.5"}]
)
def test_what_cannot_be_read_is_said(client, asked):
    answer = data(client, **asked)
    assert answer.status_code == 400
    assert next(iter(asked)) in json.loads(answer.content)["error"]


def wish(city, **change):
    place = city.actor(Role.HRSS_APPROVER).unit.division
    return {"occupation": "电工", "level": "senior", "division": str(place.pk), "token": str(uuid.uuid4())} | change


def test_anybody_registers_a_wish_and_a_double_click_counts_once(client, city):
    told = wish(city)
    for _n in range(2):
        assert client.post(reverse("demand"), told).status_code == 302
    assert Demand.objects.count() == 1
    assert Demand.objects.get().user is None


def test_what_is_wrong_is_said_beside_the_form(client, city, monkeypatch):
    answer = client.post(reverse("demand"), wish(city, occupation="电焊"))
    assert answer.status_code == 422
    assert "现行目录中没有“电焊”" in answer.content.decode()
    monkeypatch.setattr(deeds, "PER_DAY", 0)
    answer = client.post(reverse("demand"), wish(city))
    assert answer.status_code == 422
    assert "今天已登记" in answer.content.decode()
    assert not Demand.objects.exists()


def test_a_trainee_sees_and_withdraws_only_the_own_wish(visit, city):
    worker, other = city.actor(Role.TRAINEE), city.actor(Role.TRAINEE, nth=1)
    client = visit(worker)
    client.post(reverse("demand"), wish(city))
    mine = Demand.objects.get()
    assert mine.user == worker.user
    assert reverse("demand-withdraw", args=[mine.pk]) in client.get(reverse("demand")).content.decode()
    assert visit(other).post(reverse("demand-withdraw", args=[mine.pk])).status_code == 404
    assert visit(worker).post(reverse("demand-withdraw", args=[mine.pk])).status_code == 302
    assert Demand.objects.get().withdrawn_on is not None


def test_a_small_count_is_on_no_public_page(client, city):
    place = Unit.objects.get(name="青岛大学").division
    for _n in range(4):
        client.post(reverse("demand"), wish(city, division=str(place.pk)))
    assert json.loads(data(client, "workers_demand").content)["entries"] == []
    assert "不足 5" in client.get(reverse("demand-supply")).content.decode()
    client.post(reverse("demand"), wish(city, division=str(place.pk)))
    assert [row["people"] for row in json.loads(data(client, "workers_demand").content)["entries"]] == [5]
