"""Two Chinese characters, the full pinyin or its initials find an occupation; two years of words do not slow it down."""

import pytest
from django.db import connection

from peibu.catalogue.enums import CatalogueKind
from peibu.catalogue.fragments import grams, sounds, words_of
from peibu.catalogue.models import Entry
from peibu.catalogue.queries.entries import counted, matching, narrowed, occupation_named, standing
from peibu.kernel.errors import Refused
from tests.catalogue.shelf import DAY, ELECTRICIAN, NURSE, WELDER, publish

pytestmark = pytest.mark.django_db


@pytest.fixture
def shelf(city):
    return publish(city, "general_training", ELECTRICIAN, WELDER, NURSE)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("电工", ["电工"]),
        ("护理", ["养老护理员"]),
        ("工", ["焊工", "电工"]),
        ("diangong", ["电工"]),
        ("DianGong", ["电工"]),
        ("dg", ["电工"]),
        ("ylhly", ["养老护理员"]),
        ("huli yang", ["养老护理员"]),
        ("6-31", ["电工"]),
        ("６-３１", ["电工"]),
        ("老理", []),
        ("电工 焊工", []),
        ("%", []),
        ("__", []),
        ("|", ["养老护理员", "焊工", "电工"]),
        ("", ["养老护理员", "焊工", "电工"]),
    ],
)
def test_fragments_sounds_and_initials_find(shelf, query, found):
    rows = matching(standing("general_training", on=DAY), query)
    assert sorted(row.name for row in rows) == found


def test_filters_and_counts(shelf):
    rows = standing("general_training", on=DAY)
    assert counted(rows, "industry") == [("装备制造", 2), ("健康养老", 1)]
    assert [row.name for row in narrowed(rows, industry="装备制造", level="technician")] == ["焊工"]
    assert narrowed(rows, place=str(shelf.division_id)).count() == 3


def test_sounds_of_characters_with_two_readings():
    assert sounds("银行会计") == ("yinhangkuaiji", "yhkj")


def test_an_unknown_occupation_is_refused_with_what_is_near(shelf):
    with pytest.raises(Refused) as refused:
        occupation_named("电焊工", on=DAY)
    assert "焊工" in refused.value.remedy
    assert occupation_named("焊工", on=DAY).code == "6-18-02-04"
    assert occupation_named("6-31-01-03", on=DAY).name == "电工"


def test_two_characters_use_the_index(shelf):
    """The planner must be able to find two characters by the index; without pairs it could only read everything."""
    row = Entry.objects.first()
    fields = {name: getattr(row, name) for name in ("kind", "division", "valid", "opened_by", "level")}
    rows = []
    for number in range(6000):
        name = f"工种{number:05}"
        words = words_of(name, f"X-{number}")
        rows.append(Entry(**fields, code=f"X-{number}", name=name, words=words, grams=grams(words)))
    Entry.objects.bulk_create(rows, batch_size=2000)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE catalogue_entry")
    plan = matching(Entry.objects.filter(kind=CatalogueKind.GENERAL), "护理").explain()
    assert "entry_fragments" in plan
    whole = Entry.objects.filter(kind=CatalogueKind.GENERAL, words__contains="护理").explain()
    assert "entry_fragments" not in whole  # the control: text alone reads the table
