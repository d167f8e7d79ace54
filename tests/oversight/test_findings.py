"""Findings and the credit record: made once, with their evidence, changing no state (QD97.3.7, 3.9, 6.3)."""

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from peibu.casework.actions import move_case
from peibu.casework.models import Case
from peibu.demo.city import draw_photo
from peibu.kernel.errors import Refused
from peibu.oversight.actions.findings import conclude, record_satisfaction
from peibu.oversight.history import row_for, versions_of
from peibu.oversight.models import CreditRecord, Finding
from peibu.oversight.queries import credit_of, credits_for, findings_for, photos_in
from peibu.training.actions.certificates import report_passed
from peibu.training.actions.photos import keep_photo
from peibu.training.models import Cohort
from peibu.training.queries.exams import survey_result
from peibu.training.queries.photos import photos_of
from tests.training.story import after, finished_class

pytestmark = pytest.mark.django_db


def two_classes(city):
    """A certified class, and another one about to report, which hands in one of the first one's photos again."""
    first, second = finished_class(city, nth=0), finished_class(city, "scored", nth=1)
    again = draw_photo(first.plan.photos[0].drawing, near_duplicate=True)
    keep_photo(cohort=second.cohort, name="合影.jpg", content=again, by=second.by, at=after(second, 1))
    return first, second


@pytest.fixture(scope="module")
def built(worlds):
    return worlds.build(two_classes)


@pytest.fixture
def pair(built, handed):
    return handed(built)


def report(story):
    return report_passed(cohort=story.cohort, by=story.by, at=after(story, 2))


def reviewer_of(city, story, role="agency_reviewer", kind="agency"):
    return city.actor(role, city.office(kind, story.cohort.division))


def test_a_photo_seen_before_is_one_finding_with_both_pictures(pair, city):
    first, second = pair
    before = {case.pk: case.state for case in Case.objects.all()}
    stages = dict(Cohort.objects.values_list("pk", "stage"))
    batch = report(second)
    found = Finding.objects.get(subject_id=second.cohort.pk)
    assert found.state == "open"
    assert found.division_id == second.cohort.division_id
    mine, other = photos_in(found)
    assert mine.cohort == second.cohort
    assert other.cohort == first.cohort
    assert other.document in photos_of(first.cohort)
    assert mine.document.name == "合影.jpg"
    # it changes no state: the batch waits as it would have, everything else is as it was
    assert batch.case.state == "reported"
    assert {pk: state for pk, state in Case.objects.values_list("pk", "state") if pk in before} == before
    assert dict(Cohort.objects.values_list("pk", "stage")) == stages
    # reported again after a return: the same likeness is the same row
    approver = second.players.of("hrss_approver", batch.case.agency)
    move_case(case=batch.case, move="return", by=approver, at=after(second, 3), reason="照片请更换")
    report(second)
    assert Finding.objects.filter(subject_id=second.cohort.pk).count() == 1


def test_photos_of_one_class_are_no_finding(city):
    story = finished_class(city, "scored")
    report(story)
    assert not Finding.objects.exists()


def test_a_conclusion_has_a_person_a_reason_and_comes_once(pair, city):
    _first, second = pair
    report(second)
    finding = Finding.objects.get()
    by, at = reviewer_of(city, second), after(second, 5)
    for state, text, words in (("open", "已经核实过了", "没有选择结论"), ("fraud", "假", "须写明理由")):
        with pytest.raises(Refused, match=words):
            conclude(finding=finding, state=state, conclusion=text, by=by, at=at)
    elsewhere = next(row for row in city.loaded.divisions.values() if row.kind == "district" and not by.covers(row.pk))
    strangers = [city.actor("auditor"), city.actor("city_bureau"), second.by]
    strangers.append(city.actor("agency_reviewer", city.office("agency", elsewhere)))
    for actor in strangers:
        with pytest.raises(Refused, match="只能查看|不属于"):
            conclude(finding=finding, state="fraud", conclusion="同一照片用于两班", by=actor, at=at)
    done = conclude(finding=finding, state="error", conclusion="误传了去年的照片，已更换", by=by, at=at)
    assert (done.state, done.concluded_by) == ("error", by.user)
    with pytest.raises(Refused, match="已有结论"):
        conclude(finding=finding, state="fraud", conclusion="同一照片用于两班", by=by, at=at)
    assert Case.objects.get(certificate_batch__cohort=second.cohort).state == "reported"
    told = versions_of(row_for(city.actor("auditor"), "finding", finding.pk))
    assert [version.first for version in told] == [False, True]
    assert any(field.after == "认定为差错" for field in told[0].fields)
    assert row_for(by, "finding", finding.pk) is None


def test_the_database_wants_the_reason_too(pair):
    report(pair[1])
    with pytest.raises(IntegrityError, match="a_concluded_finding_has_its_reason"), transaction.atomic():
        Finding.objects.update(state="fraud")
    assert Finding.objects.get().state == "open"


def test_findings_stay_in_their_district(pair, city):
    report(pair[1])
    own = reviewer_of(city, pair[1])
    assert findings_for(own).count() == 1
    assert findings_for(city.actor("auditor")).count() == 1
    other = next(d for d in city.loaded.divisions.values() if d.kind == "district" and not own.covers(d.pk))
    assert findings_for(city.actor("agency_reviewer", city.office("agency", other))).count() == 0
    assert findings_for(pair[1].by).count() == 0


def test_the_survey_enters_the_credit_record_once(city):
    story = finished_class(city)
    row = CreditRecord.objects.get()
    result = survey_result(story.cohort.exam)
    assert (row.unit, row.value, row.count, row.clause) == (story.provider, result.overall, result.answers, "QD97.3.7")
    assert record_satisfaction(exam=story.cohort.exam, at=after(story)) == row
    assert list(credit_of(story.provider)) == [row]
    with pytest.raises(DatabaseError, match="Cannot update or delete"), transaction.atomic():
        CreditRecord.objects.update(value=5)
    told = credits_for(city.actor("city_bureau"))
    assert [(one.unit, one.mean, one.answers, one.frauds) for one in told] == [
        (story.provider, result.overall, result.answers, 0)
    ]


def test_no_answers_no_record(city):
    story = finished_class(city, "exam_approved")
    assert not story.cohort.exam.answers.exists()
    assert record_satisfaction(exam=story.cohort.exam, at=after(story)) is None
    assert not CreditRecord.objects.exists()
