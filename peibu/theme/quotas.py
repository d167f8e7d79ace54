"""How much of a quota is used, held and left, in words and as a bar."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

NEARLY_FULL_PERCENT = 90


def quota_context(quota: Any) -> dict:
    """Context of the component: `label`, `limit`, `used`, optional `held` (reserved, not final) and `unit`."""
    get = quota.get if isinstance(quota, Mapping) else lambda name, default=None: getattr(quota, name, default)
    limit, used, held = int(get("limit") or 0), int(get("used") or 0), int(get("held", 0) or 0)
    left = max(limit - used - held, 0)
    percent = 100 * (used + held) // limit if limit else 100
    tone = "red" if left == 0 else "orange" if percent >= NEARLY_FULL_PERCENT else "blue"
    words = _("已用 %(used)s") % {"used": f"{used:,}"}
    if held:
        words += " · " + _("已占用待确认 %(held)s") % {"held": f"{held:,}"}
    if left == 0:
        words += " · " + _("名额已满")
    used_percent = min(round(100 * used / limit, 1), 100) if limit else 100
    held_percent = min(round(100 * held / limit, 1), 100 - used_percent) if limit else 0
    unit = get("unit", None) or _("人")
    alt = _("%(label)s：共 %(limit)s %(unit)s，剩余 %(left)s") % {
        "label": get("label"),
        "limit": f"{limit:,}",
        "unit": unit,
        "left": f"{left:,}",
    }
    return {
        "label": get("label"), "limit": f"{limit:,}", "left": f"{left:,}", "unit": unit, "tone": tone, "words": words,
        "alt": alt, "used_percent": f"{used_percent:g}", "held_percent": f"{held_percent:g}",
    }  # fmt: skip
