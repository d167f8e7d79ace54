"""The class's sign-in sheet as data for the paper."""

import datetime as dt

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from peibu.kernel.errors import Refused
from peibu.papers.class_papers import SignInSession, SignInSheetData, signin_sheet_pdf
from peibu.papers.errors import PaperError
from peibu.training.models import Cohort, Session
from peibu.training.queries.attendance import active_people

NOON, EVENING = 12, 18


@translation.override("zh-hans")  # the paper is Chinese in whatever language the page is read
def sheet_of(cohort: Cohort, *, on: dt.date) -> bytes:
    """The PDF: every session a column, every active person a row."""
    people = [(row.person.name, row.enterprise.name) for row in active_people(cohort)]
    fields = [(_("承接单位"), cohort.provider.name), (_("班次"), cohort.name), (_("地点"), cohort.venue or "—")]
    if cohort.opens_on and cohort.ends_on:
        fields.append((_("培训时间"), f"{cohort.opens_on:%Y-%m-%d} — {cohort.ends_on:%Y-%m-%d}"))
    sheet = SignInSheetData(
        class_title=cohort.name,
        fields=fields,
        sessions=[_column(row) for row in cohort.sessions.order_by("starts_at")],
        persons=people,
        printed_on=on,
    )
    try:
        return signin_sheet_pdf(sheet)
    except PaperError as problem:
        raise Refused(str(problem), "no_sheet", _("请按提示更正后重新打印")) from problem


def _column(row: Session) -> SignInSession:
    starts, ends = timezone.localtime(row.starts_at), timezone.localtime(row.ends_at)
    part = _("上午") if starts.hour < NOON else _("下午") if starts.hour < EVENING else _("晚上")
    return SignInSession(held_on=starts.date(), part=part, time=f"{starts:%H:%M}–{ends:%H:%M}", topic=row.subject)
