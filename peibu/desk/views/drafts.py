"""What-if drafts of a policy: made by the city's bureau, run over the determinations so far, read by every officer."""

import datetime as dt
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from peibu.accounts.access import officers, only
from peibu.accounts.actor import Actor
from peibu.accounts.enums import Role
from peibu.desk.draft_forms import DraftForm, told, value_on
from peibu.desk.replay_words import district_chart, enterprise_chart, kpis, outcome_words
from peibu.desk.views.policies import policy_at
from peibu.kernel.errors import Refused
from peibu.oversight.actions.replays import make_draft, start_replay
from peibu.oversight.models import PolicyDraft, ReplayRun
from peibu.oversight.replay_table import workbook
from peibu.oversight.replayed import (
    SHOWN_ENTERPRISES,
    Replayed,
    drafts_of,
    finished_run,
    latest_run,
    parts_for,
    replayed,
)
from peibu.programmes.rates import may_enter
from peibu.rulebook import Policy
from peibu.rulebook.dated import Interpretation
from peibu.rulebook.levers import money_subjects
from peibu.theme.policy_words import english, said, shown_value, unit_word
from peibu.theme.views import bar_of

UNPROCESSABLE = 422
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@officers()
def replay(request: HttpRequest, city: str, name: str) -> HttpResponse:
    """The drafts of a policy, and for the bureau the form of a new one."""
    policy = policy_at(city, name)
    may = may_enter(request.actor, policy) and bool(money_subjects(policy))
    return _list(request, policy, DraftForm(policy, request.today) if may else None)


@only(Role.CITY_BUREAU, writes=True)
def make(request: HttpRequest, city: str, name: str) -> HttpResponse:
    """Keep a draft and put its run into the queue."""
    policy = policy_at(city, name)
    if request.method != "POST":
        return redirect("desk-policy-replay", city=city, name=name)
    form = DraftForm(policy, request.today, request.POST)
    if not form.is_valid():
        return _list(request, policy, form, status=UNPROCESSABLE)
    told_so_far = form.cleaned_data
    try:
        with transaction.atomic():
            draft = make_draft(
                policy=policy, name=told_so_far["name"], reason=told_so_far["reason"], parameters=form.parameters,
                readings=form.chosen, since=told_so_far["since"], by=request.actor, at=request.now,
            )  # fmt: skip
            start_replay(draft=draft, by=request.actor, at=request.now)
    except Refused as refusal:
        form.add_error(None, refusal.sentence())
        return _list(request, policy, form, status=UNPROCESSABLE)
    return redirect("desk-policy-draft", city=city, name=name, draft_id=draft.pk)


def _list(request: HttpRequest, policy: Policy, form: DraftForm | None, status: int = 200) -> HttpResponse:
    rows = [(draft, changes_of(draft, policy), latest_run(draft)) for draft in drafts_of(policy.path)]
    context = _head(policy) | {"rows": rows, "form": form, "money": bool(money_subjects(policy))}
    return render(request, "desk/policies/replay.html", context, status=status)


def _head(policy: Policy) -> dict:
    city, name = policy.path.split("/")
    return {"policy": policy, "title": said(policy.card, "title"), "city": city, "name": name}


def changes_of(draft: PolicyDraft, policy: Policy) -> list[tuple[str, str, str, str]]:
    """(label, clause, as it is, as tried) for each change; a name the folder no longer has stands for itself."""
    day = draft.since or timezone.localdate(draft.made_at)
    found = []
    for name, value in (draft.parameters | draft.readings).items():
        item = policy.dated.get(name)
        if item is None:
            found.append((name, "", "—", str(value)))
            continue
        unit = unit_word(item.unit)
        was = told(item, value_on(item, day))
        if isinstance(item, Interpretation):
            now = (item.readings_en if english() else item.readings).get(value, value)
        else:
            now = shown_value(dt.date.fromisoformat(value) if item.unit == "date" else value, item.unit)
        found.append((said(item), item.clause, f"{was} {unit}".strip(), f"{now} {unit}".strip()))
    return found


def _draft(policy: Policy, draft_id: UUID) -> PolicyDraft:
    return get_object_or_404(drafts_of(policy.path), pk=draft_id)


@officers()
def show(request: HttpRequest, city: str, name: str, draft_id: UUID) -> HttpResponse:
    """One draft: what changes, how far its run is, and the result for my districts."""
    policy = policy_at(city, name)
    draft = _draft(policy, draft_id)
    last, done = latest_run(draft), finished_run(draft)
    found = _found(request.actor, done, policy) if done else None
    context = _head(policy) | {
        "draft": draft, "changes": changes_of(draft, policy), "run": last, "done": done,
        "mine": last is not None and last.progress.started_by_id == request.actor.user.pk,
        "job": bar_of(last.progress) if last and not last.progress.finished else None,
        "may_run": may_enter(request.actor, policy), "outdated": draft.base != policy.fingerprint,
        "scope": scope_of(request.actor),
    }  # fmt: skip
    if found and found.total.cases:
        context |= _result(found)
    return render(request, "desk/policies/draft.html", context)


def _found(actor: Actor, run: ReplayRun, policy: Policy) -> Replayed:
    return replayed(parts_for(actor, run), policy, on=day_of(run), english=english())


def day_of(run: ReplayRun) -> dt.date:
    return timezone.localdate(run.started_at)


def _result(found: Replayed) -> dict:
    words = outcome_words()
    examples = [
        {"one": one, "word": words[one.outcome], "sentence": one.sentence_en if english() else one.sentence}
        for one in found.examples
    ]
    return {
        "found": found,
        "kpis": kpis(found.total),
        "district_chart": district_chart(found.districts),
        "enterprise_chart": enterprise_chart(found.enterprises[:SHOWN_ENTERPRISES]),
        "chart_height": 90 + max(32 * min(len(found.enterprises), SHOWN_ENTERPRISES), 48 * len(found.districts)),
        "enterprises": found.enterprises[:SHOWN_ENTERPRISES],
        "more_enterprises": max(0, len(found.enterprises) - SHOWN_ENTERPRISES),
        "examples": examples,
    }


def scope_of(actor: Actor) -> str:
    """Whose figures a reader is shown."""
    return _("全市") if actor.whole_city or actor.unit is None else actor.unit.division.name


@only(Role.CITY_BUREAU, writes=True)
@require_POST
def run(request: HttpRequest, city: str, name: str, draft_id: UUID) -> HttpResponse:
    """Run a draft again, over the determinations made since."""
    start_replay(draft=_draft(policy_at(city, name), draft_id), by=request.actor, at=request.now)
    messages.success(request, _("已开始重新试算"))
    return redirect("desk-policy-draft", city=city, name=name, draft_id=draft_id)


@officers()
def excel(request: HttpRequest, city: str, name: str, draft_id: UUID) -> HttpResponse:
    """The result for my districts as a workbook; Chinese, as every paper of the office."""
    policy = policy_at(city, name)
    draft = _draft(policy, draft_id)
    done = finished_run(draft)
    if done is None:
        raise Refused("这个方案还没有试算结果", "not_replayed", "请在试算完成后下载")
    found = replayed(parts_for(request.actor, done), policy, on=day_of(done))
    changes = [(f"{label}〔{clause}〕", was, now) for label, clause, was, now in changes_of(draft, policy)]
    content = workbook(draft, policy, found, changes, scope=scope_of(request.actor), on=day_of(done))
    answer = HttpResponse(content, content_type=EXCEL)
    answer["Content-Disposition"] = f'attachment; filename="replay-{draft.made_at:%Y%m%d}-{str(draft.pk)[-6:]}.xlsx"'
    return answer
