"""The self-check over HTTP: the boundaries of the policy, missing answers, unreadable answers."""

import datetime as dt
import html
import re

import pytest

from peibu.portal.checks import checks_of
from peibu.portal.policy_pages import law_day
from peibu.portal.questions import Questions, needed
from peibu.rulebook import list_policies, load_policy
from tests.city import POLICY, at

pytestmark = pytest.mark.django_db
ANSWERS = {
    "stage": "claim", "enterprise_on_555_list": "1", "position_level": "middle", "contract_starts_on": "2019-11-01",
    "contract_ends_on": "2022-10-31", "contract_kind": "", "employment_registered": "1", "insured_from": "2019-11",
    "insured_to": "2020-09", "arrears": "0", "claimed_on": "2020-10-12", "training_ended_on": "2020-10-09",
    "exam_score": "82", "certificate_held": "1", "certificate_serial": "1", "fee_paid_by_enterprise": "1",
    "earlier_subsidies": "0", "fee_per_person": "2600",
}  # fmt: skip
CHECK = f"/self-check/{POLICY}/"
AMOUNT = re.compile(r"预计补贴</span> <b>([\d,.]+)</b>")


@pytest.fixture
def check(client, city, monkeypatch):
    """check(changed answers) -> (word of the outcome, amount or None, page)."""
    monkeypatch.setattr("peibu.accounts.clock.now", lambda: at("2020-10-12 09:00"))

    def ask(**changed):
        answer = client.get(CHECK, {k: v for k, v in {**ANSWERS, **changed}.items() if v is not None})
        page = answer.content.decode()
        assert answer.status_code == 200
        outcome = re.search(r'<p class="word"><i[^>]*></i>([^<]+)</p>', page)[1]
        found = AMOUNT.search(page)
        return outcome, found[1] if found else None, page

    return ask


@pytest.mark.parametrize(
    ("first", "outcome", "amount"), [("2020-04", "符合条件", "2,000.00"), ("2020-05", "暂不符合条件", None)]
)
def test_six_months_pass_and_five_do_not(check, first, outcome, amount):
    assert check(insured_from=first)[:2] == (outcome, amount)


def test_five_months_say_what_would_help(check):
    page = check(insured_from="2020-05")[2]
    assert "在本企业连续缴费5个月（2020-05至2020-09）" in page
    assert "再连续缴费1个月，最早2020-10可申领" in page
    assert "QD97.1.2" in page


@pytest.mark.parametrize(("arrears", "outcome"), [("3", "符合条件"), ("4", "暂不符合条件")])
def test_three_months_in_arrears_count_and_four_do_not(check, arrears, outcome):
    assert check(insured_from="2020-04", arrears=arrears)[0] == outcome


@pytest.mark.parametrize(
    ("fee", "amount"),
    [("1999", "1,999.00"), ("2000", "2,000.00"), ("2001", "2,000.00"), ("1999.99", "1,999.99"), ("2,600", "2,000.00")],
)
def test_the_amount_is_the_smaller_of_fee_and_cap(check, fee, amount):
    assert check(fee_per_person=fee)[:2] == ("符合条件", amount)


@pytest.mark.parametrize("name", sorted(set(ANSWERS) - {"stage", "contract_kind"}))
def test_a_missing_answer_is_unknown_and_never_an_amount(check, name):
    for left in (None, ""):
        outcome, amount, page = check(**{name: left})
        assert outcome == "待核实"
        assert amount is None
        assert f'<li><a href="#a-{name}' in page  # and the page says which
    assert check()[:2] == ("符合条件", "2,000.00")


@pytest.mark.parametrize(("day", "within"), [("2020-12-31", True), ("2021-01-01", False)])
def test_training_must_end_while_the_policy_runs(check, day, within):
    page = check(training_ended_on=day)[2]
    assert ("符合：在政策执行期内" in page) is within


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"fee_per_person": "两千"}, "不是有效的金额"),
        ({"fee_per_person": "2000.001"}, "超过两位小数"),
        ({"exam_score": "八十"}, "应填整数"),
        ({"exam_score": "-1"}, "不能是负数"),
        ({"insured_from": "2020-13"}, "应填月份"),
        ({"insured_from": "2020-10", "insured_to": "2020-05"}, "最近缴费月早于开始缴费月"),
        ({"arrears": "99"}, "多于连续缴费的11个月"),
        ({"insured_to": "2035-01"}, "还没有到这个月"),
        ({"claimed_on": "2020-02-30"}, "没有这一天"),
        ({"position_level": "boss"}, "应从下列选项中选择"),
        ({"enterprise_on_555_list": "<script>"}, "应填“是”或“否”"),
    ],
)
def test_an_unreadable_answer_is_told_and_not_used(check, changed, sentence):
    outcome, amount, page = check(**changed)
    assert sentence in page
    assert "这些填写看不懂" in page
    assert outcome == "待核实"
    assert amount is None
    assert "<script>" not in page.replace("<script src", "")


def test_enrolment_is_judged_by_its_own_rules(check):
    outcome, amount, page = check(stage="enrolment", enrolled_on="2020-10-12", expected_claim_on="2020-12-20",
                                  insured_from="2020-07")  # fmt: skip
    assert (outcome, amount) == ("符合条件", None)
    assert "到2020-12-20预计可计6个月" in page
    late = check(stage="enrolment", enrolled_on="2020-10-12", expected_claim_on="2020-11-20", insured_from="2020-07")
    assert late[0] == "暂不符合条件"


def test_nothing_is_stored_and_the_fragment_is_only_the_result(client, city):
    page = client.get(CHECK, ANSWERS, headers={"hx-request": "true"}).content.decode()
    assert '<div class="outcome' in page
    assert "<html" not in page
    assert "<form" not in page
    assert client.post(CHECK, ANSWERS).status_code == 405


def test_only_what_the_rules_need_is_asked_and_never_an_identity(city):
    policy = load_policy(POLICY)
    on = policy.card["issued"]
    for subject in ("enrolment", "claim"):
        form = Questions(policy, subject, on=on, data=None)
        asked = set(form.fields)
        assert not asked & {"appointment_document", "earlier_subsidy_note", "late_arrears_months", "soft_reasons"}
        assert not [name for name in asked if "name" in name or "id_number" in name or "mobile" in name]
        assert set(needed(policy, subject, on)) <= {spec.name for spec in policy.facts_of(subject)}
        assert sum(len(group.fields) for group in form.groups()) == len(asked)
        serial = form.fields.get("certificate_serial")
        assert serial is None or serial.widget.input_type == "radio"


def test_the_choice_offers_every_check_of_every_policy_to_its_visitor(client, city):
    page = client.get("/self-check/").content.decode()
    offered = [check for path in list_policies() for check in checks_of(load_policy(path))]
    assert len(offered) >= 7
    for check in offered:
        assert f'href="{check.url}#check"' in page
    by_officers = [code for code in load_policy(POLICY).subjects if f"{CHECK}?stage={code}#check" not in page]
    assert by_officers == ["certificate_batch", "payment", "archive"]  # subjects nobody outside can answer


@pytest.mark.parametrize(
    "check", [check for path in list_policies() for check in checks_of(load_policy(path))], ids=lambda c: c.url
)
def test_every_check_asks_answers_and_explains(client, city, check):
    on = law_day(check.policy, dt.date(2020, 10, 12))
    form = Questions(check.policy, check.subject, on=on, data=None)
    assert form.fields
    empty = client.get(check.url).content.decode()
    for rule in check.policy.plan(check.subject, on).rules:
        assert rule.title in html.unescape(empty)
        assert rule.clause in empty
    name, field = next((name, field) for name, field in form.fields.items())
    answers = {"boolean": "1", "integer": "1", "fen": "1", "date": "2020-10-12", "month": "2020-10", "text": "1"}
    value = answers.get(field.spec.type) or next(iter(field.spec.choices))
    answered = client.get(check.url, {"stage": check.subject, name: value}).content.decode()
    assert 'class="outcome' in answered
    assert "规则版本" in answered
