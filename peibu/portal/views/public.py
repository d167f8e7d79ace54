"""The start page and the pages that explain: what Peibu is for, how decisions are made, where everything is."""

from typing import Any

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from peibu.accounts.access import public
from peibu.casework.models import PublicNotice
from peibu.portal.policy_pages import law_day
from peibu.portal.road import road
from peibu.portal.views.public_policies import policy_cards
from peibu.programmes.models import PublishedList
from peibu.programmes.queries import current_policies, quotas, running_policies
from peibu.theme import menu

NOTICES_SHOWN = 5
LISTS_SHOWN = 4
POLICIES_SHOWN = 3


@public()
def home(request: HttpRequest) -> HttpResponse:
    """Entrances, the current policies, remaining places, open notices, latest lists, and the way to the money."""
    cards = policy_cards(request.today)
    leading = _leading(cards)
    policy = leading["policy"] if leading else None
    places = list(quotas(policy.path)) if policy else []  # the innermost quota comes last
    context = {
        "cards": cards[:POLICIES_SHOWN],
        "leading": leading,
        "quotas": places,
        "places": {"free": f"{places[-1].free:,}", "limit": f"{places[-1].limit:,}"} if places else None,
        "road": road(policy, law_day(policy, request.today)) if policy else [],
        "entrances": _entrances(leading),
        "notices": _open_notices(request),
        "notices_url": menu.address("notices"),
        "lists": PublishedList.objects.annotate(units_count=Count("units")).order_by("-published_on", "-role")[
            :LISTS_SHOWN
        ],
        "verify_url": menu.address("verify"),
    }
    return render(request, "portal/public/home.html", context)


def _leading(cards: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The card in the window: a policy that runs here, else the newest."""
    running = {policy.path for policy in running_policies()}
    return next((card for card in cards if card["policy"].path in running), cards[0] if cards else None)


def _open_notices(request: HttpRequest) -> list[dict[str, Any]]:
    rows = PublicNotice.objects.filter(state="open", ends_on__gte=request.today, opened_at__lte=request.now)
    rows = rows.select_related("agency").order_by("ends_on", "number")[:NOTICES_SHOWN]
    return [{"notice": row, "url": _notice_url(row)} for row in rows]


def _notice_url(row: PublicNotice) -> str:
    for key in (row.pk, row.number):
        try:
            return reverse("notice", args=[key])
        except NoReverseMatch:
            continue
    return menu.address("notices")


def _entrances(leading: dict[str, Any] | None) -> list[dict[str, Any]]:
    policy_url = leading["url"] if leading else menu.address("policies")
    check_url = (leading and leading["check_url"]) or menu.address("self-check")

    def links(*pairs: tuple[str, str]) -> list[tuple[str, str]]:
        return [(label, url) for label, url in pairs if url]

    sign_in = menu.address("sign-in")

    def work(url_name: str) -> str:
        target = menu.address(url_name)
        return f"{sign_in}?next={target}" if target else sign_in

    return [
        {
            "icon": "building-factory-2", "title": _("我是企业"),
            "text": _("为管理人员报名，培训考核合格后申领补贴，随时看办到哪一步。"),
            "links": links(
                (_("登录办理"), work("enterprise-home")), (_("查企业是否在名单内"), check_url + "#enterprise"),
                (_("测算补贴"), check_url + "#check"),
            ),
        },
        {
            "icon": "school", "title": _("我是培训机构或实训基地"),
            "text": _("申请承接，备案开班，组织培训和考核，建好培训档案。"),
            "links": links(
                (_("登录办理"), work("provider-home")), (_("推荐名单"), menu.address("published-lists")),
                (_("开班和考核要求"), policy_url + "#steps"),
            ),
        },
        {
            "icon": "user-check", "title": _("我是学员"),
            "text": _("扫码签到，看考勤和成绩，下载合格证书。"),
            "links": links((_("登录办理"), work("trainee-home")), (_("查验证书"), menu.address("verify"))),
        },
        {
            "icon": "eye-check", "title": _("我想了解和监督"),
            "text": _("看政策原委、名单和公示；对公示有不同意见，可以提出异议。"),
            "links": links(
                (_("公示公告"), menu.address("notices")), (_("政策全文要点"), policy_url),
                (_("结果是怎样作出的"), menu.address("how-decisions-are-made")),
            ),
        },
    ]  # fmt: skip


@public()
def about(request: HttpRequest) -> HttpResponse:
    """What this site is, how to use it without a mouse, with little sight, or on paper."""
    return render(request, "portal/public/about.html", {"policies": len(current_policies())})


@public()
def decisions(request: HttpRequest) -> HttpResponse:
    """Three values, rule versions, how to object."""
    context = {"cards": policy_cards(request.today), "notices_url": menu.address("notices")}
    return render(request, "portal/public/decisions.html", context)


@public()
def site_map(request: HttpRequest) -> HttpResponse:
    """Every public page, for people."""
    context = {"cards": policy_cards(request.today), "lists": PublishedList.objects.order_by("-published_on", "-role")}
    return render(request, "portal/public/site_map.html", context)


@public()
def robots(request: HttpRequest) -> HttpResponse:
    """Search engines may read the public side; notices name people and are not for them."""
    closed = [menu.address(name) for name in ("notices", "verify", "sign-in", "desk-home", "my-desk")]
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in closed if path), "Disallow: /self-check/*?*"]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
