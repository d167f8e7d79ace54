"""What-if drafts at the desk: who makes one, what a run finds, who sees which district, and exact sums."""

import datetime as dt
import io

import openpyxl
import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateJob

from peibu.accounts.enums import Role
from peibu.casework.models import Determination, Progress
from peibu.claims.models import ClaimLine
from peibu.kernel.errors import Refused
from peibu.oversight.actions.replays import make_draft, past_lines, start_replay
from peibu.oversight.models import PolicyDraft, ReplayPart, ReplayRun
from peibu.oversight.replayed import FIELDS, parts_for, replayed
from peibu.oversight.tasks import replay_draft
from peibu.rulebook import load_policy
from peibu.rulebook.levers import levers, money_subjects
from tests.city import POLICY, at
from tests.claims.claim_world import build

pytestmark = pytest.mark.django_db
DAY = dt.date(2020, 11, 20)
PLACE = POLICY.split("/")
LIST, NEW = reverse("desk-policy-replay", args=PLACE), reverse("desk-policy-draft-new", args=PLACE)
GOOD = {
    "name": "提高上限",
    "reason": "测算明年预算",
    "number_subsidy_cap_fen": "1,500.50",
    "number_insured_months_min": "3",
}


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    monkeypatch.setattr("peibu.accounts.clock.now", lambda: at("2020-11-20 10:00"))


def two_enterprises(city):
    """Two enterprises of two districts: one passes, one lacks months, one has no registration; and one passes."""
    first, second = build(city), build(city, firm=4, nth=1)
    first.person("赵甲一")
    first.person("钱乙五月", months=5)
    first.person("孙丙未知", registered=None)
    second.person("李丁一", salt=40)
    for number, world in enumerate((first, second)):
        world.certify()
        world.submitted(f"0990010{number}")
    return first, second


@pytest.fixture(scope="module")
def built(worlds):
    return worlds.build(two_enterprises)


@pytest.fixture
def two(built, handed):
    return handed(built)


@pytest.fixture
def bureau(city):
    return city.actor(Role.CITY_BUREAU)


def work_off():
    for job in ProcrastinateJob.objects.filter(task_name="oversight.replay_draft", status="todo"):
        replay_draft.func(**job.args)


def made(visit, bureau, **changes):
    answer = visit(bureau).post(NEW, {**GOOD, **changes})
    assert answer.status_code == 302, answer.content.decode()
    draft = PolicyDraft.objects.latest("made_at", "id")
    assert answer.url == page_of(draft)
    return draft


def page_of(draft, name="desk-policy-draft"):
    return reverse(name, args=[*PLACE, draft.pk])


def text(answer):
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_form_offers_what_decides_and_shows_money_in_yuan(visit, bureau):
    shown = text(visit(bureau).get(LIST))
    assert 'name="number_subsidy_cap_fen"' in shown
    assert 'placeholder="2000.00"' in shown
    assert 'name="reading_arrears_reading"' in shown
    assert "number_class_days_min" not in shown
    policy = load_policy(POLICY)
    assert money_subjects(policy) == ("claim",)
    assert {"pass_mark", "period_reading"} < {item.name for item in levers(policy, ("claim",))}


def test_the_bureau_makes_a_draft_and_reads_what_it_would_do(two, visit, bureau):
    before = list(Determination.objects.values())
    draft = made(visit, bureau)
    assert (draft.parameters, draft.readings) == ({"subsidy_cap_fen": 150_050, "insured_months_min": 3}, {})
    assert draft.base == load_policy(POLICY).fingerprint
    waiting = text(visit(bureau).get(page_of(draft)))
    assert "正在处理" in waiting
    assert "新得出结论" not in waiting
    work_off()
    bar = Progress.objects.get(title="试算“提高上限”")
    assert (bar.done, bar.total, bar.finished, bar.problem) == (4, 4, True, "")
    asked = visit(bureau).get(reverse("progress", args=[bar.pk]))
    assert asked.headers["HX-Redirect"] == page_of(draft)
    done = text(visit(bureau).get(page_of(draft)))
    # the fee is 1800.00: 赵 and 李 lose 299.50 each, 钱 wins 1500.50, 孙 stays unknown
    for told in ("3,600.00", "4,501.50", "+901.50", "连续缴费满6个月", "1,500.50", "599.00", "合计"):
        assert told in done
    assert list(Determination.objects.values()) == before


def test_the_parts_add_up_to_the_whole_to_the_fen(two, visit, bureau):
    draft = made(visit, bureau)
    work_off()
    found = replayed(parts_for(bureau, ReplayRun.objects.get(draft=draft)), load_policy(POLICY), on=DAY)
    total = found.total
    assert (total.cases, total.winner, total.loser, total.unknown_after) == (4, 1, 2, 1)
    assert (total.before_fen, total.after_fen, total.delta_fen) == (360_000, 450_150, 90_150)
    assert total.gained_fen - total.lost_fen == total.delta_fen
    for table in (found.districts, found.enterprises):
        for name in FIELDS:
            assert sum(getattr(row.tally, name) for row in table) == getattr(total, name), name
    assert sum(row.tally.delta_fen for row in found.causes) == total.delta_fen
    assert sum(row.tally.cases for row in found.causes) == total.cases - total.same
    assert len(found.districts) == 2
    lines = past_lines(load_policy(POLICY))
    assert total.before_fen == sum(line.determination.amount_fen or 0 for line in lines)


def test_a_district_sees_its_own_figures_only(two, visit, bureau):
    draft = made(visit, bureau)
    work_off()
    first, second = two
    assert not first.reviewer.covers(second.enterprise.division_id)
    own = text(visit(first.reviewer).get(page_of(draft)))
    assert first.enterprise.name in own
    assert second.enterprise.name not in own
    assert first.enterprise.division.desk.name in own
    other = text(visit(second.reviewer).get(page_of(draft)))
    assert second.enterprise.name in other
    assert first.enterprise.name not in other
    run = ReplayRun.objects.get()
    cases = [replayed(parts_for(one.reviewer, run), load_policy(POLICY), on=DAY).total.cases for one in two]
    assert cases == [3, 1]
    book = openpyxl.load_workbook(
        io.BytesIO(visit(first.reviewer).get(page_of(draft, "desk-policy-draft-table")).content)
    )
    told = [cell.value for sheet in book for row in sheet.iter_rows() for cell in row]
    assert first.enterprise.name in told
    assert second.enterprise.name not in told


def test_the_workbook_holds_the_same_figures(two, visit, bureau):
    draft = made(visit, bureau)
    assert visit(bureau).get(page_of(draft, "desk-policy-draft-table")).status_code == 409
    work_off()
    book = openpyxl.load_workbook(
        io.BytesIO(visit(bureau).get(page_of(draft, "desk-policy-draft-table")).content), data_only=True
    )
    assert book.sheetnames == ["改动", "按区（市）", "按企业", "按原因", "样例"]
    last = [[cell.value for cell in row] for row in book["按企业"].iter_rows()][-1]
    assert last[0] == "合　计"
    assert [float(value) for value in last[-5:]] == [3600, 4501.5, 1500.5, 599, 901.5]
    assert book["按区（市）"].max_row == book["按企业"].max_row


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"name": ""}, "没有填写方案名称"),
        ({"reason": " "}, "没有填写试算理由"),
        ({"number_subsidy_cap_fen": "很多"}, "不是有效的金额"),
        ({"number_subsidy_cap_fen": "-5"}, "负"),
        ({"number_subsidy_cap_fen": "1.005"}, "分"),
        ({"number_insured_months_min": "2.5"}, "不是整数"),
        ({"number_policy_until": "2020-02-30"}, "不是日期"),
        ({"reading_arrears_reading": "anything"}, "anything"),
        ({"since": "2020-13-01"}, "日期不存在"),
        ({"number_subsidy_cap_fen": "2000", "number_insured_months_min": "6"}, "没有改动任何"),
        ({"number_subsidy_cap_fen": "", "number_insured_months_min": ""}, "没有改动任何"),
    ],
)
def test_unfit_input_comes_back_and_nothing_is_kept(city, visit, bureau, wrong, sentence):
    answer = visit(bureau).post(NEW, {**GOOD, **wrong})
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not PolicyDraft.objects.exists()
    assert not Progress.objects.exists()


def test_without_any_claim_there_is_nothing_to_replay(city, visit, bureau):
    answer = visit(bureau).post(NEW, GOOD)
    assert answer.status_code == 422
    assert "还没有提交申领" in answer.content.decode()
    assert not PolicyDraft.objects.exists()


@pytest.mark.parametrize(
    "role", [Role.AGENCY_REVIEWER, Role.HRSS_APPROVER, Role.FINANCE, Role.AUDITOR, Role.ENTERPRISE]
)
def test_others_make_no_drafts(two, city, visit, bureau, role):
    assert visit(city.actor(role)).post(NEW, GOOD).status_code == 403
    assert not PolicyDraft.objects.exists()
    draft = made(visit, bureau)
    other = visit(city.actor(role))
    assert other.post(page_of(draft, "desk-policy-draft-run")).status_code == 403
    assert other.get(page_of(draft)).status_code == (403 if role == Role.ENTERPRISE else 200)
    assert "保存并试算" not in other.get(LIST).content.decode()
    assert ReplayRun.objects.count() == 1


def test_the_bureau_of_another_city_makes_none(two, bureau):
    weihai = load_policy("weihai/gold_collar_2019")
    told = {"name": "试", "reason": "试", "parameters": {"held_years_min": 2}, "readings": {}, "since": None}
    with pytest.raises(Refused, match="所在城市的主管部门"):
        make_draft(policy=weihai, **told, by=bureau, at=at("2020-11-20 10:00"))


def test_a_later_run_counts_what_came_since_and_the_first_result_stays(two, visit, bureau):
    draft = made(visit, bureau)
    refused = visit(bureau).post(page_of(draft, "desk-policy-draft-run"), follow=True, HTTP_REFERER=page_of(draft))
    assert "正在试算" in refused.content.decode()
    work_off()
    kept = ReplayPart.objects.count()
    start_replay_again(draft, bureau)
    assert ReplayPart.objects.count() == 2 * kept
    assert ReplayRun.objects.filter(draft=draft).count() == 2


def start_replay_again(draft, bureau):
    with connection.cursor() as cursor:  # the worker would have marked the job as done
        cursor.execute("UPDATE procrastinate_jobs SET status = 'succeeded'")
    start_replay(draft=draft, by=bureau, at=at("2020-11-21 10:00"))
    work_off()


def test_a_draft_of_older_rules_is_not_run_again(two, visit, bureau):
    draft = made(visit, bureau)
    work_off()
    old = PolicyDraft(**{field.attname: getattr(draft, field.attname) for field in PolicyDraft._meta.fields})
    old.pk, old.base = None, "f" * 64
    old.id = PolicyDraft._meta.pk.get_default()
    old.save(force_insert=True)
    with pytest.raises(Refused, match="规则在方案建立以后有更新"):
        start_replay(draft=old, by=bureau, at=at("2020-11-21 10:00"))
    shown = text(visit(bureau).get(page_of(old)))
    assert "不能重新试算" in shown
    assert "重新试算</button>" not in shown


def test_a_since_day_leaves_earlier_determinations_alone(two, visit, bureau):
    draft = made(visit, bureau, since="2020-11-11")
    work_off()
    total = replayed(parts_for(bureau, ReplayRun.objects.get(draft=draft)), load_policy(POLICY), on=DAY).total
    assert (total.same, total.delta_fen) == (4, 0)
    assert "没有一份认定会因此改变" in text(visit(bureau).get(page_of(draft)))


def test_a_failed_run_says_so_and_keeps_nothing(two, visit, bureau, monkeypatch):
    draft = made(visit, bureau)

    def broken(*_args, **_more):
        raise Refused("资料不能读", "broken", "请联系管理员")

    monkeypatch.setattr("peibu.oversight.actions.replays.replay_stored", broken)
    work_off()
    assert not ReplayPart.objects.exists()
    assert "资料不能读" in text(visit(bureau).get(page_of(draft)))


def test_what_was_never_handed_in_or_taken_out_by_hand_is_left_aside(city, two):
    first, _second = two
    policy = load_policy(POLICY)
    assert past_lines(policy).count() == 4
    ClaimLine.objects.filter(person__name="赵甲一").update(state="removed", amount_fen=0)
    assert past_lines(policy).count() == 3
    ClaimLine.objects.filter(person__name="钱乙五月").update(state="removed", amount_fen=0)
    assert past_lines(policy).count() == 3  # refused by the rules: the draft may let it pass


def test_drafts_and_results_are_append_only(two, visit, bureau):
    draft = made(visit, bureau)
    work_off()
    for rows, change in ((PolicyDraft.objects, {"name": "x"}), (ReplayPart.objects, {"subject": "x"})):
        with pytest.raises(ProgrammingError, match="Cannot update or delete"), transaction.atomic():
            rows.all().update(**change)
    with pytest.raises(IntegrityError, match="a_draft_changes_something"), transaction.atomic():
        PolicyDraft.objects.create(
            policy=POLICY, name="空", reason="空", base="0" * 64, made_by=bureau.user, made_at=draft.made_at
        )


def test_what_is_kept_names_no_person(two, visit, bureau):
    made(visit, bureau)
    work_off()
    told = str(list(ReplayPart.objects.values_list("result", flat=True)))
    assert "赵甲一" not in told
    assert "facts" not in told


def test_the_page_reads_in_english(two, visit, bureau):
    draft = made(visit, bureau)
    work_off()
    browser = visit(bureau)
    browser.cookies["django_language"] = "en"
    shown = text(browser.get(page_of(draft)))
    assert "because the law changed" in shown
    assert "Winners" in shown
