"""The components of both windows as template tags; every template has them without `load`.

What each takes and an example: docs/how-to/build-a-page.md. All of them in one page: /theme/gallery/ in demo mode.
"""

import datetime as dt
from typing import Any

from django import template
from django.core.paginator import Page
from django.template.base import FilterExpression, NodeList, Parser, Token, token_kwargs
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import slugify
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from peibu.kernel.identity import mask_account, mask_id, mask_name
from peibu.kernel.money import yuan
from peibu.rulebook.wording import show
from peibu.theme import charts
from peibu.theme.deadlines import deadline_context
from peibu.theme.fields import field_context
from peibu.theme.findings import findings_context
from peibu.theme.months import months_context
from peibu.theme.quotas import quota_context
from peibu.theme.states import tone_of
from peibu.theme.timelines import dots

register = template.Library()
PARTS = "theme/parts/"
register.filter("mask_id", mask_id)
register.filter("mask_name", mask_name)
register.filter("mask_account", mask_account)


@register.filter
def clocked(milliseconds: int | None) -> str:
    """A length in milliseconds as 1:02:03 or 2:03; an unfinished second counts nothing."""
    whole = (milliseconds or 0) // 1000
    hours, minutes, seconds = whole // 3600, whole // 60 % 60, whole % 60
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


register.filter("of", lambda found, key: found.get(key))  # an entry of a dict by a key that is a variable
LEVELS = {
    "error": ("red", "circle-x"),
    "warning": ("orange", "alert-triangle"),
    "success": ("green", "circle-check"),
    "info": ("blue", "info-circle"),
    "debug": ("grey", "info-circle"),
}


@register.simple_tag
def icon(name: str, **attributes: str) -> SafeString:
    """A line icon of Tabler; decoration only, so a word must stand beside it."""
    return format_html('<i class="ti ti-{} {}" aria-hidden="true"></i>', name, attributes.get("class", ""))


@register.simple_tag
def money(fen: int | None) -> str:
    """Integer fen as yuan with two decimals and thousands: 1,234.50; a dash when there is none."""
    return "—" if fen is None or fen == "" else yuan(int(fen))


@register.inclusion_tag(PARTS + "badge.html")
def badge(state: object, label: object = None) -> dict:
    """A state in words on its colour. Without a label the state's own label (`TextChoices`) or code is shown."""
    return {"tone": tone_of(state), "label": label if label is not None else getattr(state, "label", state)}


@register.inclusion_tag(PARTS + "note.html")
def note(level: str, text: object, dismissable: bool = True) -> dict:
    """A message on its colour: level error / warning / success / info."""
    words = {"error": _("未办成"), "warning": _("请注意"), "success": _("已办好"), "info": _("提示")}
    tone, icon_name = LEVELS.get(level, LEVELS["info"])
    word = words.get(level, words["info"])
    return {"tone": tone, "icon": icon_name, "word": word, "text": text, "dismissable": dismissable}


@register.inclusion_tag(PARTS + "kpis.html")
def kpi_strip(items: list[dict]) -> dict:
    """Figures in a row: dicts of label, value, optional unit, url, note, tone (mine / due / rest)."""
    return {"items": items}


class _Block(template.Node):
    """A tag with a body: the body is rendered, then the part's template around it."""

    def __init__(self, part: str, body: NodeList, args: list[FilterExpression], kwargs: dict[str, FilterExpression]):
        self.part, self.nodelist, self.args, self.kwargs = part, body, args, kwargs

    def render(self, context: template.Context) -> SafeString:
        args = [argument.resolve(context) for argument in self.args]
        kwargs = {name: value.resolve(context) for name, value in self.kwargs.items()}
        values = BLOCKS[self.part](*args, **kwargs)
        values |= {"body": self.nodelist.render(context), "csrf_token": context.get("csrf_token")}
        return render_to_string(f"{PARTS}{self.part}.html", values)


def _block(parser: Parser, token: Token) -> _Block:
    name, *bits = token.split_contents()
    kwargs = {}
    args = []
    for bit in bits:
        pair = token_kwargs([bit], parser)
        if pair:
            kwargs |= pair
        else:
            args.append(parser.compile_filter(bit))
    body = parser.parse((f"end{name}",))
    parser.delete_first_token()
    return _Block(name, body, args, kwargs)


def _panel(title: object, **options: Any) -> dict:
    """span (of 12), more + more_url (link at the right), flush (body without padding), id."""
    identifier = options.pop("id", "") or f"panel-{slugify(str(title), allow_unicode=True) or id(title)}"
    return {"title": title, "id": identifier, **options}


def _confirm(identifier: str, label: object, title: object, action: str, **options: Any) -> dict:
    """A button that opens a dialog holding a POST form; options: confirm, danger, icon, button_class."""
    return {
        "id": identifier,
        "label": label,
        "title": title,
        "action": action,
        "confirm_label": options.get("confirm") or label,
        "danger": options.get("danger", False),
        "icon": options.get("icon", ""),
        "button_class": options.get("button_class") or "btn-plain",
    }


BLOCKS = {"panel": _panel, "confirm": _confirm}
register.tag("panel", _block)
register.tag("confirm", _block)


@register.inclusion_tag(PARTS + "timeline.html", takes_context=True)
def timeline(context: template.Context, events: Any, case: Any = None, state: Any = None) -> dict:
    """Who did what, when, why, on which rule version; with `case` its present state and deadline as the last dot."""
    shown = dots(events, case=case, state=state)
    return {"events": shown, "today": context.get("today"), "no_events": _("还没有办理记录")}


@register.inclusion_tag(PARTS + "deadline.html")
def deadline(due_on: dt.date | None, today: dt.date | None, suspended: bool = False) -> dict:
    """What is left until a day, in working days, with a colour."""
    return deadline_context(due_on, today, suspended=bool(suspended))


@register.inclusion_tag(PARTS + "findings.html")
def findings(judgement: Any) -> dict:
    """Why the judge decided so, rule by rule (a Judgement, its dict, or a list of findings)."""
    return findings_context(judgement)


@register.inclusion_tag(PARTS + "months.html")
def month_strip(run: Any) -> dict:
    """Insurance months as squares, a row per year."""
    return months_context(run)


@register.inclusion_tag(PARTS + "quota.html")
def quota_bar(quota: Any) -> dict:
    """Used, held and remaining places of a quota."""
    return quota_context(quota)


@register.inclusion_tag(PARTS + "problems.html")
def problems(found: Any, download: str = "") -> dict:
    """Every problem of an uploaded file: sheet, row, column, value, why, fix."""
    found = list(found or ())
    heading = _("文件有 %(number)d 处问题") % {"number": len(found)}
    return {"problems": found, "heading": heading, "download": download}


@register.inclusion_tag(PARTS + "chart.html")
def chart(identifier: str, option: dict, height: int = 280, alt: str = "") -> dict:
    """An ECharts picture with a table of the same numbers."""
    heads, rows = charts.table_of(option)
    data_id = f"{identifier}-data"
    return {"id": identifier, "data_id": data_id, "option": option, "height": height, "alt": alt,
            "heads": heads, "table": rows}  # fmt: skip


@register.inclusion_tag(PARTS + "empty.html")
def empty(text: object, icon: str = "inbox") -> dict:
    """Nothing here, and what would be here."""
    return {"text": text, "icon": icon}


@register.inclusion_tag(PARTS + "field.html")
def field(bound: Any) -> dict:
    """A form field with label, help and errors."""
    return field_context(bound)


@register.inclusion_tag(PARTS + "form.html")
def form_fields(form: Any) -> dict:
    """All fields of a form, its own errors first. The caller writes <form>, csrf_token and buttons."""
    return {"form": form}


@register.inclusion_tag(PARTS + "steps.html")
def steps(current: object, all_steps: Any) -> dict:
    """Where we are: `all_steps` are labels or (code, label); `current` is a code, a label or a position from 0."""
    pairs = [step if isinstance(step, (tuple, list)) else (step, step) for step in all_steps]
    codes = [str(code) for code, _label in pairs]
    at = current if isinstance(current, int) else codes.index(str(current)) if str(current) in codes else len(codes)
    states = ["done" if i < at else "current" if i == at else "ahead" for i in range(len(pairs))]
    return {"steps": [{"label": label, "state": state} for (_code, label), state in zip(pairs, states, strict=True)]}


@register.inclusion_tag(PARTS + "pagination.html", takes_context=True)
def pagination(context: template.Context, page: Page) -> dict:
    """Links to the other pages of a list (`?page=`); the rest of the query string is kept."""
    return {"page": page, "request": context["request"]}


@register.simple_tag(takes_context=True)
def page_links(context: template.Context, page: Page) -> dict:
    """For the pagination part: the page numbers to show and the address they are put behind."""
    query = context["request"].GET.copy()
    query.pop("page", None)
    numbers = list(page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1))
    far = [n for n in numbers if isinstance(n, int) and abs(n - page.number) > 1 and n not in (1, numbers[-1])]
    return {"numbers": numbers, "far": far, "link": f"?{query.urlencode()}{'&' if query else ''}page="}


@register.inclusion_tag(PARTS + "job.html")
def job_progress(job: Any, url: str) -> dict:
    """A running job: label, percent, note, done; `url` answers with this same tag and is asked every second."""
    get = job.get if isinstance(job, dict) else lambda name, default=None: getattr(job, name, default)
    values = {name: get(name, None) for name in ("label", "note", "done")}
    return {**values, "percent": int(get("percent", 0) or 0), "id": f"job-{get('id', 'x')}", "url": url}


@register.inclusion_tag(PARTS + "excel.html", takes_context=True)
def excel_button(context: dict) -> dict:
    """The list of this page as Excel, with its filters; the view answers `?as=xlsx` through `theme.exports.excel`."""
    query = context["request"].GET.copy()
    query.pop("page", None)
    query["as"] = "xlsx"
    return {"address": f"?{query.urlencode()}"}


@register.simple_tag
def fact_value(spec, value) -> str:
    """A stored value of a fact in the words of its folder and the visitor's language."""
    lang = "en" if (get_language() or "").startswith("en") else "zh"
    try:
        return show(spec.read(value), spec.type, spec.choices_en if lang == "en" else spec.choices, lang)
    except ValueError:
        return str(value)
