"""The web server dies without a word in the middle of a test (kill -9): what was answered is still there."""

from http.cookies import SimpleCookie
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import HTTPRedirectHandler, Request, build_opener

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.urls import reverse

from peibu.accounts import clock
from peibu.examining.models import Sitting
from peibu.examining.queries.sittings import shown_paper
from tests.examining.bank_world import account_of, minute, online, right_places
from tests.served import free_port, kill, start

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


class _Stay(HTTPRedirectHandler):
    def redirect_request(self, *args):
        return None


class Phone:
    """A browser reduced to its cookies."""

    def __init__(self, port: int, session: str):
        self.port, self.cookies = port, {django_settings.SESSION_COOKIE_NAME: session}

    def send(self, path: str, data: dict | None = None):
        if data is not None:
            data = {**data, "csrfmiddlewaretoken": self.cookies.get("csrftoken", "")}
        request = Request(
            f"http://127.0.0.1:{self.port}{path}",
            data=urlencode(data, doseq=True).encode() if data is not None else None,
            headers={"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())},
        )
        try:
            answer = build_opener(_Stay).open(request, timeout=60)
        except URLError as refused:
            if not hasattr(refused, "headers"):
                raise
            answer = refused
        for line in answer.headers.get_all("Set-Cookie") or []:
            self.cookies |= {name: kept.value for name, kept in SimpleCookie(line).items()}
        return answer


def test_kill_minus_nine_loses_nothing_that_was_answered(city):
    world = online(city)
    clock.move_to(minute(5))
    me = account_of(world.people[0])
    client = Client()
    client.force_login(me.user, backend="django.contrib.auth.backends.ModelBackend")
    session = client.session
    session["assignment"] = str(me.user.assignments.get().pk)
    session.save()
    port = free_port()
    phone = Phone(port, session.session_key)
    exam = world.exam
    server = start(port)
    try:
        page = phone.send(reverse("trainee-exam", args=[exam.pk]))
        assert page.status == 200
        begun = phone.send(reverse("trainee-exam-start", args=[exam.pk]), {})
        assert (begun.status, begun.headers["Location"]) == (302, reverse("trainee-exam-paper", args=[exam.pk]))
        sitting = Sitting.objects.get()
        paper = shown_paper(sitting)
        for number, shown in enumerate(paper[:4]):
            kept = answer(phone, exam, shown, right_places(shown), f"k{number}")
            assert kept.status == 302
        kill(server)
        with pytest.raises(OSError):  # refused, or cut off in the middle
            answer(phone, exam, paper[4], [0], "k4")
        server = start(port)
        # the phone sends again what did not arrive, and once more what did
        assert answer(phone, exam, paper[4], right_places(paper[4]), "k4").status == 302
        assert answer(phone, exam, paper[3], right_places(paper[3]), "k3").status == 302
        again = phone.send(reverse("trainee-exam-paper", args=[exam.pk]))
        assert again.status == 200
        assert again.read().decode().count(" checked") == 5
        assert sitting.answers.count() == 5
        assert phone.send(reverse("trainee-exam-submit", args=[exam.pk]), {}).status == 302
    finally:
        kill(server)
    sitting.refresh_from_db()
    assert sitting.points == 10  # five single choices of two points


def answer(phone: Phone, exam, shown, places, key):
    path = reverse("trainee-exam-answer", args=[exam.pk, shown.item.pk])
    return phone.send(path, {"place": places, "key": key})
