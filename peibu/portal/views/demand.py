"""A worker says what he or she would like to learn: with an account, or without and unnamed (HD2.3.7)."""

import uuid

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from peibu.accounts.access import only, public
from peibu.accounts.enums import Role
from peibu.accounts.models import Division
from peibu.catalogue.actions.demand import register_demand, withdraw_demand
from peibu.catalogue.enums import CatalogueKind, Level
from peibu.catalogue.models import Demand
from peibu.catalogue.queries.demand import SMALL_CELL, wishes_of
from peibu.catalogue.queries.entries import standing
from peibu.kernel.errors import Refused

SUGGESTED = 400


class DemandForm(forms.Form):
    """Where, what, which level; `token` lets a form that is sent twice count once."""

    occupation = forms.CharField(
        label=gettext_lazy("想学的职业（工种）"),
        max_length=100,
        help_text=gettext_lazy("填写目录中的名称或编码，输入时会有提示"),
        widget=forms.TextInput(attrs={"list": "occupations", "autocomplete": "off"}),
        error_messages={"required": gettext_lazy("没有填写想学的职业（工种）")},
    )
    level = forms.ChoiceField(label=gettext_lazy("等级"), choices=Level.choices, initial=Level.ANY)
    division = forms.ModelChoiceField(
        Division.objects.none(),
        label=gettext_lazy("您所在的区（市）"),
        empty_label=gettext_lazy("请选择"),
        error_messages={"required": gettext_lazy("没有选择所在的区（市）")},
    )
    token = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["division"].queryset = Division.objects.exclude(kind="city").order_by("-kind", "code", "name")


@public(writes=True)
def register(request: HttpRequest) -> HttpResponse:
    """The form, and what became of it; a trainee who is signed in sees the own wishes below."""
    worker = request.actor if request.actor and request.actor.role == Role.TRAINEE else None
    fresh = {"token": uuid.uuid4(), "occupation": request.GET.get("occupation", "")[:100]}
    form = DemandForm(request.POST or None, initial=fresh)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            wish = register_demand(**told, address=request.META.get("REMOTE_ADDR", ""), by=worker, at=request.now)
        except Refused as refusal:
            form.add_error("occupation" if refusal.code == "no_occupation" else None, refusal.sentence())
        else:
            messages.success(request, _("已登记：%(name)s。感谢您的参与。") % {"name": wish.name})
            return redirect("demand")
    context = {
        "form": form, "worker": worker, "mine": wishes_of(worker.user) if worker else [], "small": SMALL_CELL,
        "occupations": _names(request),
    }  # fmt: skip
    return render(request, "portal/catalogue/demand.html", context, status=422 if form.errors else 200)


def _names(request: HttpRequest) -> list[str]:
    names: dict[str, None] = {}
    for kind in (CatalogueKind.SCARCE, CatalogueKind.GENERAL, CatalogueKind.OCCUPATIONS):
        names |= dict.fromkeys(standing(kind, on=request.today).values_list("name", flat=True)[:SUGGESTED])
    return list(names)[:SUGGESTED]


@only(Role.TRAINEE, writes=True)
def withdraw(request: HttpRequest, wish_id: uuid.UUID) -> HttpResponse:
    """Take one's own wish back."""
    wish = get_object_or_404(Demand, pk=wish_id, user=request.actor.user)
    if request.method == "POST":
        withdraw_demand(wish=wish, by=request.actor, at=request.now)
        messages.success(request, _("已撤回。"))
    return redirect("demand")
