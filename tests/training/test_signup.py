"""From the roster to the committed sign-up (QD97.1, 2.4, 3.3, 4.1, 4.4), and everything that must be refused."""

import threading

import pytest
from django.db import IntegrityError, connection, transaction

from peibu.accounts.secrecy import person_key
from peibu.casework.models import Determination, Document
from peibu.kernel.errors import Refused
from peibu.kernel.identity import make_id_number
from peibu.programmes.models import Commitment, Quota, QuotaPlace
from peibu.registry.facts import person_facts
from peibu.registry.models import Person, RegisterEntry
from peibu.training.actions.roster import add_person, receive_roster
from peibu.training.actions.signup import (
    choose_provider,
    precheck,
    remove_line,
    start_signup,
    withdraw_signup,
)
from peibu.training.facts.signup import line_facts
from peibu.training.models import RosterUpload, SignUp, SignUpLine, SignUpStep
from peibu.training.queries.signup import counts, history, offers, stale_reason
from tests.city import at, stage
from tests.training.hr import LATER, NOW, ON, Hr
from tests.training.rosters import csv, row_of, rows_of, xls, xlsx

SAVED = (SignUpLine, Person, Document, Determination, SignUpStep)


def saved():
    return [model.objects.count() for model in SAVED]


@pytest.fixture
def hr(city):
    return Hr(city)


pytestmark = pytest.mark.django_db


def test_the_whole_way_keeps_commitment_places_lines_and_history(hr):
    signup = hr.ready()
    found = counts(signup)
    assert found["pass"]
    assert found["all"] == len(hr.people)
    assert found["fail"] + found["unknown"], "the city has people who do not pass: otherwise this test proves little"
    signup = hr.commit(signup)
    assert signup.state == "committed"
    kept = signup.commitment
    assert (kept.text_version, kept.user, kept.accepted_at, len(kept.text_sha256)) == ("1", hr.by.user, LATER, 64)
    assert "本企业承诺" in kept.text
    active = signup.lines.filter(active=True)
    assert {line.precheck.decision for line in active} == {"pass"}
    assert active.count() == found["pass"]
    assert list(Quota.objects.values_list("used", flat=True)) == [found["pass"]] * 2
    assert [s.step for s in history(signup)] == ["新建报名", "上传名册", "逐人预审", "选择承接单位", "确认承诺并报名"]
    assert all(s.rule_version and s.who for s in history(signup))


def test_a_second_press_gives_the_same_draft_and_the_same_signup(hr):
    assert hr.draft().pk == hr.draft().pk
    signup = hr.commit(hr.ready())
    again = hr.commit(signup)
    assert again.committed_at == signup.committed_at
    assert Commitment.objects.count() == 1
    assert Quota.objects.get(code="quota_year").used == signup.lines.filter(active=True).count()


def test_batch_facts_are_the_facts_of_the_register(hr):
    signup = hr.ready()
    lines = list(signup.lines.select_related("person"))
    found = line_facts(signup, lines, on=ON, known_at=NOW)
    own = {"position_level", "appointment_document"}
    for line in lines:
        alone = person_facts(line.person, hr.unit, on=ON, known_at=NOW)
        assert found[line.pk].run == alone.run
        expected = {k: v for k, v in alone.facts.items() if k not in own}
        assert {k: found[line.pk].facts.get(k) for k in expected} == expected


def test_an_enterprise_that_is_not_on_the_list_cannot_begin(hr):
    RegisterEntry.objects.filter(unit=hr.unit).update(valid_until="2020-10-01")
    with pytest.raises(Refused) as refused:
        hr.draft()
    assert "555" in refused.value.message
    assert not SignUp.objects.exists()


def test_before_and_after_the_policy_nobody_begins(hr):
    kwargs = {"policy": hr.city.policy, "enterprise": hr.unit, "by": hr.by}
    with pytest.raises(Refused, match="自2020-09-15起执行"):
        start_signup(**kwargs, at=at("2020-09-14 09:00"))
    with pytest.raises(Refused, match="截止日为2020-12-31"):
        start_signup(**kwargs, at=at("2021-01-04 09:00"))


def test_only_the_own_enterprise_works_on_a_signup(hr):
    signup, other = hr.draft(), Hr(hr.city, 1)
    for deed in (
        lambda: other.read(signup, xlsx(rows_of(hr.people))),
        lambda: precheck(signup=signup, by=other.by, at=NOW),
        lambda: choose_provider(signup=signup, provider=hr.provider, by=other.by, at=NOW),
        lambda: other.commit(signup),
        lambda: withdraw_signup(signup=signup, by=other.by, at=NOW),
        lambda: start_signup(policy=hr.city.policy, enterprise=hr.unit, by=other.by, at=NOW),
    ):
        with pytest.raises(Refused, match="不属于您所在的单位|只能为本单位报名"):
            deed()


# --- files -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("write", [xlsx, xls, csv, lambda rows: csv(rows, encoding="utf-8-sig")])
def test_office_habits_are_read(hr, write):
    people = hr.people[:5]
    names = {xlsx: "名册.xlsx", xls: "名册.xls"}
    told = hr.read(hr.draft(), write(rows_of(people)), name=names.get(write, "名册.csv"))
    assert [p.sentence() for p in told.problems] == []
    assert told.people == 5
    assert [line.person_id for line in SignUpLine.objects.order_by("position")] == [p.pk for p in people]


def test_a_new_roster_replaces_the_list(hr):
    signup = hr.draft()
    hr.read(signup, xlsx(rows_of(hr.people[:5])))
    hr.read(signup, xlsx(rows_of(hr.people[3:6])))
    assert signup.lines.count() == 3


def test_an_unknown_person_is_created_and_stays_unknown_to_the_registers(hr):
    number = make_id_number("370202", at("1985-03-04 00:00").date(), 11)
    told = hr.read(hr.draft(), xlsx([row_of(None, name="欧阳新来", number=number)]))
    assert told.people == 1
    person = Person.objects.get(key=person_key(number))
    assert (person.name, person.sex, str(person.born_on)) == ("欧阳新来", "m", "1985-03-04")
    signup = SignUp.objects.get()
    precheck(signup=signup, by=hr.by, at=NOW)
    kept = signup.lines.get().precheck
    assert kept.decision == "unknown", "what no register says is unknown, never a pass and never a no"


def wrong_digit(number):
    return number[:17] + ("1" if number[17] != "1" else "2")


BAD_ROWS = {
    "number typed as a number": (
        lambda p: [[1, p.name, int(p.id_number[:17] + "0"), "", "经理", "中层", ""]],
        "按数字录入",
        3,
    ),
    "wrong check digit": (lambda p: [row_of(p, number=wrong_digit(p.id_number))], "校验码不符", 3),
    "twice in the file": (lambda p: [row_of(p), row_of(p)], "与第 3 行重复", 4),
    "another name": (lambda p: [row_of(p, name="张不对")], "登记的姓名不一致", 3),
    "private-use character": (lambda p: [row_of(p, name="张\ue863")], "自造字", 3),
    "unknown level": (lambda p: [row_of(p, level="首席")], "不在可选范围内", 3),
    "nothing in a required cell": (lambda p: [row_of(p, post=" ")], "没有填写", 3),
}


@pytest.mark.parametrize("case", BAD_ROWS)
def test_a_bad_row_is_named_and_nothing_is_saved(hr, case):
    write, why, row = BAD_ROWS[case]
    signup, good = hr.draft(), hr.people[1:4]
    before = saved()
    told = hr.read(signup, xlsx([*write(hr.people[0]), *rows_of(good)]))
    assert saved() == before
    assert len(told.problems) == 1
    problem = told.problems[0]
    assert why in problem.sentence()
    assert problem.row == row
    assert problem.sheet == "名册"
    assert problem.todo
    # negative control: the same file without the bad rows is taken in
    assert hr.read(signup, xlsx(rows_of(good))).people == 3


def test_a_formula_is_refused_with_its_cell(hr):
    signup, before = hr.draft(), saved()
    content = xlsx(rows_of(hr.people[:2]), formulas=[("C3", '="370202"&"198503041234"', "370202198503041234")])
    told = hr.read(signup, content)
    assert saved()[:4] == before[:4]
    assert [(p.row, p.letter) for p in told.problems] == [(3, "C")]
    assert "公式" in told.problems[0].what


def test_all_problems_come_at_once_in_row_order(hr):
    people = hr.people
    hr.commit(hr.ready(people))
    taken = SignUpLine.objects.filter(active=True).first().person
    rows = [
        row_of(taken),
        row_of(people[0], name="张不对"),
        row_of(people[1], number=wrong_digit(people[1].id_number)),
    ]
    told = hr.read(hr.draft(), xlsx(rows))
    assert [p.code for p in told.problems] == ["signed_up_already", "name_differs", "id_check_digit"]
    assert taken.name in told.problems[0].what
    assert "本企业2020-11-12的报名" in told.problems[0].why
    assert told.problems[2].value.count("*") == 11, "a number in the list of problems is masked"


FILES = {
    "wrong kind": ("简历.pdf", b"%PDF-1.7\n1 0 obj<<>>endobj\n"),
    "renamed program": ("名册.xlsx", b"MZ" + b"\0" * 200),
    "empty": ("名册.xlsx", b""),
    "broken": ("名册.xlsx", None),
    "too big": ("名册.xlsx", b"x" * (21 << 20)),
    "no table": ("名册.csv", "今天天气很好".encode()),
}


@pytest.mark.parametrize("case", FILES)
def test_a_file_that_is_no_roster_is_refused_with_a_sentence(hr, case):
    name, content = FILES[case]
    signup, before = hr.draft(), saved()
    content = xlsx(rows_of(hr.people[:3]))[:-600] if content is None else content
    told = hr.read(signup, content, name=name)
    assert saved() == before
    assert len(told.problems) == 1
    assert told.problems[0].what
    assert told.problems[0].todo


def test_too_many_rows_are_refused(hr):
    rows = [
        ["1", "王小明", make_id_number("370202", ON.replace(year=1980 + n // 999), n % 999), "", "经理", "中层", ""]
        for n in range(2001)
    ]
    told = hr.read(hr.draft(), xlsx(rows))
    assert "超过 2000 行" in " ".join(p.what for p in told.problems)
    assert not SignUpLine.objects.exists()


def test_the_upload_keeps_problems_and_no_content(hr):
    signup = hr.draft()
    rows = [row_of(hr.people[0], name="张不对")]
    upload = receive_roster(signup=signup, name="名册.xlsx", content=xlsx(rows), by=hr.by, at=NOW)
    assert upload.finished
    assert upload.problems[0]["row"] == 3
    assert upload.content == ""
    with connection.cursor() as cursor:
        cursor.execute("SELECT wrong_rows FROM training_rosterupload")
        assert hr.people[0].id_number not in cursor.fetchone()[0], "rows are kept encrypted"
    upload = receive_roster(signup=signup, name="名册.xlsx", content=xlsx(rows_of(hr.people[:3])), by=hr.by, at=NOW)
    assert (upload.people, upload.problems) == (3, [])
    assert RosterUpload.objects.count() == 1
    assert not stale_reason(signup.__class__.objects.get(pk=signup.pk), on=ON), "a short roster is judged at once"


def test_a_long_roster_goes_through_the_queue_with_a_progress_bar(hr):
    people = list(Person.objects.order_by("name")[:210])
    signup = hr.draft()
    upload = receive_roster(signup=signup, name="名册.xlsx", content=xlsx(rows_of(people)), by=hr.by, at=NOW)
    assert not upload.finished
    assert not signup.lines.exists()
    assert upload.progress.total == 420
    from procrastinate.contrib.django.models import ProcrastinateJob

    from peibu.training.roster_tasks import read_roster

    job = ProcrastinateJob.objects.get(task_name="training.read_roster")
    read_roster(**job.args)
    upload.refresh_from_db()
    assert upload.finished
    assert upload.content == ""
    assert upload.progress.finished
    assert upload.progress.done == 420
    assert counts(signup)["all"] == 210
    assert counts(signup)["unchecked"] == 0
    read_roster(**job.args)  # again: harmless
    assert signup.lines.count() == 210


# --- by form -----------------------------------------------------------------------------------------------------


def test_a_person_added_by_form_follows_the_same_rules(hr):
    signup = hr.draft()
    person = hr.people[0]
    form = {"id_number": person.id_number, "post": "经理", "level": "middle", "by": hr.by, "at": NOW}
    line = add_person(signup=signup, name=person.name, **form)
    assert add_person(signup=signup, name=person.name, **form).pk == line.pk
    with pytest.raises(Refused, match="登记的姓名不一致"):
        add_person(signup=signup, name="张不对", **form)
    with pytest.raises(Refused, match="校验码不符"):
        add_person(signup=signup, name=person.name, **form | {"id_number": wrong_digit(person.id_number)})
    remove_line(line=line, by=hr.by, at=NOW)
    remove_line(line=line, by=hr.by, at=NOW)
    assert not signup.lines.exists()
    assert [s.step for s in history(signup)] == ["新建报名", "添加人员", "移除人员"]


def test_a_change_of_the_list_makes_the_precheck_stale(hr):
    signup = hr.ready(hr.people[:5])
    remove_line(line=signup.lines.first(), by=hr.by, at=LATER)
    with pytest.raises(Refused, match="预审之后名单有变动，不能提交"):
        hr.commit(signup)


def test_a_precheck_of_yesterday_does_not_count_today(hr):
    signup = hr.ready(hr.people[:5])
    with pytest.raises(Refused, match="2020-11-12做的"):
        hr.commit(signup, when=at("2020-11-13 09:00"))


def test_checking_again_keeps_a_determination_whose_facts_are_the_same(hr):
    signup = hr.ready(hr.people[:5])
    before = Determination.objects.count()
    precheck(signup=signup, by=hr.by, at=NOW)
    assert Determination.objects.count() == before
    precheck(signup=signup, by=hr.by, at=NOW, expected_claim_on=at("2021-02-28 00:00").date())
    assert Determination.objects.count() > before
    with pytest.raises(Refused, match="早于今天"):
        precheck(signup=signup, by=hr.by, at=NOW, expected_claim_on=at("2020-11-01 00:00").date())


# --- committing --------------------------------------------------------------------------------------------------


def test_an_outdated_commitment_takes_nothing(hr):
    signup = hr.ready()
    with pytest.raises(Refused, match="承诺书文本已更新"):
        hr.commit(signup, version="0")
    assert not Commitment.objects.exists()
    assert not QuotaPlace.objects.exists()
    assert not signup.lines.filter(active=True).exists()


def test_a_provider_must_be_listed_on_that_day(hr):
    signup = hr.ready()
    with pytest.raises(Refused, match="不在培训承接单位推荐名单内"):
        choose_provider(signup=signup, provider=hr.unit, by=hr.by, at=NOW)
    hr.provider.listings.update(valid_until="2020-11-11")
    with pytest.raises(Refused, match="不在培训承接单位推荐名单内"):
        hr.commit(signup)


def test_without_provider_or_passing_people_nothing_is_committed(hr):
    signup = hr.draft()
    with pytest.raises(Refused, match="没有选择培训承接单位"):
        hr.commit(signup)
    choose_provider(signup=signup, provider=hr.provider, by=hr.by, at=NOW)
    with pytest.raises(Refused, match="还没有预审"):
        hr.commit(signup)
    number = make_id_number("370202", at("1985-03-04 00:00").date(), 11)
    hr.read(signup, xlsx([row_of(None, name="欧阳新来", number=number)]))
    precheck(signup=signup, by=hr.by, at=NOW)
    with pytest.raises(Refused, match="没有符合条件的人员"):
        hr.commit(signup)


def test_places_are_taken_all_or_none(hr):
    signup = hr.ready()
    passing = counts(signup)["pass"]
    Quota.objects.filter(code="quota_year").update(limit=passing - 1)
    with pytest.raises(Refused, match=f"剩余名额{passing - 1}个，本次需要{passing}个"):
        hr.commit(signup)
    assert set(Quota.objects.values_list("used", flat=True)) == {0}
    assert not Commitment.objects.exists()
    Quota.objects.filter(code="quota_year").update(limit=passing)
    assert hr.commit(signup).state == "committed"


def test_another_account_coming_later_is_told_who_was_first(hr):
    signup = hr.commit(hr.ready())
    user = hr.city.actor("enterprise", Hr(hr.city, 1).unit).user
    colleague = type(hr.by)(user=user, role=hr.by.role, unit=hr.unit)
    with pytest.raises(Refused, match=f"{hr.by.user.name}已于2020-11-12 15:00提交"):
        hr.commit(signup, by=colleague)


def test_a_person_taken_meanwhile_is_named_and_nobody_goes(hr):
    mine = hr.ready()
    other = Hr(hr.city, 1)
    stolen = mine.lines.filter(precheck__decision="pass").first()
    theirs = other.draft()
    SignUpLine.objects.create(
        signup=theirs, policy=theirs.policy, position=1, person=stolen.person, level="middle", active=True
    )
    with pytest.raises(Refused, match=f"{stolen.person.name}已在本政策下报名"):
        hr.commit(mine)
    assert not mine.lines.filter(active=True).exists()
    assert set(Quota.objects.values_list("used", flat=True)) == {0}


def test_the_database_itself_refuses_a_person_twice(hr):
    mine = hr.commit(hr.ready())
    line = mine.lines.filter(active=True).first()
    theirs = Hr(hr.city, 1).draft()
    with pytest.raises(IntegrityError, match="a_person_is_signed_up_once_per_policy"), transaction.atomic():
        SignUpLine.objects.create(
            signup=theirs, policy=theirs.policy, position=1, person=line.person, level="middle", active=True
        )


def test_withdrawing_gives_places_and_people_back(hr):
    signup = hr.commit(hr.ready())
    withdraw_signup(signup=signup, by=hr.by, at=LATER, reason="计划有变")
    withdraw_signup(signup=signup, by=hr.by, at=LATER)  # again: harmless
    assert set(Quota.objects.values_list("used", flat=True)) == {0}
    assert not SignUpLine.objects.filter(active=True).exists()
    assert hr.commit(hr.ready()).state == "committed"


def test_a_withdrawn_signup_is_closed(hr):
    signup = hr.ready()
    withdraw_signup(signup=signup, by=hr.by, at=NOW)
    with pytest.raises(Refused, match="报名已撤回"):
        hr.commit(signup)


def test_offers_are_the_listed_providers_of_the_day(hr):
    assert len(offers(hr.city.policy, on=ON)) == 18
    hr.provider.listings.update(valid_until="2020-11-11")
    assert len(offers(hr.city.policy, on=ON)) == 17


# --- at the same moment ------------------------------------------------------------------------------------------


def _race(deeds):
    won, lost = [], []
    ready = threading.Barrier(len(deeds))

    def run(deed):
        try:
            ready.wait()
            won.append(deed())
        except Refused as refused:
            lost.append(refused)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(deed,)) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return won, lost


@pytest.mark.django_db(transaction=True)
def test_the_last_places_go_to_one_of_two_enterprises():
    city = stage()
    firms = [Hr(city, 0), Hr(city, 1)]
    drafts = [hr.ready() for hr in firms]
    need = [counts(draft)["pass"] for draft in drafts]
    assert min(need) > 0
    Quota.objects.filter(code="quota_year").update(limit=max(need))
    won, lost = _race([lambda hr=hr, d=d: hr.commit(d) for hr, d in zip(firms, drafts, strict=True)])
    assert (len(won), len(lost)) == (1, 1)
    assert lost[0].code == "quota_exhausted"
    assert Quota.objects.get(code="quota_year").used == SignUpLine.objects.filter(active=True).count()


@pytest.mark.django_db(transaction=True)
def test_two_accounts_of_one_enterprise_commit_once():
    city = stage()
    hr = Hr(city)
    signup = hr.ready()
    colleague = type(hr.by)(user=Hr(city, 1).by.user, role=hr.by.role, unit=hr.unit)
    won, lost = _race([lambda: hr.commit(signup), lambda: hr.commit(signup, by=colleague)])
    assert (len(won), len(lost)) == (1, 1)
    assert lost[0].code == "already_committed"
    assert Commitment.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_one_person_in_two_enterprises_is_signed_up_once():
    city = stage()
    firms = [Hr(city, 0), Hr(city, 1)]
    drafts = [hr.ready() for hr in firms]
    shared = drafts[0].lines.filter(precheck__decision="pass").first()
    other = drafts[1].lines.filter(precheck__decision="pass").first()
    SignUpLine.objects.filter(pk=other.pk).update(person=shared.person)
    won, lost = _race([lambda hr=hr, d=d: hr.commit(d) for hr, d in zip(firms, drafts, strict=True)])
    assert (len(won), len(lost)) == (1, 1)
    assert lost[0].code == "a_person_is_signed_up_once_per_policy"
    assert shared.person.name in lost[0].message
    assert SignUpLine.objects.filter(person=shared.person, active=True).count() == 1
