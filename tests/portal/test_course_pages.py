"""Pages and files of online courses over HTTP: links, parts of files, who sees what, what a device may say."""

import io
import json

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from peibu.accounts import clock
from peibu.courses.links import sign_link
from peibu.courses.models import ItemProgress, LearningSession, Media
from peibu.portal.ranges import asked_range
from tests.courses.course_world import CourseWorld, film

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(city, tmp_path, settings):
    return CourseWorld(city, tmp_path, settings)


def body_of(answer) -> bytes:
    return b"".join(answer.streaming_content)


@pytest.fixture
def media(world):
    return world.film()


def link(world, media, by=None, **more) -> str:
    return reverse("course-media", args=[sign_link(media, by=by or world.learner, at=clock.now(), **more)])


def test_a_film_comes_whole_or_in_parts(world, media, visit):
    visitor, content = visit(world.learner), film()
    whole = visitor.get(link(world, media))
    assert (whole.status_code, body_of(whole), whole["Accept-Ranges"]) == (200, content, "bytes")
    assert whole["Cache-Control"] == "private, no-store"
    part = visitor.get(link(world, media), HTTP_RANGE="bytes=100-199")
    assert (part.status_code, body_of(part)) == (206, content[100:200])
    assert (part["Content-Range"], part["Content-Length"]) == (f"bytes 100-199/{len(content)}", "100")
    tail = visitor.get(link(world, media), HTTP_RANGE="bytes=-50")
    assert body_of(tail) == content[-50:]
    rest = visitor.get(link(world, media), HTTP_RANGE="bytes=100-")
    assert body_of(rest) == content[100:]
    outside = visitor.get(link(world, media), HTTP_RANGE=f"bytes={len(content)}-")
    assert (outside.status_code, outside["Content-Range"]) == (416, f"bytes */{len(content)}")
    several = visitor.get(link(world, media), HTTP_RANGE="bytes=0-1,5-6")
    assert (several.status_code, body_of(several)) == (200, content)
    changed = visitor.get(link(world, media), HTTP_RANGE="bytes=0-1", HTTP_IF_RANGE='"other"')
    assert (changed.status_code, body_of(changed)) == (200, content)


@given(st.integers(1, 500), st.one_of(st.none(), st.integers(0, 600)), st.one_of(st.none(), st.integers(0, 600)))
def test_a_range_lies_within_the_file_or_is_refused(size, first, last):
    header = f"bytes={'' if first is None else first}-{'' if last is None else last}"
    try:
        found = asked_range(header, size)
    except ValueError:
        assert (first is None and last == 0) or (first is not None and first >= size)
        return
    if found is not None:
        assert 0 <= found[0] <= found[1] < size


def test_a_link_opens_for_its_person_only_and_for_a_short_time(world, media, visit):
    url = link(world, media)
    assert visit(world.city.actor("trainee", nth=1)).get(url).status_code == 404
    visitor = visit(world.learner)
    assert visitor.get(url).status_code == 200
    token = sign_link(media, by=world.learner, at=clock.now())
    assert visitor.get(reverse("course-media", args=[token[:-2] + "xx"])).status_code == 404
    assert visitor.get(reverse("course-media", args=["made-up"])).status_code == 404
    import datetime as dt

    clock.move_to(clock.now() + dt.timedelta(minutes=16))
    assert visitor.get(url).status_code == 404


def test_nothing_opens_without_an_account(world, media, client):
    assert client.get(link(world, media)).status_code == 302


def test_a_store_elsewhere_gets_the_visitor_with_its_own_link(world, media, visit, monkeypatch):
    from django.core.files.storage import Storage

    class Elsewhere(Storage):
        def url(self, name):
            return f"https://store.example/{name}?signature=x"

    monkeypatch.setattr(Media._meta.get_field("file"), "storage", Elsewhere())
    answer = visit(world.learner).get(link(world, media))
    assert (answer.status_code, answer.url.split("?")[1]) == (302, "signature=x")


@pytest.fixture
def learning(world, visit):
    registration = world.joined()
    visitor = visit(world.learner)
    begun = visitor.post(reverse("trainee-course-start", args=[registration.pk])).json()
    return world, registration, visitor, begun


def told(world, registration, **changes) -> dict:
    item = world.items(registration)[0]
    base = {
        "number": 1,
        "item": str(item.pk),
        "position": 2000,
        "segments": [[0, 2000]],
        "events": [],
        "speed": 100,
        "ago": 0,
    }
    return {"told": json.dumps(base | changes)}


def test_a_report_is_answered_with_how_far_one_is(learning):
    world, registration, visitor, begun = learning
    answer = visitor.post(begun["report"], told(world, registration))
    assert answer.json() == {"reached": 2000, "watched": 2000, "completed": False, "course": False}
    again = visitor.post(begun["report"], told(world, registration, segments=[[0, 40_000]]))
    assert again.json()["watched"] == 2000
    forged = visitor.post(begun["report"], told(world, registration, number=2, segments=[[2000, 40_000]]))
    assert forged.json()["watched"] < 10_000


@pytest.mark.parametrize(
    "text",
    ["", "{}", "[]", "null", '{"number": 1}', '{"number": "1"}', '{"number": 1e400}', "x" * 100],
)
def test_what_is_no_report_is_answered_400(learning, text):
    world, registration, visitor, begun = learning
    assert visitor.post(begun["report"], {"told": text}).status_code == 400


@pytest.mark.parametrize(
    "changes",
    [
        {"segments": [[0, "x"]]}, {"segments": [[0]]}, {"number": True}, {"item": "x"}, {"number": 10**15},
        {"events": [{"verb": "played"}]}, {"speed": None}, {"number": -1.5e300},
    ],
)  # fmt: skip
def test_a_malformed_report_changes_nothing(learning, changes):
    world, registration, visitor, begun = learning
    assert visitor.post(begun["report"], told(world, registration, **changes)).status_code == 400
    assert ItemProgress.objects.count() == 0


def test_another_learner_reports_nothing_and_sees_nothing(learning, client):
    world, registration, visitor, begun = learning
    other = world.city.actor("trainee", nth=1)
    client.force_login(other.user, backend="django.contrib.auth.backends.ModelBackend")
    assert client.post(begun["report"], told(world, registration)).status_code == 409
    assert client.get(reverse("trainee-course", args=[registration.pk])).status_code == 404
    assert client.post(reverse("trainee-course-start", args=[registration.pk])).status_code == 404


def test_the_second_start_ends_the_first(learning):
    world, registration, visitor, begun = learning
    visitor.post(reverse("trainee-course-start", args=[registration.pk]))
    answer = visitor.post(begun["report"], told(world, registration))
    assert (answer.status_code, answer.json()["code"]) == (409, "session_elsewhere")
    assert LearningSession.objects.count() == 2


def test_leaving_takes_the_last_report_along(learning):
    world, registration, visitor, begun = learning
    assert visitor.post(begun["leave"], told(world, registration)).json() == {"done": True}
    assert ItemProgress.objects.get().watched == 2000
    assert LearningSession.objects.get().ended_by == "left"


def test_pages_of_the_unit_hold_only_its_own(learning, client):
    world, registration, visitor, begun = learning
    client.logout()
    course = registration.course
    stranger = world.city.actor("provider", world.city.unit("z02"))
    client.force_login(stranger.user, backend="django.contrib.auth.backends.ModelBackend")
    for name in ("own-course", "own-course-roster", "own-course-questions"):
        assert client.get(reverse(name, args=[course.pk])).status_code == 404
    client.force_login(world.by.user, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(reverse("own-course-roster", args=[course.pk])).content.decode()
    assert registration.person.name in page
    assert registration.person.id_number not in page
    sheet = client.get(reverse("own-course-roster", args=[course.pk]) + "?as=xlsx")
    cells = [cell.value for row in load_workbook(io.BytesIO(sheet.content)).active.iter_rows() for cell in row]
    assert registration.person.name in cells
    assert registration.person.id_number not in cells
