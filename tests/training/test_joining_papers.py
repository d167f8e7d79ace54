"""Papers of people who join a confirmed class by a change (WH63.2.3)."""

import pytest

from peibu.kernel.errors import Refused
from peibu.papers.plain_papers import Part, plain_pdf
from peibu.training.actions.changes import start_change, write_people
from peibu.training.actions.cohorts import enrol
from peibu.training.actions.papers import keep_change_paper
from peibu.training.queries.papers import not_covered, papers_of_joining
from tests.city import at
from tests.training.road_world import WEIHAI_PLAN, technician, weihai, weihai_lessons
from tests.training.test_delivery_roads import committed, copies, staff

pytestmark = pytest.mark.django_db
CODE = "contract_copies"
PDF = plain_pdf(title="劳动合同", parts=[Part(heading="", paragraphs=["复印件"])], dated=at("2019-10-28 10:00").date())


@pytest.fixture
def road(city):
    return weihai(city)


@pytest.fixture
def change(road):
    """Of a confirmed class of two; the third and the fourth of the firm are to join."""
    cohort = road.cohort(road.signed(**WEIHAI_PLAN), weihai_lessons(road))
    lines = committed(road, staff(road, 4), technician())
    enrol(cohort=cohort, lines=lines[:2], by=road.by, at=road.now)
    copies(road, cohort)
    cohort.case.refresh_from_db()
    road.move(cohort.case, "submit", road.by)
    cohort.case.refresh_from_db()
    road.move(cohort.case, "confirm", road.city.actor("agency_reviewer", cohort.case.agency))
    cohort.refresh_from_db()
    change = start_change(cohort=cohort, reason="企业增派学员", by=road.by, at=road.now)
    write_people(change=change, leaving={}, joining=dict.fromkeys(lines[2:], "增派"), by=road.by, at=road.now)
    return change


def joining(change):
    return [row.line for row in change.people.select_related("line").order_by("line_id")]


def keep(road, change, lines, **told):
    values = {"code": CODE, "name": "劳动合同.pdf", "content": PDF} | told
    return keep_change_paper(change=change, lines=[row.pk for row in lines], by=road.by, at=road.now, **values)


def covered(change):
    (paper,) = papers_of_joining(change)
    return {row.pk for row in paper.covered}, {row.pk for row in paper.missing}


def test_a_file_covers_whom_it_names_and_the_agency_sees_who_is_missing(road, change):
    one, two = joining(change)
    assert covered(change) == (set(), {one.pk, two.pk})
    row = keep(road, change, [one])
    assert (row.case, row.facts) == (change.case, {"paper": CODE, "lines": [str(one.pk)]})
    assert covered(change) == ({one.pk}, {two.pk})
    keep(road, change, [two])
    assert covered(change) == ({one.pk, two.pk}, set())


def test_the_change_is_handed_in_only_with_everybodys_paper_and_covers_them_in_the_class(road, change):
    one, two = joining(change)
    keep(road, change, [one])
    with pytest.raises(Refused, match="劳动合同复印件"):
        road.move(change.case, "submit", road.by)
    keep(road, change, [two])
    change.case.refresh_from_db()
    road.move(change.case, "submit", road.by)
    change.case.refresh_from_db()
    road.move(change.case, "confirm", road.city.actor("agency_reviewer", change.case.agency))
    change.cohort.refresh_from_db()
    assert change.cohort.seats_taken == 4
    assert not_covered(change.cohort, CODE) == []


@pytest.mark.parametrize(
    ("told", "says"),
    [
        ({"code": "roster"}, "不需要上传"),
        ({"content": b"MZ" + b"\0" * 90, "name": "合同.exe"}, "不能保存"),
    ],
)
def test_what_is_no_such_paper_is_refused(road, change, told, says):
    with pytest.raises(Refused, match=says):
        keep(road, change, joining(change), **told)
    assert not change.case.documents.filter(facts__paper=CODE).exists()


def test_only_who_joins_is_named_only_by_the_own_unit_and_only_while_it_is_written(road, change, city):
    here = change.cohort.enrolments.first().line
    for lines in ([], [here]):
        with pytest.raises(Refused, match="新加入的学员"):
            keep(road, change, lines)
    stranger = next(a for a in (city.actor("provider", nth=n) for n in range(12)) if a.unit != road.unit)
    with pytest.raises(Refused, match="不属于您所在的单位"):
        keep_change_paper(
            change=change, code=CODE, lines=[row.pk for row in joining(change)], name="合同.pdf", content=PDF,
            by=stranger, at=road.now,
        )  # fmt: skip
    keep(road, change, joining(change))
    change.case.refresh_from_db()
    road.move(change.case, "submit", road.by)
    with pytest.raises(Refused, match="已提交"):
        keep(road, change, joining(change))
