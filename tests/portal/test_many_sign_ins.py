"""Three hundred phones sign in at once against the running server; each sends twice. Counted, not timed."""

import datetime as dt
import http.client
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode, urlsplit

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from peibu.accounts import clock
from peibu.training import rotating_codes
from peibu.training.actions.attendance import open_check_in
from peibu.training.check_in_terms import terms_of
from peibu.training.models import Attendance
from tests.city import at
from tests.classroom import classroom

pytestmark = pytest.mark.django_db(transaction=True)
PHONES = 300
AT_ONCE = 30  # connections open at the same moment; the others wait in line as they would for the radio


def cookies_of(actor) -> str:
    client = Client()
    client.force_login(actor.user, backend="django.contrib.auth.backends.ModelBackend")
    session = client.session
    session["assignment"] = str(actor.user.assignments.get(role="trainee").pk)
    session.save()
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


def test_three_hundred_phones_sign_in_and_send_twice(city, live_server):
    clock.move_to(at("2020-10-12 09:03"))
    room = classroom(city, people=PHONES, days=1)
    session = room.sessions[0]
    check_in = open_check_in(session=session, by=room.teacher, at=clock.now())
    seconds = terms_of(session).code_seconds
    shift = clock.now() - dt.datetime.now(dt.UTC)
    jars = [cookies_of(actor) for actor in room.trainees]
    address, path = urlsplit(live_server.url), reverse("trainee-scan")
    token = "a" * 32  # the page's token and cookie need only agree

    def send(jar: str) -> tuple[int, str]:
        slot = rotating_codes.slot_of(dt.datetime.now(dt.UTC) + shift, seconds)
        code = rotating_codes.scanned_code(check_in.secret, session.pk, slot)
        body = urlencode({"code": code, "csrfmiddlewaretoken": token})
        head = {
            "Cookie": f"{jar}; {settings.CSRF_COOKIE_NAME}={token}",
            "Content-Type": "application/x-www-form-urlencoded",
            "Referer": live_server.url,
        }
        phone = http.client.HTTPConnection(address.hostname, address.port, timeout=300)
        phone.request("POST", path, body, head)
        answer = phone.getresponse()
        answer.read()
        return answer.status, answer.headers.get("Location", "")

    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = list(pool.map(send, [jar for jar in jars for _twice in range(2)]))
    assert set(answers) == {(302, reverse("trainee-session", args=[session.pk]))}
    rows = Attendance.objects.filter(session=session)
    assert (rows.count(), rows.values("enrolment").distinct().count()) == (PHONES, PHONES)
