"""A list as Excel holds the rows of its page, for whoever looks: no more, no less, and nothing that calculates."""

import io

import openpyxl
import pytest
from django.urls import reverse

from peibu.accounts.enums import Role
from peibu.casework.queries import cases_for
from peibu.papers.office_tables import Column
from peibu.theme.exports import excel
from tests.catalogue.shelf import ELECTRICIAN, publish
from tests.city import at
from tests.claims.claim_world import build

pytestmark = pytest.mark.django_db
LISTS = {
    "desk-home": Role.AGENCY_REVIEWER, "desk-cases": Role.AGENCY_REVIEWER, "desk-claims": Role.AGENCY_REVIEWER,
    "desk-exams": Role.AGENCY_REVIEWER, "desk-certificates": Role.AGENCY_REVIEWER, "desk-notices": Role.AGENCY_REVIEWER,
    "desk-payment-batches": Role.FINANCE, "desk-findings": Role.AGENCY_REVIEWER, "desk-catalogues": Role.CITY_BUREAU,
    "enterprise-signups": Role.ENTERPRISE, "enterprise-claims": Role.ENTERPRISE,
    "enterprise-certificates": Role.ENTERPRISE, "provider-classes": Role.PROVIDER,
    "desk-objections": Role.AGENCY_REVIEWER, "desk-rechecks": Role.AGENCY_REVIEWER, "desk-archive": Role.AUDITOR,
    "desk-credits": Role.AUDITOR, "desk-history": Role.AUDITOR, "desk-account-changes": Role.FINANCE,
    "desk-payments": Role.FINANCE, "desk-records": Role.AGENCY_REVIEWER, "desk-held-certificates": Role.AGENCY_REVIEWER,
    "desk-calls": Role.CITY_BUREAU, "desk-listings": Role.CITY_BUREAU, "desk-experts": Role.CITY_BUREAU,
    "applications": Role.PROVIDER, "agreements": Role.ENTERPRISE, "provider-archive": Role.PROVIDER,
    "provider-certificates": Role.PROVIDER, "provider-exams": Role.PROVIDER, "venues": Role.PROVIDER,
    "provider-plans": Role.PROVIDER, "base-plans": Role.BASE, "provider-questions": Role.PROVIDER,
}  # fmt: skip
OPEN = ("notices", "offers", "demand-supply", "calls")


def sheet(answer):
    assert answer.status_code == 200
    assert "spreadsheetml" in answer["Content-Type"]
    assert answer["Content-Disposition"].startswith("attachment")
    return openpyxl.load_workbook(io.BytesIO(answer.content)).active


def body(page) -> list[list]:
    """The rows between the head and the total."""
    rows = [[cell.value for cell in row] for row in page.iter_rows()]
    first = next(n for n, row in enumerate(rows) if row[0] == "序号")
    return [row for row in rows[first + 1 :] if isinstance(row[0], int)]


@pytest.fixture
def two_districts(city, monkeypatch):
    """Claims handed in in two districts."""
    monkeypatch.setattr("peibu.accounts.clock.now", lambda: at("2020-11-20 10:00"))
    worlds = build(city), build(city, firm=4, nth=1)
    for number, world in enumerate(worlds):
        world.person(f"赵甲{number}", salt=40 * number)
        world.certify()
        world.submitted(f"0990010{number}")
    return worlds


def test_the_file_holds_the_rows_of_the_page_for_each_districts_officer(two_districts, visit):
    seen = []
    for world in two_districts:
        client = visit(world.reviewer)
        page = client.get(reverse("desk-cases")).content.decode()
        mine = set(cases_for(world.reviewer).values_list("number", flat=True))
        found = {row[1] for row in body(sheet(client.get(reverse("desk-cases"), {"as": "xlsx"})))}
        assert found == mine
        assert all(number in page for number in found)
        seen.append(found)
    assert seen[0] - seen[1], "the two officers see different rows, else this shows nothing"
    assert seen[1] - seen[0]


def test_the_filter_of_the_page_is_the_filter_of_the_file(two_districts, visit):
    client = visit(two_districts[0].reviewer)
    every = body(sheet(client.get(reverse("desk-cases"), {"as": "xlsx"})))
    one = body(sheet(client.get(reverse("desk-cases"), {"as": "xlsx", "q": every[0][1]})))
    assert [row[1] for row in one] == [every[0][1]]


def test_every_list_has_its_button_and_its_file(two_districts, visit, city):
    for name, role in LISTS.items():
        client = visit(city.actor(role))
        assert "as=xlsx" in client.get(reverse(name)).content.decode(), name
        page = sheet(client.get(reverse(name), {"as": "xlsx"}))
        assert page.print_area, name
        assert page.freeze_panes, name
        assert page.cell(1, 1).value.endswith("表"), name


@pytest.mark.parametrize("name", OPEN)
def test_public_lists_too(city, client, name):
    assert "as=xlsx" in client.get(reverse(name)).content.decode()
    sheet(client.get(reverse(name), {"as": "xlsx"}))


def test_a_catalogue_too(city, client):
    publish(city, "general_training", ELECTRICIAN)
    address = reverse("catalogue", args=["general_training"])
    assert [row[2] for row in body(sheet(client.get(address, {"as": "xlsx", "on": "2020-10-01"})))] == ["电工"]
    assert body(sheet(client.get(address, {"as": "xlsx", "on": "2020-10-01", "q": "焊工"}))) == []


def test_a_formula_in_a_name_stays_text(rf, city):
    request = rf.get("/")
    request.today, request.actor = at("2020-10-12 09:00").date(), None
    nasty = ["=1+1", "+cmd", "-2", "@SUM(A1)", '=HYPERLINK("x")']
    answer = excel(request, "测试表", [Column("名称"), Column("人数", "count")], nasty, lambda text: [text, 1])
    page = sheet(answer)
    cells = [row[1] for row in page.iter_rows() if str(row[1].value)[1:] in nasty]
    assert [cell.value for cell in cells] == [f"'{text}" for text in nasty]  # also tame after an export to CSV
    assert {cell.data_type for cell in cells} == {"s"}
    total = next(row for row in page.iter_rows() if row[0].value == "合　计")
    assert total[2].data_type == "f"  # the control: the sheet's own sum is a formula
