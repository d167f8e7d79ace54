"""An online test: begun, answered, interrupted, taken over, handed in, counted; what arrives late or twice."""

import datetime as dt
from decimal import Decimal
from uuid import uuid4

import pgtrigger
import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from peibu.accounts.actor import SYSTEM
from peibu.examining.actions.papers import draw_paper
from peibu.examining.actions.sittings import (
    cancel_test,
    close_expired,
    count_finished,
    count_test,
    save_answer,
    set_up_test,
    start_sitting,
    submit_sitting,
    take_over,
)
from peibu.examining.assembly import Line
from peibu.examining.marking import points_of, total
from peibu.examining.models import OnlineTest, Sitting, SittingAnswer
from peibu.examining.queries.sittings import latest_answers, monitor, shown_paper
from peibu.kernel.errors import Refused
from peibu.training.actions.exam import file_exam, set_time
from peibu.training.actions.scores import confirm_supervision, enter_scores, seal_scores
from peibu.training.models import Score
from tests.examining.bank_world import DEVICE, LINES, OTHER, account_of, draft, fill_bank, minute, online, right_places
from tests.training.exam_world import AFTER, EXAM_FROM, EXAM_UNTIL, FILED, build, photo

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(city):
    return online(city)


@pytest.fixture
def me(world):
    return account_of(world.people[0])


def begin(world, me, n=0.0, device=DEVICE):
    return start_sitting(exam=world.exam, by=me, at=minute(n), device=device)


def answer(sitting, shown, places, me, n, *, key=None, device=DEVICE):
    return save_answer(
        sitting=sitting, item=shown.item, places=places, key=key or str(uuid4()), by=me, at=minute(n), device=device
    )


def test_only_candidates_in_the_time_of_an_approved_exam_begin(world, me):
    with pytest.raises(Refused, match="不是本场考试的考生"):
        start_sitting(exam=world.exam, by=world.hrss, at=EXAM_FROM, device=DEVICE)
    with pytest.raises(Refused, match=r"10月23日 14:00:00开始"):
        begin(world, me, -0.1)
    with pytest.raises(Refused, match=r"已于10月23日 16:00:00结束"):
        begin(world, me, 120)
    sitting = begin(world, me, 119)
    assert (sitting.started_at, sitting.ends_at) == (minute(119), EXAM_UNTIL)  # the exam's end cuts the minutes
    assert begin(world, me, 119.5) == sitting  # going on is not beginning again


def test_every_answer_is_kept_and_points_are_exact(world, me):
    sitting = begin(world, me)
    paper = shown_paper(sitting)
    for shown in paper[:-1]:
        answer(sitting, shown, right_places(shown), me, 5)
    wrong = next(shown for shown in paper if shown.item.version.kind == "multiple")
    answer(sitting, wrong, right_places(wrong)[:1], me, 6)  # a part of the right options is worth nothing
    done = submit_sitting(sitting=sitting, by=me, at=minute(30))
    assert (done.points, done.ended_by, done.submitted_at) == (Decimal(100 - 3 - 2), "candidate", minute(30))
    assert submit_sitting(sitting=sitting, by=me, at=minute(31)).submitted_at == minute(30)  # twice is harmless


def test_orders_differ_between_candidates_and_stay_for_one(world):
    papers = []
    for person in world.people[:2]:
        me = account_of(person)
        sitting = begin(world, me)
        first, again = shown_paper(sitting), shown_paper(Sitting.objects.get(pk=sitting.pk))
        assert first == again
        papers.append(first)
    ids = [[shown.item.pk for shown in paper] for paper in papers]
    assert ids[0] != ids[1]
    assert sorted(ids[0]) == sorted(ids[1])
    texts = [{shown.item.pk: [o.text for o in shown.options] for shown in paper} for paper in papers]
    assert any(texts[0][key] != texts[1][key] for key in texts[0])
    for paper in papers:
        kinds = [shown.item.version.kind for shown in paper]
        assert kinds == ["single"] * 20 + ["multiple"] * 10 + ["true_false"] * 15
        assert all([o.text for o in s.options] == ["正确", "错误"] for s in paper[30:])


def test_a_click_sent_twice_is_kept_once_even_after_a_later_one(world, me):
    sitting = begin(world, me)
    shown = shown_paper(sitting)[0]
    first = answer(sitting, shown, [0], me, 1, key="k1")
    answer(sitting, shown, [1], me, 2, key="k2")
    assert answer(sitting, shown, [0], me, 3, key="k1") == first
    assert [option.place for option in shown_paper(sitting)[0].options if option.chosen] == [1]
    assert sitting.answers.count() == 2
    with pytest.raises(IntegrityError, match="an_answer_is_kept_once"), transaction.atomic():
        SittingAnswer.objects.create(
            sitting=sitting, item=shown.item, number=9, chosen=[], key="k1", device=DEVICE, saved_at=minute(3)
        )


def test_taking_an_answer_back_leaves_the_question_open(world, me):
    sitting = begin(world, me)
    shown = next(shown for shown in shown_paper(sitting) if shown.several)
    answer(sitting, shown, [0, 1], me, 1)
    answer(sitting, shown, [], me, 2)
    assert latest_answers(sitting)[shown.item.pk] == []
    with pytest.raises(Refused, match="不在您的试卷中"):
        answer(sitting, shown, [7], me, 3)
    with pytest.raises(Refused, match="只能选一项"):
        answer(sitting, shown_paper(sitting)[0], [0, 1], me, 3)


def test_late_answers_are_refused_with_the_time(world, me):
    sitting = begin(world, me)
    shown = shown_paper(sitting)[0]
    answer(sitting, shown, [0], me, 59.99)
    with pytest.raises(Refused, match=r"已于10月23日 15:00:00截止.*服务器时间10月23日 15:00:00"):
        answer(sitting, shown, [1], me, 60)
    for n in (60, -1):
        with pytest.raises(IntegrityError, match="no_answer_after_the_end"), transaction.atomic():
            SittingAnswer.objects.create(
                sitting=sitting, item=shown.item, number=2, chosen=[1], key="x", device=DEVICE, saved_at=minute(n)
            )
    assert [row.number for row in sitting.answers.all()] == [1]


def test_after_handing_in_nothing_changes(world, me):
    sitting = begin(world, me)
    shown = shown_paper(sitting)[0]
    answer(sitting, shown, [0], me, 1)
    submit_sitting(sitting=sitting, by=me, at=minute(2))
    with pytest.raises(Refused, match=r"您已于10月23日 14:02:00交卷"):
        answer(sitting, shown, [1], me, 3)
    with pytest.raises(Refused, match="交卷"):
        begin(world, me, 3)
    attempts = {
        "no_answer_after_the_end": lambda: SittingAnswer.objects.create(
            sitting=sitting, item=shown.item, number=2, chosen=[1], key="x", device=DEVICE, saved_at=minute(3)
        ),
        "a_submitted_sitting_never_changes|Cannot": lambda: Sitting.objects.filter(pk=sitting.pk).update(points=100),
        "Cannot update or delete rows from examining_sittinganswer": lambda: sitting.answers.update(chosen=[1]),
        "Cannot update or delete": lambda: sitting.answers.all().delete(),
    }
    for told, attempt in attempts.items():
        with pytest.raises(Exception, match=told), transaction.atomic():
            attempt()


def test_a_second_device_takes_over_and_it_is_recorded(world, me):
    sitting = begin(world, me)
    shown = shown_paper(sitting)[0]
    answer(sitting, shown, [0], me, 1)
    with pytest.raises(Refused, match="另一台设备"):
        begin(world, me, 2, device=OTHER)
    with pytest.raises(Refused, match="另一台设备"):
        answer(sitting, shown, [1], me, 2, device=OTHER)
    take_over(sitting=sitting, by=me, at=minute(2), device=OTHER)
    take_over(sitting=sitting, by=me, at=minute(2), device=OTHER)
    answer(sitting, shown, [1], me, 3, device=OTHER)
    with pytest.raises(Refused, match="另一台设备"):
        answer(sitting, shown, [0], me, 4)
    assert list(sitting.events.values_list("deed", flat=True)) == ["start", "take_over"]
    with pytest.raises(Refused, match="不是您的答卷"):
        take_over(sitting=sitting, by=account_of(world.people[1]), at=minute(5), device=DEVICE)
    seen = next(row for row in monitor(world.exam, at=minute(5)) if row.sitting)
    assert (seen.answered, seen.taken_over, seen.left) == (1, 1, dt.timedelta(minutes=55))


def test_one_live_sitting_per_person(world, me):
    sitting = begin(world, me)
    with pytest.raises(IntegrityError, match="one_live_sitting_per_person"), transaction.atomic():
        Sitting.objects.create(
            exam=world.exam, division=world.exam.division, enrolment=world.people[1], person_key=me.person_key,
            started_at=minute(1), ends_at=minute(2), device=DEVICE,
        )  # fmt: skip
    submit_sitting(sitting=sitting, by=me, at=minute(2))
    with pytest.raises(IntegrityError, match="a_candidate_sits_once"), transaction.atomic():
        Sitting.objects.create(
            exam=world.exam, division=world.exam.division, enrolment=world.people[0], person_key=me.person_key,
            started_at=minute(1), ends_at=minute(2), device=DEVICE,
        )  # fmt: skip


def test_the_end_hands_in_by_itself_and_the_result_becomes_the_score(world, me):
    sitting = begin(world, me)
    for shown in shown_paper(sitting)[:35]:  # 20 x 2 + 10 x 3 + 5 x 2
        answer(sitting, shown, right_places(shown), me, 10)
    assert close_expired(at=minute(59)) == 0
    assert close_expired(at=minute(60.5)) == 1
    sitting.refresh_from_db()
    assert (sitting.points, sitting.ended_by, sitting.submitted_at) == (Decimal(80), "time", minute(60))
    assert count_finished(at=minute(119)) == 0
    assert count_finished(at=AFTER) == 6
    assert count_finished(at=AFTER) == 0
    scores = {row.enrolment_id: (row.points, row.origin) for row in Score.objects.filter(exam=world.exam)}
    assert scores[world.people[0].pk] == (Decimal(80), "online")
    assert [scores[row.pk] for row in world.people[1:]] == [(None, "typed")] * 5  # no machine counted them


def test_an_online_score_is_not_typed_over(world, me):
    submit_sitting(sitting=begin(world, me), by=me, at=minute(1))
    count_test(exam=world.exam, by=SYSTEM, at=AFTER)
    with pytest.raises(Refused, match="机考系统判分"):
        enter_scores(exam=world.exam, marks={world.people[0].pk: Decimal(90)}, by=world.provider, at=AFTER)
    with pytest.raises(Exception, match="an_online_score_is_not_typed_over|Cannot update"), transaction.atomic():
        Score.objects.filter(enrolment=world.people[0]).update(points=90)

    with pytest.raises(Refused, match="考试还没有结束"):
        count_test(exam=world.exam, by=SYSTEM, at=minute(10))


def test_nobody_types_a_score_before_the_machine_has_counted(world, me):
    submit_sitting(sitting=begin(world, me), by=me, at=minute(1))
    with pytest.raises(Refused, match="成绩由系统判分，不能人工登记"):
        enter_scores(exam=world.exam, marks={world.people[0].pk: Decimal(90)}, by=world.provider, at=AFTER)
    count_test(exam=world.exam, by=SYSTEM, at=AFTER)
    # whoever did not sit online may have written on paper
    assert enter_scores(exam=world.exam, marks={world.people[1].pk: Decimal(90)}, by=world.provider, at=AFTER) == 1


def test_the_exam_falls_back_to_paper_while_nobody_has_begun(world):
    cancel_test(exam=world.exam, by=world.provider, at=minute(10))
    given = {row.pk: Decimal(70) for row in world.people}
    assert enter_scores(exam=world.exam, marks=given, by=world.provider, at=AFTER) == 6
    assert {row.origin for row in Score.objects.filter(exam=world.exam)} == {"typed"}


def watched(world):
    for supervisor, actor in zip(world.exam.supervisors.order_by("side"), (world.hrss, world.industry), strict=True):
        confirm_supervision(supervisor=supervisor, remark="秩序良好", by=actor, at=AFTER)
    for number in range(2):
        photo(world.cohort, world.provider, number)


def test_a_sheet_that_differs_from_the_sittings_is_not_sealed(world, me):
    submit_sitting(sitting=begin(world, me), by=me, at=minute(1))
    count_test(exam=world.exam, by=SYSTEM, at=AFTER)
    watched(world)
    mine = Score.objects.filter(enrolment=world.people[0])
    guards = (
        "training.Score:an_online_score_is_not_typed_over",
        "examining.OnlineScore:the_machine_marks_an_online_test",
    )
    with pgtrigger.ignore(*guards):  # somebody with the keys of the database
        mine.update(points=90)
    with pytest.raises(Refused, match="得分不一致"):
        seal_scores(exam=world.exam, by=world.provider, at=AFTER)
    with pgtrigger.ignore(*guards):
        mine.update(points=0)
    assert seal_scores(exam=world.exam, by=world.provider, at=AFTER).sealed_at


def test_nothing_is_counted_while_somebody_has_not_handed_in(world, me):
    sitting = begin(world, me)
    with pytest.raises(IntegrityError, match="a_test_is_counted_when_all_have_handed_in"), transaction.atomic():
        OnlineTest.objects.filter(exam=world.exam).update(counted_at=AFTER)
    # the row of somebody whose browser is just sending is locked, so that closing it was skipped
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("peibu.examining.actions.sittings.close_expired", lambda **_told: 0)
        assert count_finished(at=AFTER) == 0
        with pytest.raises(Refused, match="还有答卷没有交"):
            count_test(exam=world.exam, by=world.provider, at=AFTER)
    assert not Score.objects.filter(exam=world.exam).exists()
    assert count_test(exam=world.exam, by=world.provider, at=AFTER) == 6
    sitting.refresh_from_db()
    assert sitting.ended_by == "time"


def test_a_sitting_left_over_from_elsewhere_does_not_block_the_next_exam(world, me):
    left = Sitting.objects.create(
        exam=world.exam, division=world.exam.division, enrolment=world.people[1], person_key=me.person_key,
        started_at=minute(-300), ends_at=minute(-200), device=OTHER,
    )  # fmt: skip
    assert begin(world, me)
    left.refresh_from_db()
    assert (left.ended_by, left.submitted_at) == ("time", minute(-200))


def test_online_or_on_paper_is_settled_before_the_exam_begins(world):
    set_up_test(exam=world.exam, minutes=30, by=world.provider, at=minute(-1))
    with pytest.raises(Refused, match=r"考试已于10月23日 14:00:00开始"):
        set_up_test(exam=world.exam, minutes=60, by=world.provider, at=EXAM_FROM)


def test_a_paper_drawn_again_must_still_be_one_a_machine_can_mark(city):
    world = build(city, salt=300)
    fill_bank(world)
    exam = draft(world)
    draw_paper(exam=exam, lines=LINES, by=world.provider, at=FILED)
    set_up_test(exam=exam, minutes=60, by=world.provider, at=FILED)
    lines = [Line(kind="single", count=30, points=Decimal(2)), Line(kind="short", count=4, points=Decimal(10))]
    draw_paper(exam=exam, lines=lines, by=world.provider, at=FILED)
    with pytest.raises(Refused, match="试卷中有简答题"):
        file_exam(exam=exam, by=world.provider, at=FILED)
    draw_paper(exam=exam, lines=LINES, by=world.provider, at=FILED)
    set_time(exam=exam, held_from=EXAM_FROM, held_until=minute(45), place="一教101", by=world.provider, at=FILED)
    with pytest.raises(Refused, match="超过考试时间"):
        file_exam(exam=exam, by=world.provider, at=FILED)
    set_time(exam=exam, held_from=EXAM_FROM, held_until=EXAM_UNTIL, place="一教101", by=world.provider, at=FILED)
    file_exam(exam=exam, by=world.provider, at=FILED)


def test_terms_stay_once_somebody_has_begun(world, me):
    set_up_test(exam=world.exam, minutes=90, by=world.provider, at=FILED)
    begin(world, me)
    with pytest.raises(Refused, match=r"考试已于10月23日 14:00:00开始"):
        set_up_test(exam=world.exam, minutes=30, by=world.provider, at=minute(1))
    with pytest.raises(IntegrityError, match="a_test_begun_keeps_its_terms"), transaction.atomic():
        OnlineTest.objects.filter(exam=world.exam).update(minutes=30)
    with pytest.raises(Refused, match="不能再改"):
        cancel_test(exam=world.exam, by=world.provider, at=minute(1))
    assert OnlineTest.objects.get(exam=world.exam).minutes == 90


def test_what_a_machine_cannot_mark_is_not_sat_online(city):
    world = build(city, salt=300)
    exam = draft(world)
    with pytest.raises(Refused, match="没有从题库组卷"):
        set_up_test(exam=exam, minutes=60, by=world.provider, at=FILED)
    fill_bank(world)
    lines = [Line(kind="single", count=30, points=Decimal(2)), Line(kind="short", count=4, points=Decimal(10))]
    draw_paper(exam=exam, lines=lines, by=world.provider, at=FILED)
    with pytest.raises(Refused, match="试卷中有简答题"):
        set_up_test(exam=exam, minutes=60, by=world.provider, at=FILED)
    draw_paper(exam=exam, lines=[Line(kind="single", count=25, points=Decimal(4))], by=world.provider, at=FILED)
    with pytest.raises(Refused, match="超过考试时间"):
        set_up_test(exam=exam, minutes=121, by=world.provider, at=FILED)
    assert set_up_test(exam=exam, minutes=120, by=world.provider, at=FILED)


marks = st.lists(
    st.tuples(
        st.sets(st.integers(0, 5)),
        st.sets(st.integers(0, 5), min_size=1),
        st.integers(1, 40).map(lambda n: Decimal(n) / 2),
    )
)


@given(marks)
def test_points_are_the_exact_sum_of_items_answered_exactly(rows):
    expected = Decimal(0)
    for chosen, right, points in rows:
        expected += points if chosen == right else 0
    assert total(rows) == expected
    assert all(points_of([], right, points) == 0 for _chosen, right, points in rows)
