"""Three hundred phones sign in and out against the production server, which is killed without a word in between.

Counted and timed: within one minute each way, nothing lost that a phone was told. The server is another process; each
phone is a connection of its own.
"""

import datetime as dt
import http.client
import json
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from peibu.accounts import clock
from peibu.training import rotating_codes
from peibu.training.actions.attendance import open_check_in
from peibu.training.actions.check_out import open_check_out
from peibu.training.actions.venues import add_room, add_venue
from peibu.training.check_in_terms import terms_of
from peibu.training.models import Attendance, Session, SignOut
from tests.city import at
from tests.classroom import as_practice, classroom
from tests.served import free_port, kill, start

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
PHONES, AT_ONCE, KILLED_AFTER = 300, 30, 120
A_MINUTE = 60.0
HERE = {"latitude": "36.067", "longitude": "120.383", "accuracy": "20"}  # the folder checks places at practice
TOKEN = "a" * 32  # the page's token and cookie need only agree
LOST = (OSError, http.client.HTTPException)


def cookies_of(actor) -> str:
    client = Client()
    client.force_login(actor.user, backend="django.contrib.auth.backends.ModelBackend")
    session = client.session
    session["assignment"] = str(actor.user.assignments.get(role="trainee").pk)
    session.save()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}; {settings.CSRF_COOKIE_NAME}={TOKEN}"


class Door:
    """What phones send to: the code of the moment for one gate of one session."""

    def __init__(self, port: int, gate, shift: dt.timedelta):
        self.port, self.gate, self.shift = port, gate, shift
        self.seconds = terms_of(gate.session).code_seconds

    def code(self) -> str:
        slot = rotating_codes.slot_of(dt.datetime.now(dt.UTC) + self.shift, self.seconds)
        return rotating_codes.scanned_code(self.gate.secret, self.gate.session_id, slot)

    def send(self, jar: str) -> str | None:
        """What the phone was told ("done"); None = nothing reached it."""
        told = {
            "code": self.code(),
            "ticket": "",
            "since_scan": "0",
            "since_scan_set": "0",
            "since_ticket": "0",
        } | HERE
        head = {"Cookie": jar, "X-CSRFToken": TOKEN, "Content-Type": "application/x-www-form-urlencoded"}
        phone = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            phone.request("POST", reverse("trainee-send"), urlencode(told), head)
            answer = phone.getresponse()
            body = answer.read()
        except LOST:
            return None
        return json.loads(body)["outcome"] if answer.status == 200 else f"status {answer.status}"


def warm(door: Door) -> None:
    """Both workers have loaded the site, as they have when a lesson begins; the first page of a worker takes seconds."""
    for _ in range(8):
        page = http.client.HTTPConnection("127.0.0.1", door.port, timeout=120)
        page.request("GET", reverse("trainee-offline"))
        assert page.getresponse().status == 200


def everybody(door: Door, jars: list[str]) -> list[str | None]:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(door.send, jars))


def timed(door: Door, jars: list[str], name: str) -> None:
    began = time.monotonic()
    answers = everybody(door, jars)
    took = time.monotonic() - began
    print(f"{name}: {len(jars)} phones in {took:.1f} s, {Counter(answers)}")
    assert answers == ["done"] * len(jars)
    assert took < A_MINUTE, f"{name}: {took:.1f} s"


def test_three_hundred_sign_in_and_out_and_a_killed_server_loses_nothing_told(city):
    clock.move_to(at("2020-10-12 11:50"))
    room = classroom(city, people=PHONES, days=1)
    venue = add_venue(
        name="实训楼", address="一号路1号", longitude=Decimal("120.383"), latitude=Decimal("36.067"), radius_m=150,
        by=room.provider, at=clock.now(),
    )  # fmt: skip
    place = add_room(venue=venue, name="301", seats=PHONES, by=room.provider, at=clock.now())
    Session.objects.filter(pk=room.sessions[0].pk).update(room=place)
    session = as_practice(room)
    inward = open_check_in(session=session, by=room.teacher, at=clock.now())
    outward = open_check_out(session=session, by=room.teacher, at=clock.now())
    shift = clock.now() - dt.datetime.now(dt.UTC)
    jars = [cookies_of(actor) for actor in room.trainees]
    port = free_port()
    server = start(port, workers=2, threads=4)
    try:
        door = Door(port, inward, shift)
        warm(door)
        first = everybody(door, jars[:KILLED_AFTER])
        with ThreadPoolExecutor(AT_ONCE) as pool:
            rest = pool.map(door.send, jars[KILLED_AFTER:])
            time.sleep(0.5)  # some are on their way
            kill(server)
            told = first + list(rest)
        acknowledged = {room.enrolments[n].pk for n, answer in enumerate(told) if answer == "done"}
        kept = set(Attendance.objects.filter(session=session).values_list("enrolment", flat=True))
        print(f"before the kill: {Counter(told)}")
        assert KILLED_AFTER <= len(acknowledged) < PHONES, Counter(told)  # the kill hit people on their way
        assert acknowledged <= kept
        server = start(port, workers=2, threads=4)
        warm(door)
        timed(door, jars, "sign_in")  # everybody sends, those signed in already once more
        assert Attendance.objects.filter(session=session).count() == PHONES
        timed(Door(port, outward, shift), jars, "sign_out")
        assert SignOut.objects.filter(attendance__session=session).count() == PHONES
    finally:
        kill(server)
