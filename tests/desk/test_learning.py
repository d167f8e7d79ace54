"""Online learning at the desk: who sees what, the figures, the file, and a signal looked at."""

import io

import openpyxl
import pytest
from django.urls import reverse

from peibu.accounts import clock
from peibu.demo.city import NOW
from peibu.demo.loader.learning import load_learning
from peibu.demo.loader.online_learning import play_online_learning
from peibu.demo.loader.players import Players
from peibu.learning.models import LearningSignal, OnlineClass, OnlinePlace, SignalReview

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(city):
    load_learning(city.loaded, Players(city.loaded), at=NOW)
    play_online_learning(city.loaded, Players(city.loaded), at=NOW)
    clock.move_to(NOW)
    return city


def place_of(world, number: int) -> OnlinePlace:
    key = world.loaded.people[world.city.people[number].no].key
    return OnlinePlace.objects.get(learner=key, course__startswith="https")


def test_the_bureau_sees_classes_learners_and_days(world, visit):
    client = visit(world.actor("city_bureau"))
    text = client.get(reverse("desk-learning")).content.decode()
    assert "可编程控制系统设计线上培训班" in text
    assert "电工中级工线上培训班" in text
    row = OnlineClass.objects.get(course__startswith="https")
    text = client.get(reverse("desk-learning-class", args=[row.pk])).content.decode()
    assert "测验" in text, "learner 4 took no test: the missing trace is named"
    page = client.get(reverse("desk-learner", args=[place_of(world, 0).pk]))
    text = page.content.decode()
    assert page["Cache-Control"] == "private, no-store"
    assert '<svg class="day-svg"' in text
    assert "2小时6分" not in text
    assert "同时学习" not in text, "the loser of the overlap is the other platform's class"
    other = OnlinePlace.objects.exclude(course__startswith="https").get(learner=place_of(world, 0).learner)
    text = client.get(reverse("desk-learner", args=[other.pk])).content.decode()
    assert "同时学习" in text
    assert "重叠" in text


def test_the_file_says_what_the_page_says(world, visit):
    client = visit(world.actor("auditor"))
    for address in (
        reverse("desk-learning"),
        reverse("desk-learning-class", args=[place_class(world).pk]),
        reverse("desk-learner", args=[place_of(world, 1).pk]),
    ):
        answer = client.get(address, {"as": "xlsx"})
        sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
        cells = [str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value is not None]
        assert len(cells) > 10
    assert any("服务器时间" in one for one in cells)


def place_class(world) -> OnlineClass:
    return OnlineClass.objects.get(course__startswith="https")


def test_another_district_sees_nothing_and_names_of_foreign_platforms_stay_hidden(world, visit):
    place, row = place_of(world, 0), place_class(world)
    own = next(unit for unit in world.loaded.units.values() if unit.pk == row.tenant)
    offices = {one.pk: one for one in (world.actor("agency_reviewer", None, n).unit for n in range(3))}
    seen = 0
    for n in range(3):
        actor = world.actor("agency_reviewer", None, n)
        client = visit(actor)
        status = client.get(reverse("desk-learner", args=[place.pk])).status_code
        assert (status == 200) == actor.covers(own.division_id)
        assert client.get(reverse("desk-learning-class", args=[row.pk])).status_code == status
        text = client.get(reverse("desk-learning")).content.decode()
        assert ("可编程控制系统设计线上培训班" in text) == (status == 200)
        seen += status == 200
    assert seen < len(offices), "at least one district does not see it"


def test_an_officer_notes_what_was_found_and_an_auditor_does_not(world, visit):
    place = place_of(world, 1)
    signal = LearningSignal.objects.filter(code="speed", learners__contains=[place.learner], reviews=None).first()
    address = reverse("desk-learning-review", args=[place.pk, signal.pk])
    told = {"outcome": "explained", "reason": "平台确认播放器上报有误"}
    assert visit(world.actor("auditor")).post(address, told).status_code == 403
    before = SignalReview.objects.count()
    client = visit(world.actor("city_bureau"))
    assert client.get(address).status_code == 405
    client.post(address, {"outcome": "explained", "reason": ""})
    assert SignalReview.objects.count() == before, "no words, no review"
    assert client.post(address, told).status_code == 302
    assert SignalReview.objects.count() == before + 1
    text = client.get(reverse("desk-learner", args=[place.pk])).content.decode()
    assert "平台确认播放器上报有误" in text
    foreign = reverse("desk-learning-review", args=[place_of(world, 2).pk, signal.pk])
    assert client.post(foreign, told).status_code == 404, "a signal about somebody else"


def test_reading_now_is_a_job_with_a_bar(world, visit):
    answer = visit(world.actor("city_bureau")).post(reverse("desk-learning-read"))
    assert answer.status_code == 302
    assert "?bar=" in answer["Location"]
    from peibu.casework.models import Progress
    from peibu.programmes.tasks import read_learning

    bar = Progress.objects.get(pk=answer["Location"].split("=")[1])
    read_learning.func(progress=str(bar.pk), result="/desk/")
    bar.refresh_from_db()
    assert (bar.finished, bar.done, bar.problem) == (True, 100, "")
