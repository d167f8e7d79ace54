"""Numbers without gaps, never twice; what the public may ask."""

import threading

import pytest
from django.db import IntegrityError, connection, transaction
from procrastinate.contrib.django.models import ProcrastinateJob
from pypdf import PdfReader

from peibu.casework.actions import move_case
from peibu.casework.models import Case, Progress
from peibu.kernel.errors import Refused
from peibu.training.actions.certificates import report_passed, revoke_certificate
from peibu.training.certificate_tasks import certificate_book
from peibu.training.models import Attendance, Certificate, CertificateBatch, Leave
from peibu.training.queries.attendance import Rate, rates
from peibu.training.queries.certificates import batch_lines, book_of, find_certificate, is_valid
from tests.city import at
from tests.classroom import classroom
from tests.training.exam_world import build

REPORTED, ISSUED = at("2020-10-26 10:00"), at("2020-10-28 10:00")
pytestmark = pytest.mark.django_db


@pytest.fixture
def world(city):
    return build(city)


def reported(world, marks=None):
    world.seal(marks)
    return report_passed(cohort=world.cohort, by=world.provider, at=REPORTED)


def issued(world, marks=None):
    batch = reported(world, marks)
    move_case(case=batch.case, move="issue", by=world.approver, at=ISSUED)
    return CertificateBatch.objects.select_related("case", "cohort").get(pk=batch.pk)


def numbers(series=None):
    rows = Certificate.objects.filter(series=series) if series else Certificate.objects.all()
    return sorted(rows.values_list("serial_no", flat=True))


def test_passed_people_get_numbers_from_the_district(world):
    batch = issued(world)
    code = world.cohort.division.desk.code
    rows = list(batch.certificates.order_by("serial_no"))
    assert [row.enrolment.person.name for row in rows] == ["王一", "李二", "赵四", "孙六"]
    assert [row.serial for row in rows] == [f"鲁青工培〔2020〕{code}-{n:06d}" for n in range(1, 5)]
    assert (batch.first, batch.last, str(batch.issued_on)) == (1, 4, "2020-10-28")
    assert all(len(row.check_code) == 12 and int(row.check_code, 16) >= 0 for row in rows)
    world.cohort.refresh_from_db()
    assert world.cohort.stage == "certified"


def test_the_next_batch_of_the_district_goes_on(world, city):
    issued(world)
    second = issued(build(city, salt=500))
    assert (second.first, second.last) == (5, 8)
    assert numbers(second.series) == list(range(1, 9))


def test_a_failed_issue_gives_the_numbers_back(world, monkeypatch):
    batch = reported(world)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        move_case(case=batch.case, move="issue", by=world.approver, at=ISSUED)
        assert numbers() == [1, 2, 3, 4]  # negative control: they had been given
        raise ZeroDivisionError
    assert numbers() == []
    move_case(case=Case.objects.get(pk=batch.case_id), move="issue", by=world.approver, at=ISSUED)
    assert numbers() == [1, 2, 3, 4]


def test_the_database_refuses_gaps_repeats_and_certificates_without_a_sealed_score(world):
    batch = issued(world)
    third = world.people[2]  # 59.5 points, sealed: the number is what is wrong
    row = {"batch": batch, "series": batch.series, "check_code": "0" * 12, "issued_on": ISSUED.date()}
    for number, constraint in ((9, "serials_have_no_gaps"), (2, "a_serial_is_used_once")):
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
            Certificate.objects.create(**row, enrolment=third, serial_no=number, serial=f"x{number}")
    absent = world.people[4]
    with pytest.raises(IntegrityError, match="a_certificate_rests_on_a_sealed_score"), transaction.atomic():
        Certificate.objects.create(**row, enrolment=absent, serial_no=5, serial="x5")
    for attempt in (lambda: Certificate.objects.update(serial_no=9), lambda: Certificate.objects.all().delete()):
        with pytest.raises(Exception, match="append_only|Cannot"), transaction.atomic():
            attempt()


def test_reporting_needs_a_sealed_sheet_and_somebody_who_passed(world):
    world.hold()
    with pytest.raises(Refused, match="不能上报合格名单"):
        report_passed(cohort=world.cohort, by=world.provider, at=REPORTED)
    nobody = build(world.city, salt=500)
    nobody.seal(["59.9", "10", None, None, None, None])
    with pytest.raises(Refused, match="没有考核合格的人员"):
        report_passed(cohort=nobody.cohort, by=nobody.provider, at=REPORTED)
    assert not CertificateBatch.objects.exists()


def test_a_returned_list_is_reported_again(world):
    batch = reported(world)
    move_case(case=batch.case, move="return", by=world.approver, at=REPORTED, reason="照片不清晰")
    again = report_passed(cohort=world.cohort, by=world.provider, at=ISSUED)
    assert (again.pk, again.case.state) == (batch.pk, "reported")
    with pytest.raises(Refused):
        report_passed(cohort=world.cohort, by=world.provider, at=ISSUED)


def test_only_the_hrss_approver_of_the_district_gives_numbers(world, city):
    batch = reported(world)
    other = next(
        a for a in (city.actor("hrss_approver", nth=i) for i in range(9)) if not a.covers(batch.case.division_id)
    )
    for actor in (world.reviewer, world.provider, other):
        with pytest.raises(Refused):
            move_case(case=batch.case, move="issue", by=actor, at=ISSUED)
    assert numbers() == []


def test_lines_show_presence_score_and_number(world):
    batch = issued(world)
    lines = {line.enrolment.person.name: line for line in batch_lines(batch.cohort, on=ISSUED.date())}
    assert (lines["王一"].attended, lines["王一"].passed) == (Rate(2, 2), True)
    assert (lines["孙六"].attended.present, lines["张三丰"].passed, lines["钱五"].passed) == (0, False, False)
    assert lines["张三丰"].certificate is None


def test_a_made_up_session_counts_on_the_list_as_it_does_everywhere(world, city):
    batch = issued(world)
    other = classroom(city, number=1, opens="2020-11-02")
    absent = next(row for row in world.people if row.person.name == "孙六")
    missed, made = world.cohort.sessions.order_by("starts_at").first(), other.sessions[0]
    by = world.provider.user
    Leave.objects.create(
        division=absent.division, enrolment=absent, session=missed, reason="出差", state="granted", asked_by=by,
        asked_at=REPORTED, decided_by=by, decided_at=REPORTED, make_up=made,
    )  # fmt: skip
    Attendance.objects.create(enrolment=absent, session=made, method="qr", signed_at=made.starts_at, entered_by=by)
    lines = {line.enrolment.pk: line.attended for line in batch_lines(batch.cohort, on=ISSUED.date())}
    assert lines[absent.pk] == Rate(2, 1)
    assert lines == {person.pk: rate for person, rate in rates(batch.cohort)}


def test_a_number_is_verified_only_with_its_code(world):
    batch = issued(world)
    first, second = batch.certificates.order_by("serial_no")[:2]
    assert find_certificate(first.serial, first.check_code) == first
    spoken = f" {first.check_code[:4]}-{first.check_code[4:8]} {first.check_code[8:]} ".upper()
    assert find_certificate(first.serial, spoken) == first
    for serial, code in (
        (first.serial, second.check_code),
        (first.serial, ""),
        (first.serial, first.check_code[:-1]),
        ("鲁青工培〔2020〕370202-999999", "-" * 12),
        ("", ""),
    ):
        assert find_certificate(serial, code) is None


def test_a_revoked_certificate_keeps_its_number(world):
    batch = issued(world)
    row = batch.certificates.first()
    with pytest.raises(Refused, match="审批岗"):
        revoke_certificate(certificate=row, reason="替考", by=world.reviewer, at=ISSUED)
    revoke_certificate(certificate=row, reason="替考", by=world.approver, at=ISSUED)
    found = find_certificate(row.serial, row.check_code)
    assert found is not None
    assert not is_valid(found)
    with pytest.raises(Refused, match="已经作废"):
        revoke_certificate(certificate=row, reason="再次", by=world.approver, at=ISSUED)


def test_the_book_is_queued_with_the_numbers_and_made_once(world):
    batch = issued(world)
    job = ProcrastinateJob.objects.get(task_name="training.certificate_book")
    bar = Progress.objects.get(pk=job.args["progress"])
    assert (bar.finished, bar.total) == (False, 5)  # a file each, and the book
    certificate_book(**job.args)
    certificate_book(**job.args)  # the worker may run it twice
    bar.refresh_from_db()
    assert bar.finished
    assert bar.problem == ""
    book = book_of(batch)
    pages = [page.extract_text() for page in PdfReader(book.file.open("rb")).pages]
    assert len(pages) == 4
    number = world.people[0].person.id_number
    assert not any(number in "".join(page.split()) for page in pages)
    assert "000001" in "".join(pages[0].split())


@pytest.mark.django_db(transaction=True)
def test_two_batches_at_the_same_moment_share_no_number_and_leave_no_gap(city):
    worlds = [build(city, salt=salt) for salt in (0, 500, 1500)]
    batches = [reported(world) for world in worlds]
    barrier, problems = threading.Barrier(3), []

    def work(world, batch):
        try:
            barrier.wait(20)
            with transaction.atomic():
                move_case(case=batch.case, move="issue", by=world.approver, at=ISSUED)
                if world is worlds[2]:
                    raise ZeroDivisionError  # this one fails after taking its numbers
        except ZeroDivisionError:
            pass
        except Exception as error:
            problems.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=pair) for pair in zip(worlds, batches, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert problems == []
    assert numbers() == list(range(1, 9))
    ranges = sorted(CertificateBatch.objects.exclude(first=None).values_list("first", "last"))
    assert ranges == [(1, 4), (5, 8)]
