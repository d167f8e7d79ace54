"""The budget pages: as of any day, in the officer's scope, down to the case; who books what; the early warning."""

import datetime as dt
import io

import openpyxl
import pytest
from django.urls import reverse

from peibu.accounts import clock
from peibu.accounts.actor import SYSTEM
from peibu.accounts.models import Division, Unit
from peibu.kernel.ids import uuid7
from peibu.ledger import actions, queries
from peibu.ledger.models import Entry, Fund
from tests.payments.road import NOW, Road

pytestmark = pytest.mark.django_db
WEST = "370211"


@pytest.fixture
def road(city, settings) -> Road:
    settings.DEMO = True
    clock.move_to(NOW + dt.timedelta(hours=1))
    made = Road(city, Division.objects.get(code=WEST))
    made.money(1_000_000)
    return made


def set_aside(road, fen: int, division=None, **more):
    told = {
        "policy": road.policy,
        "subject": "claim",
        "division": division or road.division,
        "memo": "审批通过",
        "at": NOW,
    }
    return actions.commit(amount_fen=fen, source_id=more.pop("source_id", None) or uuid7(), by=SYSTEM, **(told | more))


def bureau(road):
    return road.officer("city_bureau", Unit.objects.get(kind="finance", division__code="370200"))


def text(page) -> str:
    return page.content.decode()


def test_the_day_chosen_decides_what_the_page_shows(road, visit):
    set_aside(road, 250_000)
    client = visit(bureau(road))
    page = text(client.get(reverse("desk-ledger")))
    for words in ("10,000.00", "2,500.00", "7,500.00", "工业互联网职业技能提升培训补贴", "100.0%", "QD97.4.3"):
        assert words in page
    before = text(client.get(reverse("desk-ledger"), {"on": "2020-11-20"}))
    assert "2,500.00" not in before
    assert "10,000.00" in before
    known = text(client.get(reverse("desk-ledger"), {"known": "2020-11-20T00:00"}))
    assert "2,500.00" not in known
    assert "以前登记的账目" in known


def test_a_district_sees_its_own_spending_and_no_other(road, visit):
    north = Division.objects.get(code="370213")
    set_aside(road, 111_100)
    foreign = set_aside(road, 222_200, division=north)
    page = text(visit(road.maker).get(reverse("desk-ledger")))
    assert "其中本区 1,111.00 元" in page
    assert "2,222.00" not in page
    book = text(visit(road.maker).get(reverse("desk-ledger-entries")))
    assert "1,111.00" in book
    assert "2,222.00" not in book
    stolen = visit(road.maker).get(reverse("desk-ledger-entries"), {"division": north.pk})
    assert "2,222.00" not in text(stolen)
    assert visit(road.maker).get(reverse("desk-ledger-commitment", args=[foreign.pk])).status_code == 404
    assert visit(road.maker).get(reverse("desk-ledger-beancount")).status_code == 404
    assert visit(bureau(road)).get(reverse("desk-ledger-commitment", args=[foreign.pk])).status_code == 200


def test_from_the_item_to_the_entry_to_the_case_and_why_this_fund(road, visit):
    case = road.claim(200_000)
    policy = "weihai/gold_collar_2019"
    opened = actions.open_funds(policy=policy, on=NOW.date(), division=road.division)
    told = {"document_number": "1", "memo": "m", "by": SYSTEM, "at": NOW}
    actions.appropriate(fund=opened[0], amount_fen=100, source_id=uuid7(), **told)
    actions.appropriate(fund=opened[2], amount_fen=900_000, source_id=uuid7(), **told)
    found = set_aside(road, 200_000, policy=policy, source_id=case.pk)
    client = visit(road.maker)
    budget = text(client.get(reverse("desk-ledger"), {"fund": opened[2].pk}))
    link = f"item={found.item.pk}"
    assert link in budget
    entries = text(client.get(reverse("desk-ledger-entries"), {"fund": opened[2].pk, "item": found.item.pk}))
    address = reverse("desk-ledger-commitment", args=[found.pk])
    assert address in entries
    page = text(client.get(address))
    for words in (
        "失业保险基金支持职业技能提升行动资金",
        "可用资金不足以支付整笔",
        "就业补助资金",
        "本年度没有可用资金",
        case.number,
    ):
        assert words in page
    assert reverse("desk-case", args=[case.pk]) in page
    assert address in text(client.get(reverse("desk-case", args=[case.pk])))


def test_the_warning_comes_before_the_money_runs_out(road, visit):
    case = road.claim(600_000, state="submitted", notice=False)
    client = visit(bureau(road))
    assert "缺口" not in text(client.get(reverse("desk-ledger")))
    other = road.claim(500_000, state="reviewed", notice=False)
    page = text(client.get(reverse("desk-ledger")))
    assert "共2件、11,000.00元" in page
    assert "缺口1,000.00元" in page
    other.due_on = NOW.date() + dt.timedelta(days=31)
    other.save()
    assert "缺口" not in text(client.get(reverse("desk-ledger")))
    set_aside(road, 400_001)
    assert f"缺口{'0.01'}元" in text(client.get(reverse("desk-ledger"))), case.number


def test_the_excel_says_what_the_page_says(road, visit):
    set_aside(road, 250_000)
    answer = visit(bureau(road)).get(reverse("desk-ledger"), {"as": "xlsx"})
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    cells = [cell.value for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert "工业互联网职业技能提升培训补贴" in cells
    assert 2500 in cells
    book = visit(bureau(road)).get(reverse("desk-ledger-entries"), {"as": "xlsx"})
    cells = [c.value for row in openpyxl.load_workbook(io.BytesIO(book.content)).active.iter_rows() for c in row]
    assert {"占用", "下达", "审批通过", "青财社〔2020〕1号"} <= set(cells)


def form(road, **more) -> dict:
    holder = Division.objects.get(code="370200")
    told = {"fund": f"{road.policy} skills_action_special_account {holder.pk}", "year": "2020", "on": "2020-11-20"}
    told |= {"document_number": "青财社〔2020〕9号", "amount": "1,234.56", "memo": "第二批", "source": str(uuid7())}
    return told | more


def test_the_bureau_books_money_that_came_in_once_per_form(road, visit):
    client, told = visit(bureau(road)), form(road)
    before = queries.figures(road.fund).appropriated
    for _again in range(2):
        client.post(reverse("desk-budget-appropriate"), told)
    assert queries.figures(road.fund).appropriated == before + 123456
    entry = Entry.objects.get(document_number="青财社〔2020〕9号")
    assert (entry.on, entry.memo) == (dt.date(2020, 11, 20), "第二批")
    for bad, said in (
        ({"amount": "12.345"}, "两位小数"), ({"amount": "0"}, "不能为零"), ({"document_number": ""}, "没有填写文号"),
        ({"on": ""}, "没有填写文件日期"), ({"memo": ""}, "没有填写摘要"), ({"amount": ""}, "没有填写金额"),
    ):  # fmt: skip
        page = client.post(reverse("desk-budget-appropriate"), told | bad)
        assert (page.status_code, said in text(page)) == (422, True), bad
    ahead = client.post(reverse("desk-budget-appropriate"), form(road, on="2020-12-24"))
    assert ahead.status_code >= 400 or "晚于今天" in text(client.get(reverse("desk-budget")))
    assert queries.figures(road.fund).appropriated == before + 123456


def test_a_correction_is_booked_beside_what_stands(road, visit):
    client = visit(bureau(road))
    entry = Entry.objects.get(kind="appropriation")
    assert "更正" in text(client.get(reverse("desk-budget")))
    address = reverse("desk-budget-correct", args=[entry.pk])
    assert "原账目不改动" in text(client.get(address))
    page = client.post(address, {"amount": "-100", "reason": "", "source": str(uuid7())})
    assert (page.status_code, "没有填写更正理由" in text(page)) == (422, True)
    client.post(address, {"amount": "-100", "reason": "录入有误", "source": str(uuid7())})
    assert queries.figures(road.fund).appropriated == 990_000
    assert visit(road.maker).post(address, {"amount": "1", "reason": "x", "source": str(uuid7())}).status_code == 404


def test_a_district_keeps_its_own_funds_and_the_end_of_their_years(road, visit):
    client = visit(road.maker)
    page = text(client.get(reverse("desk-budget")))
    assert "失业保险基金支持职业技能提升行动资金" in page
    assert "职业技能提升行动专账资金（青岛市黄岛区）" in page
    refused = client.post(reverse("desk-budget-appropriate"), form(road))
    assert refused.status_code == 422
    told = form(road, fund=f"weihai/gold_collar_2019 employment_subsidy_fund {road.division.pk}", year="2019")
    client.post(reverse("desk-budget-appropriate"), told)
    fund = Fund.objects.get(code="employment_subsidy_fund", division=road.division)
    assert queries.figures(fund, year=2019).free == 123456
    assert "就业补助资金 2019" in text(client.get(reverse("desk-budget")))
    end = {
        "fund": fund.pk,
        "year": "2019",
        "deed": "carry_over",
        "amount": "1000",
        "memo": "结转",
        "source": str(uuid7()),
    }
    client.post(reverse("desk-budget-year-end"), end)
    client.post(reverse("desk-budget-year-end"), end | {"deed": "lapse", "amount": "234.56", "source": str(uuid7())})
    assert queries.figures(fund, year=2019) == queries.Figures(123456, 0, 0, 0, carried=-100000, lapsed=23456)
    assert queries.figures(fund, year=2020).free == 100000
    assert fund not in queries.funds_for(
        road.officer("finance", Unit.objects.get(kind="agency", division__code="370213"))
    )


@pytest.mark.parametrize(
    ("role", "looks", "keeps"),
    [
        ("finance", 200, 200), ("city_bureau", 200, 200), ("auditor", 200, 403), ("agency_reviewer", 200, 403),
        ("hrss_approver", 200, 403), ("operator", 403, 403),
    ],
)  # fmt: skip
def test_who_may_look_and_who_may_keep(road, visit, role, looks, keeps):
    client = visit(road.officer(role, road.agency))
    for name in ("desk-ledger", "desk-ledger-entries"):
        assert client.get(reverse(name)).status_code == looks
    assert client.get(reverse("desk-budget")).status_code == keeps
    assert client.post(reverse("desk-budget-appropriate"), {}).status_code in ((403,) if keeps == 403 else (422,))


def test_what_cannot_be_read_in_the_address_falls_back(road, visit):
    client = visit(bureau(road))
    for query in ({"on": "2020-13-45"}, {"on": "x"}, {"year": "x"}, {"year": "1999"}, {"fund": "x"}, {"known": "2020-99"},
                  {"item": "x"}, {"kind": "'"}, {"division": "x"}):  # fmt: skip
        assert client.get(reverse("desk-ledger"), query).status_code == 200
        assert client.get(reverse("desk-ledger-entries"), query).status_code == 200


def test_the_book_leaves_as_beancount_text(road, visit):
    set_aside(road, 250_000)
    answer = visit(bureau(road)).get(reverse("desk-ledger-beancount"))
    assert answer["Content-Disposition"].startswith("attachment")
    assert "Committed" in text(answer)
