"""What became of an exam lies in the archive as sheets: draws, answers, reviews, corrections, re-sits."""

import io
from decimal import Decimal

import openpyxl
import pgtrigger
import pytest

from peibu.accounts.actor import SYSTEM
from peibu.examining.actions.reviews import ask_review, keep_score
from peibu.examining.actions.sittings import count_test, save_answer, start_sitting, submit_sitting
from peibu.examining.queries.sittings import shown_paper
from peibu.oversight.package import STEPS
from peibu.oversight.package_exam import exam_record
from peibu.training.actions.corrections import decide_correction, propose_correction
from peibu.training.actions.scores import seal_scores
from peibu.training.models import Exam
from tests.examining.bank_world import DEVICE, account_of, minute, online, right_places
from tests.examining.test_after import LATER, sat_again
from tests.examining.test_sittings import watched
from tests.training.exam_world import AFTER, build

pytestmark = pytest.mark.django_db


def cells(content: bytes) -> list[str]:
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    return [str(cell) for row in sheet.iter_rows(values_only=True) for cell in row if cell is not None]


def sheets(cohort) -> dict[str, list[str]]:
    files = exam_record(cohort, AFTER.date())
    return {path.removeprefix("06-考核试卷/").removesuffix(".xlsx"): cells(file) for path, file in files.items()}


def test_an_exam_nothing_happened_in_has_no_sheets(city):
    world = build(city)
    assert exam_record(world.cohort, AFTER.date()) == {}
    world.approve()
    assert sheets(world.cohort) == {}
    assert exam_record in STEPS


def test_draws_questions_and_every_online_answer_are_kept(city):
    world = online(city, seed="种子7")
    me = account_of(world.people[0])
    sitting = start_sitting(exam=world.exam, by=me, at=minute(0), device=DEVICE)
    shown = shown_paper(sitting)[0]
    for n, places in enumerate(([0], right_places(shown))):
        save_answer(
            sitting=sitting, item=shown.item, places=places, key=f"k{n}", by=me, at=minute(n + 1), device=DEVICE
        )
    submit_sitting(sitting=sitting, by=me, at=minute(9))
    told = sheets(world.cohort)
    assert set(told) == {"抽取记录", "试卷题目", "机考情况", "机考作答"}
    assert {"种子7", world.exam.drawn_paper.pool, world.provider.user.name} <= set(told["抽取记录"])
    assert told["试卷题目"].count("判断题") == 15
    assert shown.item.version.stem in told["试卷题目"]
    assert {"王一", "2020-10-23 14:09:00"} <= set(told["机考情况"])
    assert told["机考作答"].count("王一") == 2


def test_the_questions_of_another_body_stay_with_it(city):
    world = online(city)
    with pgtrigger.ignore():
        Exam.objects.filter(pk=world.exam.pk).update(body=city.actor("examiner").unit)
    assert set(sheets(world.cohort)) == {"抽取记录"}


def test_reviews_corrections_and_resits_are_kept(city):
    world = online(city)
    submit_sitting(
        sitting=start_sitting(exam=world.exam, by=account_of(world.people[0]), at=minute(0), device=DEVICE),
        by=account_of(world.people[0]),
        at=minute(1),
    )
    count_test(exam=world.exam, by=SYSTEM, at=AFTER)
    watched(world)
    exam = seal_scores(exam=world.exam, by=world.provider, at=AFTER)
    review = ask_review(exam=exam, reason="没有算对", by=account_of(world.people[0]), at=LATER)
    keep_score(review=review, opinion="核对无误", by=world.provider, at=LATER)
    row = propose_correction(
        score=exam.scores.get(enrolment=world.people[1]),
        points=Decimal(60),
        reason="到考漏记",
        by=world.provider,
        at=LATER,
    )
    decide_correction(correction=row, accept=True, opinion="情况属实", by=world.reviewer, at=LATER)
    sat_again(world, exam, dict.fromkeys((0, 2, 3, 4, 5), "66"))
    told = sheets(world.cohort)
    assert {"王一", "没有算对", "核对无误"} <= set(told["成绩复核"])
    assert {"李二", "首次考试", "缺考", "60.0", "到考漏记", "同意", "情况属实", "审核员"} <= set(told["成绩更正"])
    assert told["补考"].count("66.0") == 5
    assert "秩序良好" in told["补考"]
