"""A person's own claims, made for a phone: what can be claimed, the account, what nobody knows, handing in, the answer."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from peibu.accounts.access import only
from peibu.accounts.enums import Role
from peibu.accounts.models import Division
from peibu.casework.actions import move_case
from peibu.casework.notices import notice_of
from peibu.casework.processes import process_of
from peibu.casework.queries import possible_moves, state_label, timeline
from peibu.claims.actions.drafts import draft_own_claim
from peibu.claims.actions.evidence import attach_paper
from peibu.claims.claimable import own_claimable
from peibu.claims.models import Claim
from peibu.claims.needs import needs_of
from peibu.claims.papers import DECIDED, letter_of
from peibu.claims.permissions import can_edit
from peibu.claims.queries import claims_for, lines_of
from peibu.claims.routing import work_of
from peibu.kernel.errors import Refused
from peibu.portal.claim_details import details_of
from peibu.portal.forms_claims import AccountForm, StatedFacts, stated_form
from peibu.portal.views.claims import PLACE, ROAD
from peibu.registry.actions import replace_own_account
from peibu.registry.queries import own_account, person_by_key

UNPROCESSABLE = 422


@only(Role.TRAINEE)
def index(request: HttpRequest) -> HttpResponse:
    """My claims, and what I can claim: each with what today's knowledge says of it."""
    rows = [(row, state_label(row.case, on=request.today, for_applicant=True)) for row in claims_for(request.actor)]
    found = own_claimable(request.actor, at=request.now)
    person = person_by_key(request.actor.person_key) if request.actor.person_key else None
    known = person is not None and work_of(person, at=request.now) is not None
    context = {
        "rows": rows,
        "open": [one for one in found if not one.hopeless],
        "hopeless": [one for one in found if one.hopeless],
        "districts": [] if known else Division.objects.filter(units__kind="agency").distinct(),
    }
    return render(request, "portal/trainee/claims.html", context)


@only(Role.TRAINEE, writes=True)
@require_POST
def draft(request: HttpRequest) -> HttpResponse:
    """Start a claim from what can be claimed."""
    post = request.POST
    wanted = (post.get("policy", ""), post.get("subject", ""), post.get("cohort", ""), post.get("held", ""))
    chosen = next((one for one in own_claimable(request.actor, at=request.now) if _same(one, wanted)), None)
    if chosen is None:
        raise Http404
    district = Division.objects.filter(units__kind="agency", code=post.get("district", "-")).first()
    claim = draft_own_claim(
        offer=chosen.offer,
        cohort=chosen.cohort,
        held=chosen.held,
        district=district,
        by=request.actor,
        at=request.now,
    )
    return redirect("trainee-claim", claim_id=claim.pk)


def _same(one, wanted: tuple[str, str, str, str]) -> bool:
    cohort, held = (str(row.pk) if row else "" for row in (one.cohort, one.held))
    return (one.offer.policy, one.offer.subject, cohort, held) == wanted


def _claim(request: HttpRequest, claim_id: UUID) -> Claim:
    return get_object_or_404(claims_for(request.actor), pk=claim_id)


@only(Role.TRAINEE)
def show(request: HttpRequest, claim_id: UUID) -> HttpResponse:
    return _page(request, _claim(request, claim_id))


def _page(
    request: HttpRequest,
    claim: Claim,
    *,
    form: AccountForm | None = None,
    facts: StatedFacts | None = None,
    status: int = 200,
) -> HttpResponse:
    case, lines = claim.case, list(lines_of(claim))
    flow = process_of(case.policy, case.process, on=request.today)
    standing = own_account(claim.person, on=request.today)
    context = {
        "claim": claim,
        "case": case,
        "line": lines[0],
        "state": state_label(case, on=request.today, for_applicant=True),
        "road": [(code, flow.states[code].said(for_applicant=True)) for code in ROAD if code in flow.states],
        "place": PLACE.get(case.state, case.state),
        "needs": needs_of(claim, on=request.today),
        "moves": possible_moves(request.actor, case, on=request.today),
        "editable": bool(can_edit(request.actor, claim)),
        "account": standing,
        "account_form": form or AccountForm(),
        "events": timeline(case, for_applicant=True),
        "notice": notice_of(case),
        "decided": case.state in DECIDED,
        **details_of(claim, lines, facts=facts),
    }
    return render(request, "portal/trainee/claim.html", context, status=status)


@only(Role.TRAINEE, writes=True)
@require_POST
def account(request: HttpRequest, claim_id: UUID) -> HttpResponse:
    """The account the money goes to, in the own name."""
    claim = _claim(request, claim_id)
    form = AccountForm(request.POST)
    if form.is_valid():
        try:
            replace_own_account(person=claim.person, by=request.actor, at=request.now, **form.cleaned_data)
            messages.success(request, _("收款账户已登记"))
            return redirect("trainee-claim", claim_id=claim.pk)
        except Refused as refusal:
            form.add_error(None, refusal.sentence())
    return _page(request, claim, form=form, status=UNPROCESSABLE)


@only(Role.TRAINEE, writes=True)
@require_POST
def state(request: HttpRequest, claim_id: UUID) -> HttpResponse:
    """State what no register knows."""
    claim = _claim(request, claim_id)
    form = stated_form(claim, data=request.POST, files=request.FILES)
    if not form.is_valid():
        return _page(request, claim, facts=form, status=UNPROCESSABLE)
    form.keep(claim, by=request.actor, at=request.now)
    messages.success(request, _("已保存，并按最新资料重新判定"))
    return redirect("trainee-claim", claim_id=claim.pk)


@only(Role.TRAINEE, writes=True)
@require_POST
def attach(request: HttpRequest, claim_id: UUID, code: str) -> HttpResponse:
    """Upload a paper that the folder asks for."""
    claim, scan = _claim(request, claim_id), request.FILES.get("scan")
    if scan is None:
        raise Refused("没有选择文件", "scan_missing", "请选择要上传的PDF或照片")
    attach_paper(claim=claim, code=code, name=scan.name, content=scan.read(), by=request.actor, at=request.now)
    messages.success(request, _("材料已保存"))
    return redirect("trainee-claim", claim_id=claim.pk)


@only(Role.TRAINEE, writes=True)
@require_POST
def move(request: HttpRequest, claim_id: UUID) -> HttpResponse:
    """Hand in, hand in again, withdraw."""
    claim = _claim(request, claim_id)
    told = {"move": request.POST.get("move", ""), "reason": request.POST.get("reason", "")}
    move_case(case=claim.case, by=request.actor, at=request.now, **told)
    claim.case.refresh_from_db()
    label = state_label(claim.case, on=request.today, for_applicant=True).label
    messages.success(request, _("已办理，当前状态：%(state)s") % {"state": label})
    return redirect("trainee-claim", claim_id=claim.pk)


@only(Role.TRAINEE)
def letter(request: HttpRequest, claim_id: UUID) -> HttpResponse:
    """The decision letter as it was kept."""
    claim = _claim(request, claim_id)
    answer = HttpResponse(letter_of(claim), content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="{claim.case.number}-decision.pdf"'
    return answer
