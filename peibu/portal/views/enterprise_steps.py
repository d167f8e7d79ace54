"""The four steps of a sign-up: roster, pre-check, provider, commitment (QD97.3.3)."""

import dataclasses
import datetime as dt
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from peibu.accounts.access import only
from peibu.accounts.models import Unit
from peibu.casework.enums import Decision
from peibu.kernel.errors import Problem, Refused
from peibu.portal.forms_enterprise import CheckForm, CommitmentForm, PersonForm, RosterForm
from peibu.portal.questions import INSURANCE, needed
from peibu.portal.views.enterprise import SENDERS, mine
from peibu.programmes.queries import quotas
from peibu.rulebook import Policy, load_policy
from peibu.rulebook.records import InsuranceRun
from peibu.training.actions.cohorts import usual_size
from peibu.training.actions.roster import add_person, receive_roster
from peibu.training.actions.signup import choose_provider, commit_signup, may_be_included, precheck, remove_line
from peibu.training.enums import SignUpState
from peibu.training.facts.signup import LineFacts, line_facts
from peibu.training.models import RosterUpload, SignUp, SignUpLine
from peibu.training.queries.signup import (
    commitment_text,
    counts,
    last_upload,
    lines_of,
    offers,
    stale_reason,
    stops,
)

PAGE = 20
# A contribution paid for another enterprise does not count here: for the strip the month is a gap.
STRIP = {"normal": "paid", "arrears": "arrears", "undetermined": "arrears", "unknown": "unknown", "elsewhere": "gap"}
STRIP_MONTHS = 24
SUBJECT = "enrolment"
UNPROCESSABLE = 422


def _frame(request: HttpRequest, signup: SignUp, current: str) -> dict:
    """What the four pages share."""
    found = stops(signup, on=request.today)
    return {
        "signup": signup,
        "policy": load_policy(signup.policy),
        "current": current,
        "steps_list": [(stop.code, stop.label) for stop in found],
        "numbers": counts(signup),
        "stale": stale_reason(signup, on=request.today),
    }


def _closed(signup: SignUp) -> HttpResponse | None:
    """A sign-up that is no draft any more has no steps, only its page."""
    return redirect("enterprise-signup", signup_id=signup.pk) if signup.state != SignUpState.DRAFT else None


# --- 1 roster ----------------------------------------------------------------------------------------------------


@only(*SENDERS, writes=True)
def roster(request: HttpRequest, signup_id: UUID) -> HttpResponse:
    """Upload the roster, see what is wrong with it, add or remove single people."""
    signup = mine(request, signup_id)
    if away := _closed(signup):
        return away
    form = RosterForm(request.POST or None, request.FILES or None)
    if request.method == "POST":
        if form.is_valid():
            return _received(request, signup, form.cleaned_data["roster"])
        return _roster_page(request, signup, form, _person_form(signup), status=UNPROCESSABLE)
    return _roster_page(request, signup, RosterForm(), _person_form(signup))


def _person_form(signup: SignUp, data=None) -> PersonForm:
    return PersonForm(data, policy=load_policy(signup.policy))


def _received(request: HttpRequest, signup: SignUp, file) -> HttpResponse:
    upload = receive_roster(signup=signup, name=file.name, content=file.read(), by=request.actor, at=request.now)
    if upload.finished and not upload.problems:
        messages.success(request, _("已导入 %(number)d 人，并完成预审。") % {"number": upload.people})
        for note in upload.notes[:5]:
            messages.info(request, note)
        return redirect("enterprise-signup-check", signup_id=signup.pk)
    return redirect("enterprise-signup-roster", signup_id=signup.pk)


def _roster_page(
    request: HttpRequest, signup: SignUp, form: RosterForm, person: PersonForm, status: int = 200
) -> HttpResponse:
    upload = last_upload(signup)
    page = Paginator(lines_of(signup), PAGE).get_page(request.GET.get("page"))
    context = _frame(request, signup, "roster") | {
        "form": form,
        "person_form": person,
        "page": page,
        "upload": upload,
        "problems_found": [Problem(**row) for row in upload.problems] if upload else [],
        "job": _bar(upload) if upload and not upload.finished else None,
    }
    return render(request, "portal/enterprise/roster.html", context, status=status)


def _bar(upload: RosterUpload) -> dict:
    bar = upload.progress
    percent = 100 * bar.done // bar.total if bar and bar.total else 0
    note = _("共 %(number)d 人，正在核对身份和预审，可以离开本页，稍后回来查看。") % {"number": upload.people}
    label = bar.title if bar else upload.name
    return {"id": upload.pk, "label": label, "percent": percent, "note": note, "done": False}


@only(*SENDERS)
def job(request: HttpRequest, signup_id: UUID) -> HttpResponse:
    """The progress bar of a long roster, asked every second; when the work is over the page is shown anew."""
    signup = mine(request, signup_id)
    upload = last_upload(signup)
    if upload is None or upload.finished:
        answer = HttpResponse()
        answer["HX-Refresh"] = "true"
        return answer
    return render(request, "portal/enterprise/parts/job.html", {"job": _bar(upload), "signup": signup})


@only(*SENDERS, writes=True)
def add(request: HttpRequest, signup_id: UUID) -> HttpResponse:
    """Add one person; what is wrong is said beside the form."""
    signup = mine(request, signup_id)
    if request.method != "POST":
        return redirect("enterprise-signup-roster", signup_id=signup.pk)
    form = _person_form(signup, request.POST)
    if form.is_valid():
        try:
            line = add_person(signup=signup, **form.person(), by=request.actor, at=request.now)
        except Refused as refused:
            form.add_error(None, refused.sentence())
        else:
            messages.success(request, _("已添加%(name)s。名单有变动，提交前请重新预审。") % {"name": line.person.name})
            return redirect("enterprise-signup-roster", signup_id=signup.pk)
    return _roster_page(request, signup, RosterForm(), form, status=UNPROCESSABLE)


@only(*SENDERS, writes=True)
def remove(request: HttpRequest, signup_id: UUID, line_id: UUID) -> HttpResponse:
    """Take a person off the list; a line that is gone already is no error."""
    signup = mine(request, signup_id)
    line = signup.lines.select_related("person", "signup").filter(pk=line_id).first()
    if request.method == "POST" and line:
        remove_line(line=line, by=request.actor, at=request.now)
        messages.success(request, _("已移除%(name)s。名单有变动，提交前请重新预审。") % {"name": line.person.name})
    return redirect("enterprise-signup-roster", signup_id=signup.pk)


# --- 2 pre-check -------------------------------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True)
class Checked:
    """One person's result as the page shows it."""

    line: SignUpLine
    first: dict | None
    months: list[dict]
    notes: list[str]


@only(*SENDERS, writes=True)
def check(request: HttpRequest, signup_id: UUID) -> HttpResponse:
    """Judge everybody, and show per person the decision, the reasons by clause, the nearest fix, the months."""
    signup = mine(request, signup_id)
    if away := _closed(signup):
        return away
    form = CheckForm(request.POST or None, initial={"expected_claim_on": signup.expected_claim_on})
    if request.method == "POST" and form.is_valid():
        day = form.cleaned_data["expected_claim_on"]
        precheck(signup=signup, by=request.actor, at=request.now, expected_claim_on=day)
        messages.success(request, _("预审完成，结果按今天的登记信息和规则判定。"))
        return redirect("enterprise-signup-check", signup_id=signup.pk)
    shown = request.GET.get("show", "")
    page = Paginator(lines_of(signup, shown), PAGE).get_page(request.GET.get("page"))
    context = _frame(request, signup, "check")
    context |= {"form": form, "page": page, "shown": shown, "people": _checked(signup, list(page))}
    context["filters"] = _filters(context["numbers"], shown)
    return render(request, "portal/enterprise/check.html", context, status=UNPROCESSABLE if form.errors else 200)


def _filters(numbers: dict[str, int], shown: str) -> list[dict]:
    words = [("", _("全部"), numbers["all"])]
    words += [(str(d), Decision(d).label, numbers[d]) for d in Decision]
    return [{"code": c, "label": t, "number": n, "current": c == shown} for c, t, n in words]


def _checked(signup: SignUp, lines: list[SignUpLine]) -> list[Checked]:
    """The months are read as they were known when the line was judged."""
    by_moment: dict[tuple, list[SignUpLine]] = {}
    for line in lines:
        if line.precheck:
            by_moment.setdefault((line.precheck.on, line.precheck.known_at), []).append(line)
    found, policy = {}, load_policy(signup.policy)
    for (on, known_at), some in by_moment.items():
        found |= line_facts(signup, some, on=on, known_at=known_at)
    return [_one(line, found.get(line.pk), policy) for line in lines]


def _one(line: SignUpLine, facts: LineFacts | None, policy: Policy) -> Checked:
    """The months only where the document counts them; the level only where the roster has it."""
    if line.precheck is None or facts is None:
        return Checked(line, None, [], [])
    months = _strip(facts.run) if INSURANCE & set(needed(policy, SUBJECT, line.precheck.on)) else []
    notes = _notes(line, facts, leads=not policy.delivery.roster, insured=bool(months))
    return Checked(line, _one_reason(line.precheck.findings), months, notes)


def _notes(line: SignUpLine, facts: LineFacts, *, leads: bool, insured: bool) -> list[str]:
    """What the strip and the findings do not say by themselves. leads: the roster has the management level."""
    notes, employment = [], facts.employment
    if employment is None:
        notes.append(_("就业登记系统中没有此人在本企业的记录。"))
    elif leads and employment.level not in ("unknown", line.level):
        words = {"stated": line.get_level_display(), "known": employment.get_level_display()}
        notes.append(_("名册填报为%(stated)s，就业登记为%(known)s，请核对；企业对填报信息负责。") % words)
    elsewhere = sum(mark.kind == "elsewhere" for mark in facts.run.months[-STRIP_MONTHS:])
    if insured and elsewhere:
        notes.append(_("其中%(number)d个月在其他单位缴费，不计入本企业。") % {"number": elsewhere})
    return notes


def _strip(run: InsuranceRun) -> list[dict]:
    """The last two years; months of the run that counts are marked."""
    first, last = run.run_first_month, run.run_last_month
    return [
        {
            "month": mark.month,
            "status": STRIP.get(mark.kind, "gap"),
            "in_run": first is not None and first <= mark.month <= (last or dt.date.max),
        }
        for mark in run.months[-STRIP_MONTHS:]
    ]


# --- 3 provider --------------------------------------------------------------------------------------------------


@only(*SENDERS, writes=True)
def provider(request: HttpRequest, signup_id: UUID) -> HttpResponse:
    """Choose among the providers on the published list, beside the classes they plan."""
    signup = mine(request, signup_id)
    if away := _closed(signup):
        return away
    if request.method == "POST":
        chosen = get_object_or_404(Unit, pk=_uuid(request.POST.get("provider", "")), kind="organisation")
        choose_provider(signup=signup, provider=chosen, by=request.actor, at=request.now)
        return redirect("enterprise-signup-commitment", signup_id=signup.pk)
    rows = offers(signup.policy, on=request.today)
    own = signup.enterprise.division_id
    context = _frame(request, signup, "provider") | {
        "rows": sorted(rows, key=lambda row: (not row[1], row[0].published.batch, row[0].position)),
        "own_division": own,
        "with_classes": sum(bool(classes) for _row, classes in rows),
    }
    return render(request, "portal/enterprise/provider.html", context)


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Refused(_("没有选择承接单位"), "no_provider", _("请选择一家承接单位后再继续")) from None


# --- 4 commitment ------------------------------------------------------------------------------------------------


@only(*SENDERS, writes=True)
def commitment(request: HttpRequest, signup_id: UUID) -> HttpResponse:
    """Read the commitment, see who goes and who stays, send the sign-up."""
    signup = mine(request, signup_id)
    if request.method == "POST":
        form = CommitmentForm(request.POST)
        if form.is_valid():
            version = form.cleaned_data["version"]
            included = form.included()
            commit_signup(signup=signup, version=version, include=included, by=request.actor, at=request.now)
            messages.success(request, _("报名已提交，名额已占用。承接单位会据此编班。"))
            return redirect("enterprise-signup", signup_id=signup.pk)
        return _commitment_page(request, signup, form, status=UNPROCESSABLE)
    if away := _closed(signup):
        return away
    form = CommitmentForm(initial={"version": commitment_text(signup.policy).version})
    return _commitment_page(request, signup, form)


def _commitment_page(request: HttpRequest, signup: SignUp, form: CommitmentForm, status: int = 200) -> HttpResponse:
    context = _frame(request, signup, "commitment")
    policy, numbers = context["policy"], context["numbers"]
    size = usual_size(policy.path, on=request.today)
    left = lines_of(signup).exclude(precheck__isnull=True).exclude(precheck__decision=Decision.PASS)
    staying = [(line, _one_reason(line.precheck.findings), may_be_included(line)) for line in left]
    context |= {
        "form": form,
        "text": commitment_text(signup.policy),
        "quotas": list(quotas(signup.policy)),
        "staying": staying,
        "class_size": size,
        "beyond_class": bool(size and numbers["pass"] > size),
        "ready": bool(
            (numbers["pass"] or any(may for *_line, may in staying)) and signup.provider_id and not context["stale"]
        ),
    }
    return render(request, "portal/enterprise/commitment.html", context, status=status)


def _one_reason(findings: list[dict]) -> dict | None:
    """The finding to show first: what fails before what is unknown."""
    against = [f for f in findings if f["status"] != "pass"]
    return next((f for f in against if f["status"] == "fail"), against[0] if against else None)
