"""The trainee's app over HTTP: what is public, what is kept, what a script that sends scans is told."""

import datetime as dt
import json

import pytest
from django.urls import reverse

from peibu.accounts import clock
from peibu.training.actions.attendance import current_code, open_check_in
from peibu.training.models import Attendance, EntryRequest
from tests.city import at
from tests.classroom import classroom

pytestmark = pytest.mark.django_db
START = at("2020-10-12 09:00")


@pytest.fixture
def room(city):
    clock.move_to(START)
    room = classroom(city)
    room.check_in = open_check_in(session=room.sessions[0], by=room.teacher, at=START)
    return room


def scan(room, **change) -> dict:
    told = {"code": current_code(room.check_in, clock.now()).scanned, "ticket": "", "since_scan": "0"}
    return told | {"since_scan_set": "0", "since_ticket": "0"} | change


def test_the_app_can_be_installed_and_its_worker_answers_only_for_the_trainees_pages(client, city):
    told = json.loads(client.get(reverse("trainee-manifest")).content)
    assert told["scope"] == told["start_url"] == "/trainee/"
    assert told["display"] == "standalone"
    answer = client.get(reverse("trainee-worker"))
    assert answer["Content-Type"].startswith("text/javascript")
    assert answer["Cache-Control"] == "no-cache"
    assert "Service-Worker-Allowed" not in answer  # the browser then confines it to /trainee/
    assert "default-src 'self'" in answer["Content-Security-Policy"]
    assert "http" not in answer.content.decode()  # no third party


def test_the_page_without_network_holds_nobodys_data(client, visit, room):
    name = room.trainees[0].name
    told = visit(room.trainees[0]).get(reverse("trainee-offline")).content.decode()
    assert name not in told
    assert room.cohort.name not in told
    assert room.sessions[0].subject not in told


def test_what_is_kept_is_the_own_next_days_and_a_ticket_for_this_phone(client, visit, room):
    assert client.get(reverse("trainee-today")).status_code == 302
    assert visit(room.teacher).get(reverse("trainee-today")).status_code == 403
    trainee = visit(room.trainees[0])
    answer = trainee.get(reverse("trainee-today"))
    assert answer["Cache-Control"] == "no-store"
    told = answer.json()
    assert [row["subject"] for row in told["sessions"]] == [row.subject for row in room.sessions]
    assert told["sessions"][0]["state"] == "open"
    assert room.trainees[0].name not in answer.content.decode()
    # the ticket was made for the mark that came with it: a late scan with it is believed
    clock.move_to(START + dt.timedelta(minutes=10))
    ten = str(10 * 60_000)
    sent = scan(room, code=current_code(room.check_in, START + dt.timedelta(seconds=2)).scanned)
    sent |= {"ticket": told["ticket"], "since_scan": str(10 * 60_000 - 3000), "since_ticket": ten}
    sent |= {"since_scan_set": str(10 * 60_000 - 3000)}
    answer = trainee.post(reverse("trainee-send"), sent).json()
    assert answer["outcome"] == "done", answer
    assert Attendance.objects.get().received_at is not None


def test_a_fresh_scan_signs_in_a_repeat_is_told_and_looking_writes_nothing(visit, room):
    trainee = visit(room.trainees[0])
    assert trainee.get(reverse("trainee-send")).status_code == 405
    first = trainee.post(reverse("trainee-send"), scan(room)).json()
    assert (first["outcome"], first["said"]) == ("done", "签到成功。")
    assert first["url"] == reverse("trainee-session", args=[room.sessions[0].pk])
    assert trainee.post(reverse("trainee-send"), scan(room)).json()["said"] == "您已签到，无需重复签到。"
    assert Attendance.objects.count() == 1


def test_an_old_scan_without_proof_goes_to_the_teacher(visit, room):
    old = current_code(room.check_in, START).scanned
    clock.move_to(START + dt.timedelta(minutes=5))
    trainee = visit(room.trainees[0])
    for since in ("", "x", "-1", "99999999999999"):
        answer = trainee.post(reverse("trainee-send"), scan(room, code=old, since_scan=since))
        assert answer.json()["outcome"] == "asked"
        assert "请当面告诉授课教师" in answer.json()["said"]
    assert (EntryRequest.objects.count(), Attendance.objects.count()) == (1, 0)


def test_a_forged_code_is_refused_with_what_to_do(visit, room):
    answer = visit(room.trainees[0]).post(reverse("trainee-send"), scan(room, code="A" * 48))
    assert answer.status_code == 422
    assert answer.json()["outcome"] == "refused"
    assert answer.json()["remedy"]
