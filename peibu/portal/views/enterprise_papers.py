"""Files an enterprise takes home: the template, the list of problems, the commitment, the roster."""

import json
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from peibu.accounts.access import only
from peibu.intake import write_problems, write_template
from peibu.kernel.errors import Problem, Refused
from peibu.kernel.identity import mask_id
from peibu.papers.class_papers import RosterColumn, RosterData, roster_pdf
from peibu.papers.commitments import CommitmentData, commitment_pdf
from peibu.papers.errors import PaperError
from peibu.papers.office_tables import Column, OfficeTable, office_table
from peibu.portal.views.enterprise import SENDERS, enterprise_policies, mine
from peibu.programmes.models import Commitment
from peibu.rulebook import load_policy
from peibu.training.models import SignUp, SignUpLine
from peibu.training.queries.signup import last_upload, lines_of
from peibu.training.roster import roster_spec

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
NUMERALS = "一二三四五六七八九十"


def _file(content: bytes, name: str, kind: str, *, inline: bool = False) -> HttpResponse:
    answer = HttpResponse(content, content_type=kind)
    answer["Content-Disposition"] = content_disposition_header(not inline, name)
    return answer


@only(*SENDERS)
def template(request: HttpRequest) -> HttpResponse:
    """The roster to fill in."""
    policies = enterprise_policies()
    wanted = request.GET.get("policy")
    policy = next((p for p in policies if p.path == wanted), policies[0] if policies and not wanted else None)
    if policy is None:
        raise Http404
    return _file(write_template(roster_spec(policy)), _("报名人员花名册模板.xlsx"), XLSX)


@only(*SENDERS)
def problems(request: HttpRequest, signup_id: UUID) -> HttpResponse:
    """What was wrong with the last roster, with the rows as they were typed."""
    upload = last_upload(mine(request, signup_id))
    if upload is None or not upload.problems:
        raise Http404
    rows = {int(number): row for number, row in json.loads(upload.wrong_rows or "{}").items()}
    return _file(write_problems(rows, [Problem(**row) for row in upload.problems]), _("花名册问题清单.xlsx"), XLSX)


@only(*SENDERS)
def commitment(request: HttpRequest, signup_id: UUID) -> HttpResponse:
    """The accepted commitment as PDF, from the text that was accepted, not from today's."""
    signup = mine(request, signup_id)
    if signup.commitment is None:
        raise Http404
    content = _made(commitment_pdf, _commitment(signup, signup.commitment))
    return _file(content, _("企业报名承诺书.pdf"), "application/pdf", inline=True)


def _commitment(signup: SignUp, kept: Commitment) -> CommitmentData:
    opening, *sentences = [line.strip() for line in kept.text.strip().splitlines() if line.strip()]
    organisation = getattr(kept.unit, "organisation", None)
    return CommitmentData(
        title=load_policy(kept.policy).texts["commitment"].title,
        version=kept.text_version,
        party=kept.unit.name,
        party_number=organisation.uscc if organisation else "",
        opening=opening,
        commitments=[_without_numeral(sentence) for sentence in sentences],
        accepted_at=kept.accepted_at,
        account=kept.user.username,
        accepted_by=kept.user.name,
        text_digest=("SHA-256", kept.text_sha256),
    )


def _without_numeral(sentence: str) -> str:
    """The paper numbers the sentences itself."""
    head, mark, rest = sentence.partition("、")
    return rest if mark and head and set(head) <= set(NUMERALS) else sentence


def _made(make, data) -> bytes:
    try:
        return make(data)
    except PaperError as problem:
        raise Refused(str(problem), "paper") from problem


@translation.override("zh-hans")  # the paper is Chinese in whatever language the page is read
def _cells(line: SignUpLine) -> list[str]:
    person = line.person
    decision = line.precheck.get_decision_display() if line.precheck else _("未预审")
    return [person.name, mask_id(person.id_number), line.post, line.told, line.level_evidence, decision]


@translation.override("zh-hans")  # the paper is Chinese in whatever language the page is read
def _fields(signup: SignUp) -> list[tuple[str, str]]:
    provider = signup.provider.name if signup.provider else _("未选择")
    committed = timezone.localtime(signup.committed_at).strftime("%Y-%m-%d %H:%M") if signup.committed_at else "—"
    return [(_("报名企业"), signup.enterprise.name), (_("承接单位"), provider), (_("报名时间"), committed)]


def _shown(signup: SignUp) -> list[SignUpLine]:
    """After committing the people who go; before, the whole draft."""
    rows = lines_of(signup)
    return list(rows.filter(active=True) if signup.state == "committed" else rows)


TITLES = ("姓名", "身份证号码", "职务", "管理层级", "层级依据", "预审")


@only(*SENDERS)
def roster_pdf_file(request: HttpRequest, signup_id: UUID) -> HttpResponse:
    """The roster to print, numbers masked."""
    signup = mine(request, signup_id)
    weights = (1, 2, 1.5, 0.8, 1.8, 0.8)
    data = RosterData(
        title=f"{load_policy(signup.policy).card['short_title']}报名人员花名册",
        fields=_fields(signup),
        columns=[RosterColumn(title=title, weight=w) for title, w in zip(TITLES, weights, strict=True)],
        rows=[_cells(line) for line in _shown(signup)],
        printed_on=request.today,
    )
    return _file(_made(roster_pdf, data), _("报名人员花名册.pdf"), "application/pdf", inline=True)


@only(*SENDERS)
def roster_table(request: HttpRequest, signup_id: UUID) -> HttpResponse:
    """The roster as an Excel table, numbers masked."""
    signup = mine(request, signup_id)
    widths = (12, 22, 20, 12, 24, 10)
    table = OfficeTable(
        title=f"{load_policy(signup.policy).card['short_title']}报名人员花名册",
        columns=[Column("序号", "serial"), *(Column(t, width=w) for t, w in zip(TITLES, widths, strict=True))],
        rows=[_cells(line) for line in _shown(signup)],
        subtitle=[f"{label}：{value}" for label, value in _fields(signup)],
        totals=False,
        dated=request.today,
    )
    return _file(_made(office_table, table), _("报名人员花名册.xlsx"), XLSX)
