"""What providers offer, for enterprises to choose from (QD97.3.2): open to everybody."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from peibu.accounts.access import public
from peibu.portal import list_exports
from peibu.programmes.queries import listed, running_policies
from peibu.theme.exports import excel_asked
from peibu.training.queries.filing import offered_classes, offered_plans, topic_labels

PAGE = 20


@public()
def show(request: HttpRequest) -> HttpResponse:
    """Classes to come and signed plans of listed providers, filtered by topic and words."""
    today = request.today
    on_list = {row.unit_id for p in running_policies() for row in listed(p.path, "provider", on=today)}
    offers = [_class(row) for row in offered_classes(on=today) if row.provider_id in on_list]
    offers += [_plan(row) for row in offered_plans(on=today) if row.provider_id in on_list]
    topics = sorted({topic for offer in offers for topic in offer["topics"]})
    topic, words = request.GET.get("topic", ""), request.GET.get("q", "").strip()
    shown = [o for o in offers if (not topic or topic in o["topics"]) and words in f"{o['name']}{o['provider']}"]
    if excel_asked(request):
        return list_exports.offers(request, shown)
    context = {
        "page": Paginator(shown, PAGE).get_page(request.GET.get("page")),
        "topics": topics,
        "chosen": topic,
        "q": words,
        "total": len(shown),
    }
    return render(request, "portal/offers/list.html", context)


def _class(row) -> dict:
    usual = row.seats if not row.soft_reasons.get("class_size_in_limit") else max(row.seats_taken, row.plan.headcount)
    return {
        "name": row.name,
        "provider": row.provider.name,
        "division": row.provider.division.name,
        "topics": topic_labels(row.plan),
        "opens_on": row.opens_on,
        "ends_on": row.ends_on,
        "venue": row.venue,
        "fee_fen": row.fee_fen,
        "taken": row.seats_taken,
        "free": max(0, usual - row.seats_taken),
        "state": row.case.state,
    }


def _plan(row) -> dict:
    return {
        "name": row.project_name,
        "provider": row.provider.name,
        "division": row.provider.division.name,
        "topics": topic_labels(row),
        "venue": row.training_place,
        "fee_fen": row.fee_fen,
        "headcount": row.headcount,
        "batches": row.batches,
        "state": "planned",
    }
