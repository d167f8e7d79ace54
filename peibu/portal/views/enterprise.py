"""The enterprise's start page and its sign-ups: where we stand, what is left, what comes next (QD97.1, 3.3, 4.1)."""

import dataclasses
import datetime as dt
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from peibu.accounts.access import only
from peibu.accounts.actor import Actor
from peibu.accounts.enums import Role
from peibu.accounts.models import Unit
from peibu.portal import list_exports
from peibu.programmes.models import Quota
from peibu.programmes.queries import current_policies, quotas, running_policies
from peibu.registry.facts import enterprise_facts
from peibu.registry.models import RegisterEntry
from peibu.rulebook import Judgement, Policy
from peibu.theme.exports import excel_asked
from peibu.training.actions.cohorts import usual_size
from peibu.training.actions.signup import start_signup, withdraw_signup
from peibu.training.enums import SignUpState
from peibu.training.models import SignUp
from peibu.training.permissions.signup import may_enrol
from peibu.training.queries.signup import counts, enrolled, history, lines_of, signups_of, stops

PAGE = 50
SENDERS = (Role.ENTERPRISE, Role.PROVIDER)  # an institution enrols whom it recruits, where the document lets it


@dataclasses.dataclass(frozen=True)
class Open:
    """A policy that asks nothing of the enterprise itself."""

    decision: str = "pass"
    findings: tuple = ()


OPEN = Open()


@dataclasses.dataclass(frozen=True)
class Programme:
    """One policy as this enterprise meets it today. `judgement` is None before the policy's first day."""

    policy: Policy
    since: dt.date
    until: dt.date | None
    is_open: bool
    judgement: Judgement | Open | None
    entries: list[RegisterEntry]
    quotas: list[Quota]
    class_size: int | None
    draft: SignUp | None
    next_steps: list[tuple[str, str]]

    @property
    def may_start(self) -> bool:
        return self.is_open and self.judgement is not None and self.judgement.decision == "pass"


def mine(request: HttpRequest, signup_id: UUID) -> SignUp:
    """A sign-up of the actor's own enterprise; any other does not exist."""
    return get_object_or_404(signups_of(request.actor), pk=signup_id)


def enterprise_policies() -> list[Policy]:
    """The policies under which an enterprise sends its people."""
    return [policy for policy in running_policies() if "enrolment" in policy.subjects]


def policies_for(actor: Actor) -> list[Policy]:
    """Those of them under which this sender may enrol people."""
    return [policy for policy in enterprise_policies() if may_enrol(actor, policy.path)]


@only(Role.ENTERPRISE)
def home(request: HttpRequest) -> HttpResponse:
    """Am I on the list, how many places are left, what have I signed up, what comes next."""
    rows = signups_of(request.actor)
    context = {
        "programmes": [_programme(p, request.actor.unit, rows, request) for p in enterprise_policies()],
        "signups": rows[:5],
        "kpis": _figures(rows),
    }
    return render(request, "portal/enterprise/home.html", context)


def _figures(rows) -> list[dict]:
    committed = [row for row in rows if row.state == SignUpState.COMMITTED]
    drafts = sum(row.state == SignUpState.DRAFT for row in rows)
    in_class = sum(enrolled(row).count() for row in committed)
    return [
        {"label": _("待完成报名（份）"), "value": drafts, "tone": "mine"},
        {"label": _("已报名（份）"), "value": len(committed), "tone": "rest"},
        {"label": _("已报名人数"), "value": sum(row.sent for row in committed), "tone": "rest"},
        {"label": _("已编入班次人数"), "value": in_class, "tone": "rest"},
    ]


def _programme(policy: Policy, unit: Unit, rows, request: HttpRequest) -> Programme:
    on, now = request.today, request.now
    force = policy.card["in_force"]
    since, until = force["from"], force.get("subsidy_until") or force.get("until")
    judgement = None
    if on >= since and "enterprise" not in policy.subjects:
        judgement = OPEN
    elif on >= since:
        facts = enterprise_facts(unit, on=on, known_at=now)
        judgement = policy.judge("enterprise", facts, on=on, known_at=now)
    size = usual_size(policy.path, on=on) if on >= since else None
    draft = rows.filter(policy=policy.path, state=SignUpState.DRAFT).first()
    entries = []  # the registers say something only where the document asks who the enterprise is
    if "enterprise" in policy.subjects:
        entries = RegisterEntry.objects.filter(unit=unit, known_at__lte=now).order_by("register", "-valid_from")
    committed = rows.filter(policy=policy.path, state=SignUpState.COMMITTED)
    listed = judgement is not None and judgement.decision == "pass"
    steps = _next_steps(draft, committed, on) if listed or draft or committed else _until_listed(judgement)
    return Programme(
        policy=policy,
        since=since,
        until=until,
        is_open=on >= since and (until is None or on <= until),
        judgement=judgement,
        entries=list(entries),
        quotas=list(quotas(policy.path)),
        class_size=size,
        draft=draft,
        next_steps=steps,
    )


def _next_steps(draft: SignUp | None, committed, on: dt.date) -> list[tuple[str, str]]:
    """What to do now, each with whose turn it is."""
    if draft:
        ahead = [stop.label for stop in stops(draft, on=on) if not stop.done]
        return [(label, _("由本企业办理")) for label in ahead]
    if committed:
        return [
            (_("编班和开班备案"), _("由承接单位办理，公共就业服务机构确认")),
            (_("参加培训和考核"), _("由参训人员完成，扫码签到")),
            (_("申领培训补贴"), _("取得合格证书后由本企业办理")),
        ]
    return [
        (_("下载花名册模板并填写"), _("由本企业办理")),
        (_("上传名册，逐人预审"), _("由本企业办理，系统判定")),
        (_("选择承接单位，确认承诺书"), _("由本企业办理")),
    ]


def _until_listed(judgement: Judgement | None) -> list[tuple[str, str]]:
    """What an enterprise that cannot sign up may do."""
    if judgement is None:
        return [(_("等待政策开始执行"), _("可先下载模板准备名册"))]
    return [
        (_("核实本企业是否应列入名单"), _("名单由市级主管部门认定和公布")),
        (_("列入后再报名"), _("列入当天即可办理")),
    ]


@only(*SENDERS)
def signups(request: HttpRequest) -> HttpResponse:
    """All sign-ups of my enterprise."""
    if excel_asked(request):
        return list_exports.signups(request, signups_of(request.actor))
    page = Paginator(signups_of(request.actor), PAGE).get_page(request.GET.get("page"))
    policies = {policy.path: policy for policy in current_policies()}
    context = {
        "page": page,
        "rows": [(row, policies[row.policy]) for row in page],
        "policies": policies_for(request.actor),
    }
    return render(request, "portal/enterprise/signups.html", context)


@only(*SENDERS, writes=True)
def start(request: HttpRequest) -> HttpResponse:
    """Begin a sign-up, or go on with the draft there is."""
    if request.method != "POST":
        return redirect("enterprise-signups")
    if request.POST.get("policy") not in {policy.path for policy in policies_for(request.actor)}:
        raise Http404
    signup = start_signup(
        policy=request.POST["policy"], enterprise=request.actor.unit, by=request.actor, at=request.now
    )
    return redirect("enterprise-signup-roster", signup_id=signup.pk)


@only(*SENDERS)
def show(request: HttpRequest, signup_id: UUID) -> HttpResponse:
    """One sign-up: state, people, papers, history."""
    signup = mine(request, signup_id)
    policy = next(p for p in current_policies() if p.path == signup.policy)
    page = Paginator(lines_of(signup), PAGE).get_page(request.GET.get("page"))
    places = {row.line_id: row.cohort for row in enrolled(signup)}
    context = {
        "signup": signup,
        "policy": policy,
        "page": page,
        "rows": [(line, places.get(line.pk)) for line in page],
        "numbers": counts(signup),
        "events": history(signup),
        "stops": stops(signup, on=request.today),
        "withdrawable": signup.state != SignUpState.WITHDRAWN and not places,
        "in_class": len(places),
    }
    return render(request, "portal/enterprise/signup.html", context)


@only(*SENDERS, writes=True)
def withdraw(request: HttpRequest, signup_id: UUID) -> HttpResponse:
    """Withdraw a draft or a committed sign-up."""
    signup = mine(request, signup_id)
    if request.method == "POST":
        withdraw_signup(signup=signup, by=request.actor, at=request.now, reason=request.POST.get("reason", ""))
        messages.success(request, _("报名已撤回，占用的名额已退回。"))
    return redirect("enterprise-signup", signup_id=signup.pk)
