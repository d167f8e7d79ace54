"""Questions about entries: what stands on a day, found by fragment, pinyin or initials."""

import datetime as dt
import functools
import operator

from django.db.models import Count, Q, QuerySet

from peibu.accounts.models import Division
from peibu.catalogue.enums import IMPORTED
from peibu.catalogue.fragments import asked, fold, grams
from peibu.catalogue.models import Entry
from peibu.kernel.errors import Refused

NEAR = 5


def standing(kind: str, *, on: dt.date) -> QuerySet[Entry]:
    """The entries of a catalogue that stand on a day, in the order of their codes."""
    rows = Entry.objects.filter(kind=kind, valid__contains=on)
    return rows.select_related("division", "unit__division").defer("words", "grams")


def matching(rows: QuerySet[Entry], query: str) -> QuerySet[Entry]:
    """Those in which every word of the query occurs: as name, code, institution, pinyin or initials of the pinyin.

    The pairs of characters narrow the rows down by their index; the comparison of the text decides.
    """
    for word in asked(query):
        pairs = grams(word)
        rows = rows.filter(grams__contains=pairs) if pairs else rows
        rows = rows.filter(words__contains=word)
    return rows


def narrowed(rows: QuerySet[Entry], *, industry: str = "", level: str = "", place: str = "") -> QuerySet[Entry]:
    """Only of an industry, a level, a place (key of the division of the institution, else of the publisher)."""
    wanted = Q()
    if industry:
        wanted &= Q(industry=industry)
    if level:
        wanted &= Q(level=level)
    if place:
        wanted &= Q(unit__isnull=False, unit__division_id=place) | Q(unit__isnull=True, division_id=place)
    return rows.filter(wanted)


def counted(rows: QuerySet[Entry], by: str) -> list[tuple[str, int]]:
    """(value, how many entries), the most frequent first; empty values left out."""
    found = rows.order_by().values_list(by).annotate(n=Count("pk")).order_by("-n", by)
    return [(value, n) for value, n in found if value]


def places_of(kind: str, *, on: dt.date) -> list[Division]:
    """The divisions that entries of a kind belong to, in the order of their codes."""
    rows = Entry.objects.filter(kind=kind, valid__contains=on).order_by()
    keys = {unit or own for own, unit in rows.values_list("division_id", "unit__division_id").distinct()}
    return sorted(Division.objects.filter(pk__in=keys), key=lambda row: (not row.code, row.code, row.name))


def occupation_named(text: str, *, on: dt.date) -> Entry:
    """The occupation of that code or name in any catalogue in force. Refused with the nearest names when there is none."""
    word = text.strip()
    rows = Entry.objects.filter(kind__in=IMPORTED, valid__contains=on).order_by("code", "level")
    found = rows.filter(Q(code__iexact=word) | Q(name=word)).first() if word else None
    if found is None:
        raise Refused(
            f"现行目录中没有“{word[:40]}”" if word else "没有填写职业（工种）", "no_occupation", _hint(rows, word)
        )
    return found


def _hint(rows: QuerySet[Entry], word: str) -> str:
    pairs = grams(fold(word))
    near = [Q(grams__contains=[pair]) for pair in pairs]
    names = rows.filter(functools.reduce(operator.or_, near)).values_list("name", flat=True) if near else []
    named = list(dict.fromkeys(names[:50]))[:NEAR] if near else []
    return f"请从目录中选择，相近的有：{'、'.join(named)}" if named else "请先在目录中查找，按目录中的名称或编码填写"
