"""Online learning at the desk: classes, their learners with hours and missing traces, one learner's days, signals looked at."""

import datetime as dt
from collections import Counter
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from peibu.accounts.access import only
from peibu.accounts.models import Unit
from peibu.casework.models import Progress
from peibu.casework.progress import begin
from peibu.desk import learning_exports
from peibu.desk.learning_charts import Painter, duration
from peibu.learning.enums import Outcome
from peibu.learning.hours.facts import learned
from peibu.learning.hours.refresh import read_up_to
from peibu.learning.models import LearningDay, LearningSignal, OnlineClass, OnlinePlace
from peibu.learning.queries.timeline import days_with_everything, figures_of, signals_of
from peibu.learning.signals.reviews import REVIEWERS, review_signal
from peibu.learning.tables import CHINA
from peibu.learning.terms import terms
from peibu.programmes.online import READERS, online_classes_for, platforms_for, policies_of
from peibu.programmes.tasks import HUNDRED, read_learning
from peibu.registry.models import Person
from peibu.theme.exports import excel_asked
from peibu.theme.views import bar_of

PAGE = 30
SHOWN_IDS = 6
WEIGHT = {"strong": "red", "medium": "orange", "weak": "grey"}


def _private(answer: HttpResponse) -> HttpResponse:
    answer["Cache-Control"] = "private, no-store"
    return answer


def _english(request: HttpRequest) -> bool:
    return (request.LANGUAGE_CODE or "").startswith("en")


@only(*READERS)
def index(request: HttpRequest) -> HttpResponse:
    """Online classes of the platforms of my district, with what waits to be looked at."""
    rows, text = online_classes_for(request.actor), request.GET.get("q", "").strip()
    units = {unit.pk: unit for unit in platforms_for(request.actor)}
    if text:
        named = [pk for pk, unit in units.items() if text.lower() in unit.name.lower()]
        rows = rows.filter(Q(title__icontains=text) | Q(tenant__in=named))
    excel = excel_asked(request)
    page = None if excel else Paginator(rows, PAGE).get_page(request.GET.get("page"))
    shown = list(rows if page is None else page)
    figures = figures_of(shown)
    lines = [(row, units[row.tenant].name, figures[row.pk]) for row in shown]
    if page is None:
        return learning_exports.classes(request, lines)
    bar = Progress.objects.filter(pk=_uuid(request.GET.get("bar", "")), started_by=request.actor.user).first()
    context = {
        "page": page, "lines": [(*line, duration(line[2].seconds)) for line in lines], "q": text, "read": read_up_to(),
        "may_read": request.actor.role in REVIEWERS, "bar": bar_of(bar) if bar else None,
        "bar_url": reverse("progress", args=[bar.pk]) if bar else "",
    }  # fmt: skip
    return render(request, "desk/learning/index.html", context)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


@only(*REVIEWERS, writes=True)
@require_POST
def read(request: HttpRequest) -> HttpResponse:
    """Read new records now instead of in ten minutes."""
    bar = begin(title=_("处理学习记录"), total=HUNDRED, by=request.actor, at=request.now)
    result = reverse("desk-learning")
    read_learning.defer(progress=str(bar.pk), result=result)
    return redirect(f"{result}?bar={bar.pk}")


def _class(request: HttpRequest, class_id: UUID) -> OnlineClass:
    return get_object_or_404(online_classes_for(request.actor), pk=class_id)


def names_of(keys) -> dict[str, str]:
    """Names by key, for those whom the registers know."""
    return dict(Person.objects.filter(key__in=list(keys)).values_list("key", "name"))


def _name(place: OnlinePlace, names: dict[str, str]) -> str:
    return names.get(place.learner) or _("未核实身份的学员 %(n)s") % {"n": place.learner[:6]}


@only(*READERS)
def show(request: HttpRequest, class_id: UUID) -> HttpResponse:
    """One class: each learner's hours, what is missing, signals; those to look at first."""
    row = _class(request, class_id)
    policy = policies_of([row.tenant], on=request.today).get(row.tenant)
    places = list(OnlinePlace.objects.filter(tenant=row.tenant, course=row.course))
    keys = [place.learner for place in places]
    found = learned(
        keys, tenant=row.tenant, course=row.course, policy=policy, on=request.today, known_at=request.now,
        days=LearningDay.objects.filter(tenant=row.tenant, course=row.course).order_by("day"),
    )  # fmt: skip
    signals = signals_of(tenant=row.tenant, course=row.course)
    waiting = Counter(key for one in signals if not one.reviews.all() for key in one.learners)
    names = names_of(keys)
    lines = [
        {
            "place": place, "name": _name(place, names), "learned": found[place.learner], "open": waiting[place.learner],
            "time": duration(found[place.learner].seconds),
            "missing": learning_exports.trace_words(policy, found[place.learner].missing, english=_english(request)),
        }
        for place in places
    ]  # fmt: skip
    lines.sort(key=lambda line: (-line["open"], line["name"]))
    if excel_asked(request):
        return learning_exports.learners(request, row.title or _("线上班级"), lines, policy)
    unit = Unit.objects.get(pk=row.tenant)
    whole = [one for one in signals if one.about == "class"]
    context = {
        "row": row, "unit": unit, "lines": lines, "policy": policy, "signals": [_signal(request, one, names) for one in whole],
        "kpis": [
            {"label": _("学员"), "value": len(lines)},
            {"label": _("记录齐全"), "value": sum(one["learned"].known and not one["missing"] for one in lines)},
            {"label": _("考试合格"), "value": sum(bool(one["learned"].passed) for one in lines)},
            {"label": _("有待查看信号"), "value": sum(bool(one["open"]) for one in lines), "tone": "due"},
        ],
    }  # fmt: skip
    return _private(render(request, "desk/learning/class.html", context))


def _signal(request: HttpRequest, row: LearningSignal, names: dict[str, str]) -> dict:
    """A signal in words; one whose terms are gone keeps its code."""
    held = terms(request.today).signals.get(row.code)
    return {
        "row": row, "words": held.words("en" if _english(request) else "zh") if held else None,
        "colour": WEIGHT[held.weight] if held else "grey", "reviews": list(row.reviews.all()),
        "others": [names.get(key, key[:6]) for key in row.learners],
        "figures": sorted((_figure(name), value) for name, value in row.evidence.get("figures", {}).items()),
        "ids": row.evidence.get("ids", [])[:SHOWN_IDS], "count": len(row.evidence.get("ids", [])),
        "from": parse_datetime(row.evidence.get("from", "")), "until": parse_datetime(row.evidence.get("until", "")),
    }  # fmt: skip


def _figure(name: str) -> str:
    words = {
        "day": _("日期"), "minutes": _("分钟"), "hours": _("小时"), "percent": _("百分比"), "played": _("播放秒数"),
        "passed": _("实际经过秒数"), "records": _("记录数"), "seconds": _("秒"), "milliseconds": _("毫秒"), "runs": _("相同片段"),
        "learners": _("人数"), "address": _("网络地址"), "deviations": _("标准分"), "answers": _("答题数"), "items": _("题数"),
        "wrong": _("都答错的题"), "checks": _("检测次数"), "failed": _("未通过次数"),
    }  # fmt: skip
    return words.get(name, name)


@only(*READERS)
def timeline(request: HttpRequest, place_id: UUID) -> HttpResponse:
    """A learner's days over all platforms; those of platforms outside my district without their names."""
    units = {unit.pk: unit for unit in platforms_for(request.actor)}
    place = get_object_or_404(OnlinePlace.objects.filter(tenant__in=units), pk=place_id)
    row = get_object_or_404(online_classes_for(request.actor), tenant=place.tenant, course=place.course)
    days = days_with_everything(place.learner)
    seen = OnlineClass.objects.filter(
        tenant__in=units, course__in={b.row.course for d in days for b in d.bars} | {row.course}
    )
    names = {(one.tenant, one.course): f"{units[one.tenant].name} {one.title}".strip() for one in seen}
    shown = [place.tenant, *sorted({b.row.tenant for d in days for b in d.bars} & set(units) - {place.tenant})]
    painter = Painter(names, shown)
    people = names_of({place.learner})
    name = _name(place, people)
    if excel_asked(request):
        return learning_exports.timeline(request, name, days, painter)
    found = signals_of(tenant=place.tenant, course=place.course, learner=place.learner)
    people |= names_of({key for one in found for key in one.learners})
    signals = [_signal(request, one, people) for one in found]
    by_day: dict[dt.date, list] = {}
    for one in signals:
        if one["from"] and one["until"] and one["until"] - one["from"] <= dt.timedelta(days=1):
            by_day.setdefault(one["from"].astimezone(CHINA).date(), []).append(one)
    policy = policies_of([place.tenant], on=request.today).get(place.tenant)
    credited = LearningDay.objects.filter(learner=place.learner, tenant=place.tenant, course=place.course).order_by(
        "day"
    )
    mine = learned(
        [place.learner], tenant=place.tenant, course=place.course, policy=policy, on=request.today, known_at=request.now,
        days=credited,
    )[place.learner]  # fmt: skip
    context = {
        "place": place, "row": row, "unit": units[place.tenant], "name": name, "strips": painter.strips(days, by_day),
        "legend": [(painter.colour(unit), units[unit].name) for unit in shown],
        "others": any(bar.row.tenant not in units for day in days for bar in day.bars), "signals": signals, "learned": mine,
        "time": duration(mine.seconds), "policy": policy, "outcomes": Outcome.choices, "may_review": request.actor.role in REVIEWERS,
        "missing": learning_exports.trace_words(policy, mine.missing, english=_english(request)), "hours_axis": (0, 6, 12, 18, 24),
        "read": read_up_to(),
    }  # fmt: skip
    return _private(render(request, "desk/learning/timeline.html", context))


@only(*REVIEWERS, writes=True)
@require_POST
def review(request: HttpRequest, place_id: UUID, signal_id: UUID) -> HttpResponse:
    """Note what somebody who looked at a signal found; it decides nothing."""
    place = get_object_or_404(OnlinePlace.objects.filter(tenant__in=platforms_for(request.actor)), pk=place_id)
    rows = LearningSignal.objects.filter(tenant=place.tenant, course=place.course, learners__contains=[place.learner])
    signal = get_object_or_404(rows, pk=signal_id)
    review_signal(
        signal=signal, outcome=request.POST.get("outcome", ""), reason=request.POST.get("reason", ""), by=request.actor,
        at=request.now,
    )  # fmt: skip
    messages.success(request, _("已记录查看结果"))
    return redirect("desk-learner", place_id=place.pk)
