"""Five hundred certificates by the real worker, which is killed on the way: the bar moves, and another goes on."""

import asyncio
import contextlib
import datetime as dt
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.db import connection
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.exceptions import AlreadyEnqueued

from peibu.accounts.secrecy import person_key
from peibu.casework import again
from peibu.casework.actions import move_case
from peibu.casework.models import Progress
from peibu.casework.tasks import go_on
from peibu.registry.models import Person
from peibu.training.actions.certificates import report_passed
from peibu.training.models import Attendance, Certificate, Cohort, Enrolment, SealedFile, SignUpLine
from peibu.training.queries.sealed_files import FileState, judge_file
from tests.city import at
from tests.training.exam_world import _number, build

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
PEOPLE, KILLED_AFTER, PATIENCE_S = 500, 60, 500
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def place(settings, tmp_path) -> Path:
    """A data folder of its own for the worker's files, with the secrets of the tests."""
    var = tmp_path / "var"
    var.mkdir()
    (var / "secrets").symlink_to(Path(os.environ["PEIBU_VAR"]).resolve() / "secrets")
    settings.MEDIA_ROOT = var / "media"
    settings.SEAL = {**settings.SEAL, "kind": "test", "folder": var / "seal", "password": "geheim"}
    return var


def worker(var: Path) -> subprocess.Popen:
    address = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}").geturl()
    env = os.environ | {
        "DATABASE_URL": address,
        "DJANGO_SETTINGS_MODULE": "peibu.config.settings",
        "PEIBU_VAR": str(var),
        "PEIBU_SEAL": "test",
        "PEIBU_SECRET_SEAL": "geheim",
    }
    return subprocess.Popen([sys.executable, "-m", "peibu", "worker"], env=env, cwd=ROOT, start_new_session=True)


def full_class(world) -> None:
    """Five hundred instead of six, by the same rows."""
    first = world.people[0]
    people = [
        Person(key=person_key(number), id_number=number, name=f"学员{n}", sex="m", born_on=dt.date(1980, 1, 1))
        for n in range(len(world.people), PEOPLE)
        for number in [_number(1000 + n)]
    ]
    Person.objects.bulk_create(people)
    lines = [
        SignUpLine(signup=first.line.signup, policy=first.line.policy, position=n, person=person, level="middle")
        for n, person in enumerate(people, start=100)
    ]
    SignUpLine.objects.bulk_create(lines)
    rows = [
        Enrolment(
            cohort=world.cohort,
            division=world.cohort.division,
            person=line.person,
            enterprise=first.enterprise,
            line=line,
            enrolled_at=first.enrolled_at + dt.timedelta(seconds=line.position),
        )
        for line in lines
    ]
    Enrolment.objects.bulk_create(rows)
    held = list(Attendance.objects.filter(enrolment=first))
    for seen in held:
        copies = [
            Attendance(
                **{f.name: getattr(seen, f.name) for f in seen._meta.fields if f.name not in ("id", "enrolment")},
                enrolment=row,
            )
            for row in rows
        ]
        Attendance.objects.bulk_create(copies)
    Cohort.objects.filter(pk=world.cohort.pk).update(seats=PEOPLE, seats_taken=PEOPLE)
    world.people += rows


def issue(world):
    world.seal(["88"] * PEOPLE)
    batch = report_passed(cohort=world.cohort, by=world.provider, at=at("2020-10-26 10:00"))
    move_case(case=batch.case, move="issue", by=world.approver, at=at("2020-10-28 10:00"))
    return batch


def helpers_of(process: subprocess.Popen) -> list[int]:
    told = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(process.pid)], capture_output=True, text=True, check=False
    )
    return [int(pid) for pid in told.stdout.split()]


def wait_until(done, seen: list[int], process: subprocess.Popen) -> None:
    """Watches the bar until `done` (a function of it) holds."""
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        bar = Progress.objects.get()
        seen.append(bar.done)
        if done(bar):
            return
        assert process.poll() is None, "the worker ended"
        time.sleep(0.2)
    raise AssertionError(f"the bar stands at {seen[-1]}")


def gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2] == "Z"
    except FileNotFoundError:
        return True


def test_five_hundred_certificates_outlive_the_worker(city, place):
    world = build(city)
    full_class(world)
    issue(world)
    seen: list[int] = []
    first = worker(place)
    try:
        wait_until(lambda bar: bar.done >= KILLED_AFTER, seen, first)
        helpers = helpers_of(first)
    finally:
        os.kill(first.pid, signal.SIGKILL)
        first.wait()
    before = dict(SealedFile.objects.values_list("sha256", "document_id"))
    assert KILLED_AFTER <= len(before) < PEOPLE
    assert helpers, "several processes were at work"
    end = time.monotonic() + 30
    while not all(gone(pid) for pid in helpers):
        assert time.monotonic() < end, "a helper outlives its master"
        time.sleep(0.2)

    with connection.cursor() as cursor:  # half a minute passes
        cursor.execute("UPDATE procrastinate_workers SET last_heartbeat = last_heartbeat - interval '1 minute'")
    with contextlib.suppress(AlreadyEnqueued):  # the minute has queued it already
        go_on.defer(timestamp=0)
    began = time.monotonic()
    second = worker(place)
    try:
        wait_until(lambda bar: bar.finished, seen, second)
    finally:
        os.kill(second.pid, signal.SIGTERM)
        second.wait()
    print(f"{PEOPLE + 1 - len(before)} files in {time.monotonic() - began:.0f} s")

    bar = Progress.objects.get()
    assert (bar.done, bar.problem) == (PEOPLE + 1, "")
    assert bar.result_url
    assert len(set(seen)) > 10, "it moves in small steps"
    after = dict(SealedFile.objects.values_list("sha256", "document_id"))
    assert len(after) == PEOPLE + 1
    assert before.items() <= after.items()
    assert set(Certificate.objects.values_list("pk", flat=True)) == set(
        SealedFile.objects.exclude(certificate=None).values_list("certificate_id", flat=True)
    )
    for file in [
        *SealedFile.objects.order_by("document_id")[:: PEOPLE // 4],
        SealedFile.objects.get(certificate=None),
    ]:
        with file.document.file.open("rb") as opened:
            assert judge_file(opened.read()).state == FileState.GENUINE


def left_behind(task: str, attempts: int = 1) -> int:
    """A job whose worker is no more."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, status, attempts, args, priority, abort_requested)"
            " VALUES ('papers', %s, 'doing', %s, '{}', 0, false) RETURNING id",
            [task, attempts],
        )
        return cursor.fetchone()[0]


def test_only_what_may_be_repeated_is_queued_again(city):
    goes_on = left_behind("training.certificate_book")
    stays = left_behind("payments.reconcile")
    worn = left_behind("training.certificate_book", attempts=again.MOST_ATTEMPTS)

    async def run() -> list[int]:
        with app.replace_connector(app.connector.get_worker_connector()) as alone:
            async with alone.open_async():
                return await again.queue_again(alone)

    assert asyncio.run(run()) == [goes_on]
    states = dict(ProcrastinateJob.objects.values_list("pk", "status"))
    assert (states[goes_on], states[stays], states[worn]) == ("todo", "doing", "doing")
