"""Catalogues in a real browser at both widths: search, a wish, a new edition, a list as Excel; axe finds nothing."""

import io
from pathlib import Path

import openpyxl
import pytest
from django.urls import reverse

from peibu.accounts import clock
from peibu.catalogue.models import Demand, Edition
from peibu.demo.loader.catalogues import LEVELS, OCCUPATIONS, load_catalogues
from peibu.demo.loader.players import Players
from tests.browser.test_oversight import enter
from tests.catalogue.shelf import book
from tests.city import at, stage

pytestmark = pytest.mark.django_db(transaction=True)
NOW = at("2020-12-01 10:00")


@pytest.fixture
def city(transactional_db):
    found = stage()
    load_catalogues(found.loaded, Players(found.loaded), at=NOW)
    clock.move_to(NOW)
    return found


@pytest.fixture
def look(desktop, phone, axe, shot):
    def at_both_widths(name, address):
        for page, end in ((desktop, ""), (phone, "-phone")):
            page.goto(address)
            page.wait_for_load_state("networkidle")
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{name}{end} is too wide"
            shot(page, f"catalogue-{name}{end}")
            axe(page)

    return at_both_widths


def test_search_wish_and_export(city, site, desktop, phone, look, axe, shot):
    look("index", reverse("catalogues"))
    scarce = reverse("catalogue", args=["scarce_occupations"])
    look("scarce", scarce)
    look("specialities", reverse("catalogue", args=["institution_specialities"]))
    look("demand", reverse("catalogue", args=["workers_demand"]))
    look("balance", reverse("demand-supply"))
    for page in (desktop, phone):
        for words, name in (("护理", "养老护理员"), ("hangong", "焊工"), ("dg", "电工")):
            page.goto(scarce)
            page.locator("input#q").fill(words)
            page.get_by_role("button", name="查找").click()
            page.get_by_role("rowheader", name=name, exact=True).wait_for()
        page.goto(reverse("demand"))
        page.get_by_label("想学的职业（工种）").fill("电焊")
        page.get_by_label("您所在的区（市）").select_option(label="青岛市黄岛区")
        page.get_by_role("button", name="登记", exact=True).click()
        page.get_by_text("现行目录中没有“电焊”").wait_for()
        shot(page, f"catalogue-wish-{'phone' if page is phone else 'desktop'}")
        axe(page)
        page.get_by_label("想学的职业（工种）").fill("焊工")
        before = Demand.objects.count()
        page.get_by_role("button", name="登记", exact=True).click()
        page.get_by_text("已登记：焊工").wait_for()
        assert Demand.objects.count() == before + 1
    desktop.goto(scarce)
    with desktop.expect_download() as download:
        desktop.get_by_role("link", name="导出 Excel").click()
    rows = list(openpyxl.load_workbook(io.BytesIO(Path(download.value.path()).read_bytes())).active.values)
    assert rows[0][0] == "紧缺急需职业（工种）目录"
    assert sum(isinstance(row[0], int) for row in rows) == 6


def test_a_new_edition_is_compared_before_it_holds(city, site, desktop, phone, look, axe, shot):
    enter(site, city.actor("city_bureau"), desktop, phone)
    look("desk", reverse("desk-catalogues"))
    rows = [{"code": c, "name": n, "level": level, "industry": i} for c, n, i in OCCUPATIONS[1:] for level in LEVELS]
    rows.append({"code": "4-13-05-05", "name": "有害生物防制员", "level": "初级工", "industry": "生活服务"})
    rows[0] = rows[0] | {"note": "按新的国家职业标准"}
    desktop.goto(reverse("desk-catalogues"))
    desktop.get_by_label("标题").fill("2021年目录")
    desktop.get_by_label("依据（文号）").fill("演示〔2020〕9号")
    desktop.get_by_label("生效日期").fill("2021-01-01")
    file = {"name": "2021.xlsx", "mimeType": "application/octet-stream", "buffer": book(*rows)}
    desktop.locator("input[type=file]").set_input_files(file)
    desktop.get_by_role("button", name="上传并核对").click()
    desktop.get_by_role("heading", name="与现行目录的差异").wait_for()
    edition = Edition.objects.get(title="2021年目录")
    look("difference", reverse("desk-catalogue-edition", args=[edition.pk]))
    desktop.get_by_role("button", name="确认生效").click()
    desktop.get_by_text("已发布，自生效日期起").wait_for()
    assert Edition.objects.get(pk=edition.pk).state == "in_force"
