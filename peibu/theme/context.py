"""What every page knows: who acts, the menus, the time, the product's name."""

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _

from peibu.accounts.actor import assignments_of
from peibu.theme import menu


def page(request: HttpRequest) -> dict:
    """Context processor: actor, assignments, menus, shell, now, today, demo flags, names.

    Works on error pages too, where the request may not have passed the middlewares of accounts.
    """
    actor = getattr(request, "actor", None)
    role = actor.role if actor else None
    return {
        "actor": actor,
        "assignments": lambda: assignments_of(actor.user, on=request.today) if actor else [],
        "menu": menu.entries(menu.OF_ROLE.get(role, ()), request.path),
        "public_menu": menu.entries(menu.PUBLIC, request.path),
        "foot_menu": menu.entries(menu.FOOT, request.path),
        "shell": menu.shell_of(role),
        "start_url": menu.first_address(menu.START.get(role, "home"), "my-desk" if actor else "home", "sign-in"),
        "home_url": menu.first_address("home", "sign-in"),
        "messages_url": menu.address("my-messages"),
        "now": getattr(request, "now", None),
        "today": getattr(request, "today", None),
        "demo": settings.DEMO,
        "demo_clock_url": menu.address("demo-clock") if settings.DEMO else "",
        "product": _("培补"),
        "product_line": _("补贴性职业培训管理服务平台"),
    }
