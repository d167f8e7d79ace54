"""After the exam: typed by two, reviewed, corrected by two persons, sat again; one query says which score counts."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import IntegrityError, ProgrammingError, transaction

from peibu.accounts import clock
from peibu.accounts.models import Assignment, User
from peibu.casework.actions import move_case
from peibu.claims.facts.classes import result_facts
from peibu.examining.actions.double_entry import adopt_entries, hand_over, reopen_hands, type_scores
from peibu.examining.actions.reviews import (
    ask_review,
    correct_after_review,
    decide_and_answer,
    keep_score,
    last_review_day,
)
from peibu.examining.models import ScoreHand
from peibu.examining.queries.double_entry import differences
from peibu.kernel.errors import Refused
from peibu.kernel.workdays import default_calendar
from peibu.training.actions.certificates import report_passed, revoke_certificate
from peibu.training.actions.corrections import decide_correction, propose_correction
from peibu.training.actions.resits import agree_resit, ask_resit, confirm_resit, enter_resit_scores, seal_resit
from peibu.training.models import Certificate, Cohort, Resit, ScoreCorrection
from peibu.training.queries.certificates import batch_lines
from peibu.training.queries.effective import LAST, effective_points, sealed_points, with_effective_points
from peibu.training.queries.exams import failed, is_intact, passed
from tests.city import at
from tests.training.exam_world import AFTER, FILED, LONG_AGO, _number, account, build, trainee

pytestmark = pytest.mark.django_db
MARKS = ["92", "60", "59.5", "75.5", None, "88"]
LATER = AFTER + dt.timedelta(days=1)
RESIT = at("2020-10-27 09:00"), at("2020-10-27 11:00")


@pytest.fixture
def world(city):
    return build(city)


def second_hand(world):
    return account("provider", world.cohort.provider, "录入乙", _number(77))


def marks(world, texts):
    return {row.pk: None if text is None else Decimal(text) for row, text in zip(world.people, texts, strict=True)}


def score_of(world, n):
    return world.exam.scores.get(enrolment=world.people[n])


def names(rows):
    return [row.person.name for row in rows]


def test_two_hands_type_without_seeing_each_other_and_agree_at_last(world):
    exam, first, second = world.approve(), world.provider, second_hand(world)
    type_scores(exam=exam, marks=marks(world, MARKS), by=first, at=AFTER)
    with pytest.raises(Refused, match="还没有录入"):
        hand_over(exam=exam, by=second, at=AFTER)
    hand_over(exam=exam, by=first, at=AFTER)
    with pytest.raises(Refused, match="不能再改"):
        type_scores(exam=exam, marks=marks(world, MARKS), by=first, at=AFTER)
    type_scores(exam=exam, marks=marks(world, ["92", "90", *MARKS[2:]]), by=second, at=AFTER)
    assert differences(exam) == []  # blind until both are done
    with pytest.raises(Refused, match="还没有都提交"):
        adopt_entries(exam=exam, by=first, at=AFTER)
    hand_over(exam=exam, by=second, at=AFTER)
    assert [(row.enrolment, row.first, row.second) for row in differences(exam)] == [(world.people[1], 60, 90)]
    with pytest.raises(Refused, match="不一致：李二"):
        adopt_entries(exam=exam, by=first, at=AFTER)
    assert not exam.scores.exists()
    reopen_hands(exam=exam, by=first, at=AFTER)
    for hand in (first, second):
        with pytest.raises(Refused, match="还有1人没有录入：李二"):
            hand_over(exam=exam, by=hand, at=AFTER)
        type_scores(exam=exam, marks={world.people[1].pk: Decimal(60)}, by=hand, at=AFTER)
        hand_over(exam=exam, by=hand, at=AFTER)
    assert adopt_entries(exam=exam, by=second, at=AFTER) == 6
    assert score_of(world, 1).points == 60


def test_two_hands_are_two_persons_whatever_their_accounts(world):
    exam = world.approve()
    type_scores(exam=exam, marks={}, by=world.provider, at=AFTER)
    twin = User.objects.create(
        username="twin", name="同一人", person_key=world.provider.person_key, created_at=FILED, password="!"
    )
    Assignment.objects.create(user=twin, role="provider", unit=world.provider.unit, valid_from=LONG_AGO)
    with pytest.raises(IntegrityError, match="two_hands_are_two_persons"), transaction.atomic():
        ScoreHand.objects.create(exam=exam, number=2, user=twin, person_key=twin.person_key)
    type_scores(exam=exam, marks={}, by=second_hand(world), at=AFTER)
    with pytest.raises(Refused, match="两人录入"):
        third = account("provider", world.cohort.provider, "录入丙", _number(78))
        type_scores(exam=exam, marks={}, by=third, at=AFTER)


def test_a_correction_takes_two_persons_and_leaves_the_sealed_score(world):
    exam = world.seal(MARKS)
    score = score_of(world, 2)
    assert names(failed(exam)) == ["张三丰", "钱五"]
    row = propose_correction(score=score, points=Decimal(60), reason="第3题漏加0.5分", by=world.provider, at=LATER)
    assert effective_points(exam)[world.people[2].pk] == Decimal("59.5")  # not in force before the second person
    with pytest.raises(Refused, match="已有一项更正"):
        propose_correction(score=score, points=Decimal(61), reason="x", by=world.provider, at=LATER)
    for wrong in (world.provider, world.hrss):
        with pytest.raises(Refused, match="所在区（市）"):
            decide_correction(correction=row, accept=True, opinion="同意", by=wrong, at=LATER)
    decide_correction(correction=row, accept=True, opinion="答卷核对无误，同意", by=world.reviewer, at=LATER)
    assert (score_of(world, 2).points, is_intact(exam)) == (Decimal("59.5"), True)
    assert names(passed(exam)) == ["王一", "李二", "张三丰", "赵四", "孙六"]
    assert sealed_points(world.people[2], known_at=LATER) == (True, Decimal(60))
    assert sealed_points(world.people[2], known_at=AFTER) == (True, Decimal("59.5"))  # as known then
    assert result_facts(world.people[2], known_at=LATER)["exam_score"] == 60
    assert result_facts(world.people[2], known_at=AFTER)["exam_score"] == 59


def test_the_database_keeps_corrections(world):
    world.seal(MARKS)
    score = score_of(world, 2)
    row = propose_correction(score=score, points=Decimal(60), reason="漏加分", by=world.provider, at=LATER)
    mine = {"decided_by": world.provider.user, "decided_key": world.provider.person_key, "decided_at": LATER}
    with pytest.raises(IntegrityError, match="a_correction_takes_two_persons"), transaction.atomic():
        ScoreCorrection.objects.filter(pk=row.pk).update(accepted=True, opinion="x", **mine)
    with pytest.raises(ProgrammingError, match="Cannot update"), transaction.atomic():
        ScoreCorrection.objects.filter(pk=row.pk).update(points=100)
    with pytest.raises(IntegrityError, match="has_person_time_and_opinion"), transaction.atomic():
        ScoreCorrection.objects.filter(pk=row.pk).update(accepted=True)
    decide_correction(correction=row, accept=False, opinion="原评分正确", by=world.approver, at=LATER)
    for attempt in (
        lambda: ScoreCorrection.objects.filter(pk=row.pk).update(accepted=True),
        lambda: ScoreCorrection.objects.filter(pk=row.pk).delete(),
    ):
        with pytest.raises(ProgrammingError, match="Cannot (update|delete)"), transaction.atomic():
            attempt()
    assert sealed_points(world.people[2], known_at=LATER) == (True, Decimal("59.5"))
    other = build(world.city, salt=600)
    other.hold(MARKS)
    with pytest.raises(Refused, match="没有封存"):
        propose_correction(
            score=other.exam.scores.get(enrolment=other.people[2]), points=Decimal(60), reason="x", by=other.provider,
            at=LATER,
        )  # fmt: skip


def test_a_candidate_asks_once_within_the_days_of_the_policy(world):
    exam = world.hold(MARKS)
    me = trainee(world.people[2])
    with pytest.raises(Refused, match="还没有公布"):
        ask_review(exam=exam, reason="少加了分", by=me, at=AFTER)
    exam = world.seal_now()
    last = last_review_day(exam)
    assert default_calendar().workdays_between(AFTER.date(), last) == 5
    with pytest.raises(Refused, match="截止.*QD97.3.5"):
        ask_review(exam=exam, reason="少加了分", by=me, at=AFTER + (last - AFTER.date()) + dt.timedelta(days=1))
    with pytest.raises(Refused, match="不是本场考试的考生"):
        ask_review(exam=exam, reason="x", by=world.hrss, at=LATER)
    review = ask_review(exam=exam, reason="少加了分", by=me, at=AFTER + (last - AFTER.date()))
    with pytest.raises(Refused, match="已经申请过"):
        ask_review(exam=exam, reason="再看一次", by=me, at=LATER)
    correction = correct_after_review(review=review, points=Decimal(61), reason="漏加", by=world.provider, at=LATER)
    with pytest.raises(Refused, match="等待区（市）复核"):
        keep_score(review=review, opinion="不变", by=world.provider, at=LATER)
    decide_and_answer(correction=correction, accept=True, opinion="同意", by=world.reviewer, at=LATER)
    review.refresh_from_db()
    assert (review.state, review.opinion) == ("corrected", "同意")
    other = ask_review(exam=exam, reason="想核对", by=trainee(world.people[1]), at=LATER)
    keep_score(review=other, opinion="核对无误", by=world.provider, at=LATER)
    other.refresh_from_db()
    assert other.state == "kept"
    with pytest.raises(Refused, match="已经答复"):
        keep_score(review=other, opinion="x", by=world.provider, at=LATER)


def test_whoever_failed_sits_again_and_the_best_counts(world):
    exam = world.seal(MARKS)
    told = {"held_from": RESIT[0], "held_until": RESIT[1], "place": "一教102", "by": world.provider}
    resit = ask_resit(exam=exam, at=LATER, **told)
    assert {row.enrolment for row in resit.scores.all()} == {world.people[2], world.people[4]}
    points = {world.people[2].pk: Decimal(58), world.people[4].pk: Decimal(71)}
    done = RESIT[1] + dt.timedelta(hours=1)
    with pytest.raises(Refused, match="尚未获得同意"):
        enter_resit_scores(resit=resit, marks=points, by=world.provider, at=done)
    with pytest.raises(Refused, match="由考试所在区"):
        agree_resit(resit=resit, by=world.provider, at=LATER)
    agree_resit(resit=resit, by=world.reviewer, at=LATER)
    with pytest.raises(Refused, match="还没有结束"):
        enter_resit_scores(resit=resit, marks=points, by=world.provider, at=RESIT[0])
    with pytest.raises(Refused, match="不参加本次补考"):
        enter_resit_scores(resit=resit, marks={world.people[0].pk: Decimal(99)}, by=world.provider, at=done)
    enter_resit_scores(resit=resit, marks={world.people[2].pk: Decimal(58)}, by=world.provider, at=done)
    with pytest.raises(Refused, match="还有1人没有补考成绩"):
        seal_resit(resit=resit, by=world.provider, at=done)
    enter_resit_scores(resit=resit, marks=points, by=world.provider, at=done)
    assert names(failed(exam)) == ["张三丰", "钱五"]  # not counted before the seal
    with pytest.raises(Refused, match="还没有确认补考的监考记录"):
        seal_resit(resit=resit, by=world.provider, at=done)
    with pytest.raises(IntegrityError, match="a_sealed_resit_was_supervised"), transaction.atomic():
        Resit.objects.filter(pk=resit.pk).update(sealed_at=done, sealed_by=world.provider.user)
    for outsider in (world.provider, world.reviewer):
        with pytest.raises(Refused, match="由本场考试的监考人确认"):
            confirm_resit(resit=resit, remark="秩序良好", by=outsider, at=done)
    confirm_resit(resit=resit, remark="秩序良好", by=world.hrss, at=done)
    seal_resit(resit=resit, by=world.provider, at=done)
    assert effective_points(exam)[world.people[2].pk] == Decimal("59.5")  # the better of 59.5 and 58
    assert names(failed(exam)) == ["张三丰"]
    assert sealed_points(world.people[4], known_at=done) == (True, Decimal(71))
    assert sealed_points(world.people[4], known_at=RESIT[1]) == (True, None)
    last = with_effective_points(exam.cohort.enrolments.all(), reading=LAST)
    assert dict(last.values_list("pk", "effective"))[world.people[2].pk] == Decimal(58)
    with pytest.raises(IntegrityError, match="sealed_resit_scores_never_change"), transaction.atomic():
        resit.scores.update(points=100)
    with pytest.raises(Refused, match="补考已达1次上限"):
        ask_resit(exam=exam, at=done, held_from=done + dt.timedelta(days=1), held_until=done + dt.timedelta(days=2),
                  place="一教", by=world.provider)  # fmt: skip


DONE = RESIT[1] + dt.timedelta(hours=1)


def asked_resit(world, exam, now=LATER):
    return ask_resit(exam=exam, held_from=RESIT[0], held_until=RESIT[1], place="一教102", by=world.provider, at=now)


def sat_again(world, exam, points):
    """A sealed re-sit with points by place in the class."""
    resit = asked_resit(world, exam)
    agree_resit(resit=resit, by=world.reviewer, at=LATER)
    given = {world.people[n].pk: None if told is None else Decimal(told) for n, told in points.items()}
    enter_resit_scores(resit=resit, marks=given, by=world.provider, at=DONE)
    confirm_resit(resit=resit, remark="秩序良好", by=world.hrss, at=DONE)
    return seal_resit(resit=resit, by=world.provider, at=DONE)


def test_a_resit_nobody_agreed_to_lapses_and_another_is_asked_for(world):
    exam = world.seal(MARKS)
    first = asked_resit(world, exam)
    with pytest.raises(Refused, match="上一次补考还没有封存"):
        asked_resit(world, exam)
    with pytest.raises(Refused, match="不能补批"):
        agree_resit(resit=first, by=world.reviewer, at=RESIT[0])
    with pytest.raises(IntegrityError, match="a_resit_is_agreed_before_it_begins"), transaction.atomic():
        Resit.objects.filter(pk=first.pk).update(
            agreed_at=RESIT[0], agreed_by=world.reviewer.user, agreed_key=world.reviewer.person_key
        )
    again = ask_resit(
        exam=exam, held_from=DONE + dt.timedelta(days=1), held_until=DONE + dt.timedelta(days=2), place="一教102",
        by=world.provider, at=RESIT[0],
    )  # fmt: skip
    assert (first.number, again.number) == (1, 2)


def report(world, now):
    return report_passed(cohort=Cohort.objects.get(pk=world.cohort.pk), by=world.provider, at=now)


def test_nobody_is_reported_while_a_score_may_change(world):
    exam = world.seal(MARKS)
    resit = asked_resit(world, exam)
    row = propose_correction(score=score_of(world, 1), points=Decimal(61), reason="漏加", by=world.provider, at=LATER)
    review = ask_review(exam=exam, reason="少加了分", by=trainee(world.people[3]), at=LATER)
    with pytest.raises(Refused, match="补考还没有结束并封存；有成绩更正等待复核；有成绩复核申请还没有答复"):
        report(world, LATER)
    decide_correction(correction=row, accept=False, opinion="原评分正确", by=world.reviewer, at=LATER)
    keep_score(review=review, opinion="核对无误", by=world.provider, at=LATER)
    with pytest.raises(Refused, match="补考还没有结束并封存"):
        report(world, LATER)
    assert resit.has_lapsed(RESIT[0])
    assert report(world, RESIT[0]).case.state == "reported"


def test_a_correction_proposed_after_the_report_holds_the_certificates_up(world):
    world.seal(MARKS)
    batch = report(world, LATER)
    row = propose_correction(score=score_of(world, 1), points=Decimal(50), reason="误加", by=world.provider, at=LATER)
    with pytest.raises(Refused, match="有成绩更正等待复核"):
        move_case(case=batch.case, move="issue", by=world.approver, at=LATER)
    decide_correction(correction=row, accept=True, opinion="同意", by=world.reviewer, at=LATER)
    move_case(case=batch.case, move="issue", by=world.approver, at=LATER)
    assert not Certificate.objects.filter(enrolment=world.people[1]).exists()


def test_a_resit_is_not_sealed_once_those_who_passed_are_reported(world):
    exam = world.seal(MARKS)
    resit = asked_resit(world, exam)
    agree_resit(resit=resit, by=world.reviewer, at=LATER)
    given = {world.people[n].pk: Decimal(70) for n in (2, 4)}
    enter_resit_scores(resit=resit, marks=given, by=world.provider, at=DONE)
    confirm_resit(resit=resit, remark="秩序良好", by=world.hrss, at=DONE)
    Cohort.objects.filter(pk=world.cohort.pk).update(stage="certified")
    with pytest.raises(Refused, match="班次已发证或归档"):
        seal_resit(resit=resit, by=world.provider, at=DONE)
    Cohort.objects.filter(pk=world.cohort.pk).update(stage="examined")
    seal_resit(resit=resit, by=world.provider, at=DONE)


def test_a_pass_is_not_corrected_away_while_the_certificate_stands(world):
    world.seal(MARKS)
    batch = report(world, LATER)
    move_case(case=batch.case, move="issue", by=world.approver, at=LATER)
    told = {"reason": "误加", "by": world.provider, "at": LATER}
    row = propose_correction(score=score_of(world, 1), points=Decimal(50), **told)
    agree = {"correction": row, "accept": True, "opinion": "同意", "by": world.reviewer, "at": LATER}
    with pytest.raises(Refused, match="李二的证书.*仍然有效") as told_why:
        decide_correction(**agree)
    assert "先由发证的区（市）人社局作废" in told_why.value.sentence()
    certificate = Certificate.objects.get(enrolment=world.people[1])
    revoke_certificate(certificate=certificate, reason="成绩更正", by=world.approver, at=LATER)
    decide_correction(**agree)
    higher = propose_correction(score=score_of(world, 0), points=Decimal(95), **told)
    decide_correction(correction=higher, accept=True, opinion="同意", by=world.reviewer, at=LATER)


def test_an_archived_class_is_not_corrected(world):
    world.seal(MARKS)
    told = {"reason": "误加", "by": world.provider, "at": LATER}
    row = propose_correction(score=score_of(world, 1), points=Decimal(70), **told)
    Cohort.objects.filter(pk=world.cohort.pk).update(stage="archived")
    with pytest.raises(Refused, match="已归档"):
        propose_correction(score=score_of(world, 0), points=Decimal(70), **told)
    with pytest.raises(Refused, match="已归档"):
        decide_correction(correction=row, accept=True, opinion="同意", by=world.reviewer, at=LATER)
    decide_correction(correction=row, accept=False, opinion="已归档", by=world.reviewer, at=LATER)


def test_the_points_of_a_resit_are_corrected_for_themselves(world):
    exam = world.seal(MARKS)
    resit = sat_again(world, exam, {2: "58", 4: "71"})
    again = resit.scores.get(enrolment=world.people[4])
    told = {"score": score_of(world, 4), "reason": "误加", "by": world.provider, "at": DONE, "resit_score": again}
    with pytest.raises(Refused, match="成绩相同"):
        propose_correction(points=Decimal(71), **told)
    row = propose_correction(points=Decimal(55), **told)
    assert row.before == Decimal(71)
    decide_correction(correction=row, accept=True, opinion="同意", by=world.reviewer, at=DONE)
    assert effective_points(exam)[world.people[4].pk] == Decimal(55)
    assert names(failed(exam)) == ["张三丰", "钱五"]
    first = propose_correction(**told | {"points": Decimal(40), "resit_score": None})
    assert first.before is None  # absent from the first sitting
    decide_correction(correction=first, accept=True, opinion="同意", by=world.reviewer, at=DONE)
    assert effective_points(exam)[world.people[4].pk] == Decimal(55)  # the better of 40 and 55
    foreign = resit.scores.get(enrolment=world.people[2])
    with pytest.raises(Refused, match="没有封存"):
        propose_correction(points=Decimal(80), **told | {"resit_score": foreign})


def test_the_lines_of_a_certificate_batch_show_the_score_in_force(world, visit):
    world.seal(MARKS)
    row = propose_correction(score=score_of(world, 2), points=Decimal(60), reason="漏加", by=world.provider, at=LATER)
    decide_correction(correction=row, accept=True, opinion="同意", by=world.reviewer, at=LATER)
    lines = {line.enrolment.person.name: line for line in batch_lines(world.cohort, on=LATER.date())}
    told = [
        (line.points, line.sealed, line.changed, line.passed)
        for line in (lines["张三丰"], lines["李二"], lines["钱五"])
    ]
    assert told == [
        (Decimal(60), Decimal("59.5"), True, True), (Decimal(60), Decimal(60), False, True), (None, None, False, False),
    ]  # fmt: skip
    batch = report(world, LATER)
    clock.move_to(LATER)
    for page in (f"/desk/cases/{batch.case_id}/", f"/provider/certificates/{world.cohort.pk}/"):
        by = world.approver if "desk" in page else world.provider
        assert "封存 59.5" in visit(by).get(page).content.decode(), page
