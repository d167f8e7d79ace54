"""Rates by the file: the template of a table, and the filled one coming back whole or not at all."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from peibu.accounts.access import officers, only
from peibu.accounts.enums import Role
from peibu.desk.views.policies import policy_at, policy_page
from peibu.intake import write_template
from peibu.programmes.rate_files import import_rates, rate_spec
from peibu.rulebook import Policy, RateTable
from peibu.theme.exports import XLSX


def _table(policy: Policy, name: str) -> RateTable:
    if name not in policy.rates:
        raise Http404
    return policy.rates[name]


@officers()
def template(request: HttpRequest, city: str, name: str, table: str) -> HttpResponse:
    """The table to fill in."""
    policy = policy_at(city, name)
    sheet = _table(policy, table)
    answer = HttpResponse(write_template(rate_spec(policy, sheet)), content_type=XLSX)
    answer["Content-Disposition"] = content_disposition_header(True, f"{sheet.label}模板.xlsx")
    return answer


@only(Role.CITY_BUREAU, writes=True)
def upload(request: HttpRequest, city: str, name: str, table: str) -> HttpResponse:
    """Enter all rows of a file, or show everything that is wrong with it."""
    policy = policy_at(city, name)
    _table(policy, table)
    file = request.FILES.get("file")
    if request.method == "POST" and file is None:
        messages.error(request, _("没有选择文件。请先下载模板，填写后上传。"))
    elif request.method == "POST":
        entered, problems = import_rates(
            policy=policy.path, table=table, name=file.name, content=file.read(), by=request.actor, at=request.now
        )
        if problems:
            return policy_page(request, policy, wrong=(table, problems), status=422)
        messages.success(request, _("已录入 %(n)d 条标准。") % {"n": entered})
    return redirect("desk-policy", city=city, name=name)
